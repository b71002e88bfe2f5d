#include "transfer/bootstrap.hpp"

#include "transfer/test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::transfer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class BootstrapTest : public Workshop {
 protected:
  std::string tmp() const { return folder + "/store/tmp"; }
};

TEST_F(BootstrapTest, SaysWhatCanBeMade) {
  EXPECT_EQ(bootstrap("alpine", tmp()).error().message(),
            "there is no way to make an image 'alpine' here (busybox and debian:SUITE can be made, such as "
            "debian:bookworm)");
  EXPECT_EQ(bootstrap("debian:", tmp()).error().code(), Code::invalid);
  EXPECT_EQ(bootstrap("debian:--help", tmp()).error().code(), Code::invalid);
}

TEST_F(BootstrapTest, SaysHowToGetBusybox) {
  EXPECT_EQ(bootstrap_busybox(folder + "/busybox", tmp()).error().message(),
            fmt::format("there is no {}/busybox to make the image of (apt-get install busybox-static)", folder));
  EXPECT_THAT(bootstrap_busybox(write("script", "#!/bin/sh\n"), tmp()).error().message(),
              HasSubstr("is not a program (apt-get install busybox-static)"));
  EXPECT_THAT(bootstrap_busybox("/bin/ls", tmp()).error().message(),
              HasSubstr("needs shared libraries, which the image would not have (apt-get install busybox-static)"));
}

TEST_F(BootstrapTest, MakesTheSameBusyboxLayerTwice) {
  if (!path_exists("/bin/busybox")) GTEST_SKIP() << "busybox-static is not installed";
  std::vector<oci::Digest> diff_ids;
  for (int i = 0; i < 2; ++i) {
    auto made = bootstrap("busybox", tmp());
    ASSERT_TRUE(made) << made.error().message();
    auto layer = std::make_unique<FileSource>(std::move(made->layer), "busybox");
    auto image = import(*store, std::move(layer), "busybox", made->options);
    ASSERT_TRUE(image) << image.error().message();
    diff_ids.push_back(store->images().find("localhost/busybox")->config.rootfs.diff_ids[0]);
  }
  EXPECT_EQ(diff_ids[0], diff_ids[1]);
  std::string root = store->layers().path(diff_ids[0]);
  char target[64] = {};
  EXPECT_GT(readlink((root + "/bin/sh").c_str(), target, sizeof target - 1), 0);
  EXPECT_STREQ(target, "/bin/busybox");
  struct stat info;
  ASSERT_EQ(stat((root + "/tmp").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 01777u);
}

TEST_F(BootstrapTest, TakesTheMirrorsOfTheSuiteFromBothKindsOfLists) {
  ASSERT_TRUE(make_folders(folder + "/apt/sources.list.d"));
  write("apt/sources.list",
        "# deb http://off bookworm main\n"
        "deb http://one/debian bookworm main contrib\n"
        "deb [arch=amd64 signed-by=/k.gpg] http://two/debian bookworm-updates main\n"
        "deb-src http://one/debian bookworm main\n"
        "deb http://one/debian trixie main\n"
        "deb http://docker bookworm stable\n");
  write("apt/sources.list.d/debian.sources",
        "Types: deb\nURIs: http://three/debian\nSuites: bookworm bookworm-security trixie\n"
        "Components: main\nSigned-By: /key.gpg\n\n"
        "Types: deb\nEnabled: no\nURIs: http://off\nSuites: bookworm\nComponents: main\n");
  write("apt/sources.list.d/old.list.disabled", "deb http://off bookworm main\n");
  EXPECT_THAT(apt_sources(folder + "/apt", "bookworm").value(),
              ElementsAre("deb http://one/debian bookworm main contrib",
                          "deb [arch=amd64 signed-by=/k.gpg] http://two/debian bookworm-updates main",
                          "deb [signed-by=/key.gpg] http://three/debian bookworm main",
                          "deb [signed-by=/key.gpg] http://three/debian bookworm-security main"));
  EXPECT_THAT(apt_sources(folder + "/apt", "sid").value(), IsEmpty());
  EXPECT_THAT(apt_sources(folder + "/nowhere", "sid").value(), IsEmpty());
}

}  // namespace
}  // namespace gantry::transfer
