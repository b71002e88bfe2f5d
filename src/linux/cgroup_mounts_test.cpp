#include "linux/cgroup_mounts.hpp"

#include <gtest/gtest.h>

using namespace gantry::linux;

namespace {

TEST(CgroupMounts, ReadsAHybridHost) {
  auto mounts = parse_cgroup_mounts(
      "22 1 254:0 / / rw,relatime - ext4 /dev/root rw\n"
      "30 22 0:27 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
      "31 30 0:28 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 master:2 - cgroup cgroup rw,xattr,cpu,cpuacct\n"
      "39 30 0:36 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd\n"
      "40 30 0:37 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate\n");
  ASSERT_EQ(mounts.size(), 2u);
  EXPECT_EQ(mounts[0].folder, "/sys/fs/cgroup/cpu,cpuacct");
  EXPECT_EQ(mounts[0].root, "/");
  EXPECT_EQ(mounts[0].controllers, "cpu,cpuacct");
  EXPECT_FALSE(mounts[0].v2);
  EXPECT_EQ(mounts[1].folder, "/sys/fs/cgroup/unified");
  EXPECT_EQ(mounts[1].controllers, "");
  EXPECT_TRUE(mounts[1].v2);
}

TEST(CgroupMounts, PrefersTheMountOfTheWholeHierarchy) {
  auto mounts = parse_cgroup_mounts(
      "31 30 0:28 /docker/1 /a/pids rw - cgroup cgroup rw,pids\n"
      "32 30 0:28 / /b/pids rw - cgroup cgroup rw,pids\n"
      "33 30 0:28 / /c/pids rw - cgroup cgroup rw,pids\n");
  ASSERT_EQ(mounts.size(), 1u);
  EXPECT_EQ(mounts[0].folder, "/b/pids");
}

TEST(CgroupMounts, DecodesEscapedFolders) {
  auto mounts = parse_cgroup_mounts("31 30 0:28 / /a\\040b\\134 rw - cgroup cgroup rw,pids");
  ASSERT_EQ(mounts.size(), 1u);
  EXPECT_EQ(mounts[0].folder, "/a b\\");
}

TEST(CgroupMounts, SkipsLinesThatAreNone) {
  EXPECT_TRUE(parse_cgroup_mounts("").empty());
  EXPECT_TRUE(parse_cgroup_mounts("31 30 - cgroup cgroup rw,pids\n\n - cgroup\n").empty());
  EXPECT_TRUE(parse_cgroup_mounts("31 30 0:28 / /x rw - cgroupfs x rw,pids\n").empty());
}

TEST(CgroupMounts, FindsWholeNamesInAList) {
  EXPECT_TRUE(lists_controller("cpu,cpuacct", "cpu"));
  EXPECT_TRUE(lists_controller("cpu,cpuacct", "cpuacct"));
  EXPECT_FALSE(lists_controller("cpuacct", "cpu"));
  EXPECT_FALSE(lists_controller("", ""));
  EXPECT_TRUE(lists_controller("cpu memory", "memory", ' '));
}

}  // namespace
