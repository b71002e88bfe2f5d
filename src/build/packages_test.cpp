#include "build/packages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::build {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Packages, OfDpkgAreThoseThatAreInstalled) {
  EXPECT_THAT(parse_dpkg_status("Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2-2\n"
                                "Description: a shell\n Package: not this\n\n"
                                "Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n"),
              ElementsAre(InstalledPackage{"bash", "5.2-2", "amd64", "deb", ""}));
}

TEST(Packages, OfApkHaveLetters) {
  EXPECT_THAT(parse_apk_installed("C:Q1x\nP:musl\nV:1.2.4-r2\nA:x86_64\nL:MIT\nF:lib\nR:ld\n\nP:busybox\nV:1.36\n"),
              ElementsAre(InstalledPackage{"musl", "1.2.4-r2", "x86_64", "apk", "MIT"},
                          InstalledPackage{"busybox", "1.36", "", "apk", ""}));
}

TEST(Packages, WhatIsNoneIsPassedOver) {
  EXPECT_THAT(parse_dpkg_status("\0\n:\n::\nVersion: 1\n\n Package: x\n"), IsEmpty());
  EXPECT_THAT(parse_apk_installed("P:only\n\nV:1\n"), IsEmpty());
}

}  // namespace gantry::build
