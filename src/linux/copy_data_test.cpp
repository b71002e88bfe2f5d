#include "linux/copy_data.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gantry::linux {
namespace {

Fd scratch() { return Fd(open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)); }

std::string content(const Fd& file) {
  EXPECT_EQ(lseek(file.get(), 0, SEEK_SET), 0);
  return read_all(file, "the copy", 64u << 20).value();
}

TEST(CopyData, CopiesAFileAndLeavesItsHoles) {
  const Fd from = scratch(), to = scratch();
  ASSERT_TRUE(write_all(from, "begin", "it"));
  ASSERT_EQ(lseek(from.get(), 8 << 20, SEEK_SET), 8 << 20);
  ASSERT_TRUE(write_all(from, "middle", "it"));
  ASSERT_EQ(ftruncate(from.get(), 16 << 20), 0);
  ASSERT_TRUE(copy_data(from, to));
  struct stat info;
  ASSERT_EQ(fstat(to.get(), &info), 0);
  EXPECT_EQ(info.st_size, 16 << 20);
  EXPECT_LT(info.st_blocks * 512, 1 << 20);
  EXPECT_TRUE(content(to) == content(from));
}

TEST(CopyData, CopiesAnEmptyFileAndOneThatDoesNotTellItsLength) {
  const Fd empty = scratch(), copy = scratch(), second = scratch();
  ASSERT_TRUE(copy_data(empty, copy));
  EXPECT_EQ(content(copy), "");
  const Fd status = open_file("/proc/version", O_RDONLY).value();
  ASSERT_TRUE(copy_data(status, second));
  EXPECT_EQ(content(second), read_file("/proc/version").value());
}

}  // namespace
}  // namespace gantry::linux
