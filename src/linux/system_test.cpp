#include "linux/system.hpp"

#include "base/file.hpp"

#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <gtest/gtest.h>

using namespace gantry;
using namespace gantry::linux;

namespace {

TEST(System, TellsWhatTheKernelTells) {
  auto info = system_info();
  ASSERT_TRUE(info) << info.error().message();
  utsname names;
  uname(&names);
  EXPECT_EQ(info->kernel, names.release);
  EXPECT_EQ(info->architecture, names.machine);
  EXPECT_EQ(info->hostname, names.nodename);
  struct sysinfo memory;
  sysinfo(&memory);
  EXPECT_NEAR(static_cast<double>(info->memory_total), static_cast<double>(memory.totalram) * memory.mem_unit, 1 << 20);
  EXPECT_GT(info->memory_free, 0u);
  EXPECT_LE(info->memory_free, info->memory_total);
  EXPECT_EQ(info->swap_total, memory.totalswap * memory.mem_unit);
  EXPECT_NEAR(static_cast<double>(info->uptime), static_cast<double>(memory.uptime), 2);
  EXPECT_GE(info->cpus, 1u);
  EXPECT_TRUE(info->seccomp);
}

TEST(System, ReadsTheDistribution) {
  if (!path_exists("/etc/os-release")) GTEST_SKIP() << "the machine has no os-release";
  auto info = system_info();
  EXPECT_NE(info->distribution, "");
  EXPECT_EQ(info->distribution.find('"'), std::string::npos);
  EXPECT_EQ(info->distribution_version.find('"'), std::string::npos);
}

TEST(System, SaysRootlessToAnOrdinaryUser) {
  if (geteuid() != 0) EXPECT_TRUE(system_info()->rootless);
  else EXPECT_EQ(system_info()->rootless, *read_file("/proc/self/uid_map") != "         0          0 4294967295\n");
}

TEST(System, ComparesKernelVersions) {
  utsname names;
  uname(&names);
  unsigned major = 0, minor = 0;
  ASSERT_EQ(sscanf(names.release, "%u.%u", &major, &minor), 2);
  EXPECT_TRUE(kernel_at_least(major, minor));
  EXPECT_FALSE(kernel_at_least(major, minor + 1));
  EXPECT_FALSE(kernel_at_least(major + 1, 0));
  EXPECT_TRUE(kernel_at_least(major - 1, minor + 100));
}

}  // namespace
