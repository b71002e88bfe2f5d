#include "oci/identity.hpp"

#include <gmock/gmock.h>

namespace gantry::oci {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kPasswd =
    "root:x:0:0:root:/root:/bin/sh\n"
    "broken line\n"
    "far:x:99999999999:1::/far:\n"
    "www:x:33:33:www:/var/www:/bin/false\n"
    "1000:x:7:7::/seven:\n"
    "short:x:8:9\n"
    "last:x:50:60::/last:/bin/sh";
constexpr std::string_view kGroup =
    "root:x:0:\n"
    "www:x:33:\n"
    "audio:x:29:www,last\n"
    "video:x:44:www\n"
    "adm:x:4:root";

Result<Identity> resolve(std::string_view user, std::vector<std::string> groups = {}) {
  return resolve_user(user, groups, kPasswd, kGroup);
}

TEST(User, NobodyNamedIsRoot) {
  const Identity root = resolve("").take();
  EXPECT_EQ(root.uid, 0u);
  EXPECT_EQ(root.home, "/root");
  EXPECT_THAT(root.groups, ElementsAre(4));
}

TEST(User, ANameBringsItsGroups) {
  const Identity www = resolve("www").take();
  EXPECT_EQ(www.uid, 33u);
  EXPECT_EQ(www.gid, 33u);
  EXPECT_EQ(www.home, "/var/www");
  EXPECT_THAT(www.groups, ElementsAre(29, 44));
}

TEST(User, AKnownIdIsThatUser) { EXPECT_THAT(resolve("33").take().groups, ElementsAre(29, 44)); }

TEST(User, ANameWinsOverANumber) { EXPECT_EQ(resolve("1000").take().uid, 7u); }

TEST(User, AnUnknownIdHasTheRootGroupAndNoHome) {
  const Identity user = resolve("4321").take();
  EXPECT_EQ(user.uid, 4321u);
  EXPECT_EQ(user.gid, 0u);
  EXPECT_EQ(user.home, "/");
}

TEST(User, AnExplicitGroupStandsAlone) {
  const Identity user = resolve("www:audio").take();
  EXPECT_EQ(user.gid, 29u);
  EXPECT_THAT(user.groups, IsEmpty());
  EXPECT_EQ(resolve("33:77").take().gid, 77u);
}

TEST(User, FurtherGroupsAreAddedOnce) {
  EXPECT_THAT(resolve("www", {"video", "4000", "29"}).take().groups, ElementsAre(29, 44, 4000));
}

TEST(User, WhatIsNoUserIsRefused) {
  // exec --user once took such for root (CVE-2026-30892).
  for (const char* user : {":0", "1000:", "www:", ":", " 0", "-1", "+0", "4294967295", "4294967296", "nobody", "far",
                           "0x0", "33:nogroup", "0:0:0"})
    EXPECT_FALSE(resolve(user)) << user;
}

TEST(User, AShortOrUnendedLineCounts) {
  EXPECT_EQ(resolve("short").take().home, "/");
  EXPECT_EQ(resolve("last").take().home, "/last");
}

TEST(User, WithoutFilesRootStillHasAHome) { EXPECT_EQ(resolve_user("root", {}, "", "").has_value(), false); }

}  // namespace
}  // namespace gantry::oci
