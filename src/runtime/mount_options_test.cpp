#include "runtime/mount_options.hpp"

#include <sys/mount.h>

#include <algorithm>

#include <gtest/gtest.h>

namespace gantry::runtime {
namespace {

MountOptions parsed(const std::vector<std::string>& options) { return parse_mount_options(options).value(); }

TEST(MountOptions, SetAndClearAttributes) {
  auto options = parsed({"ro", "nosuid", "nodev", "noexec"});
  EXPECT_EQ(options.flags.set, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  EXPECT_TRUE(is_empty(options.recursive));
  EXPECT_EQ(parsed({"dev", "exec"}).flags.clear, std::uint64_t{MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC});
}

TEST(MountOptions, ALaterWordWins) {
  auto options = parsed({"ro", "noexec", "rw"});
  EXPECT_EQ(options.flags.set, std::uint64_t{MOUNT_ATTR_NOEXEC});
  EXPECT_EQ(options.flags.clear, std::uint64_t{MOUNT_ATTR_RDONLY});
  EXPECT_EQ(parsed({"noatime", "relatime"}).flags.set, std::uint64_t{MOUNT_ATTR_RELATIME});
}

TEST(MountOptions, AccessTimesAreOneField) {
  auto options = parsed({"noatime"});
  EXPECT_EQ(options.flags.set, std::uint64_t{MOUNT_ATTR_NOATIME});
  EXPECT_EQ(options.flags.clear & MOUNT_ATTR__ATIME, std::uint64_t{MOUNT_ATTR__ATIME});
}

TEST(MountOptions, KnowTheWholeTree) {
  auto options = parsed({"rbind", "rro", "rnosuid"});
  EXPECT_EQ(options.bind, MountOptions::Bind::tree);
  EXPECT_EQ(options.recursive.set, std::uint64_t{MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID});
  EXPECT_TRUE(is_empty(options.flags));
  EXPECT_EQ(parsed({"rbind", "bind"}).bind, MountOptions::Bind::tree);
}

TEST(MountOptions, KnowPropagation) {
  EXPECT_EQ(parsed({"rshared"}).propagation, std::uint64_t{MS_SHARED});
  EXPECT_TRUE(parsed({"rshared"}).propagation_recursive);
  EXPECT_FALSE(parsed({"slave"}).propagation_recursive);
}

TEST(MountOptions, LeaveTheRestToTheFileSystem) {
  auto options = parsed({"size=64k", "mode=755", "noswap", "defaults"});
  ASSERT_EQ(options.data.size(), 3u);
  EXPECT_EQ(options.data[0], linux::FsOption("size", "64k"));
  EXPECT_EQ(options.data[2], linux::FsOption("noswap", ""));
}

TEST(MountOptions, OfAFileSystemAreNothingForABind) {
  EXPECT_FALSE(parse_mount_options({"bind", "size=64k"}));
  EXPECT_TRUE(parse_mount_options({"bind", "sync"})) << "mount(8) lets a bind have flags of the file system";
}

TEST(MountOptions, RefuseWhatContradictsItself) {
  EXPECT_FALSE(parse_mount_options({"remount", "idmap"}));
  EXPECT_FALSE(parse_mount_options({"source=/etc"}));
  EXPECT_FALSE(parse_mount_options({""}));
}

TEST(MountOptions, AreListedWithTheirRecursiveForms) {
  const auto known = known_mount_options();
  for (const char* name : {"bind", "rbind", "ro", "rro", "rnosymfollow", "rslave", "tmpcopyup", "idmap", "ridmap"})
    EXPECT_NE(std::find(known.begin(), known.end(), name), known.end()) << name;
}

}  // namespace
}  // namespace gantry::runtime
