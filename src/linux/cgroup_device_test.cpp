#include "linux/cgroup_device.hpp"

#include "base/file.hpp"
#include "base/id.hpp"
#include "base/subprocess.hpp"

#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include <gtest/gtest.h>

using namespace gantry;
using namespace gantry::linux;

namespace {

constexpr DeviceRule kDenyAll{.allow = false};
DeviceRule allow(char type, std::uint32_t major, std::optional<std::uint32_t> minor, std::string access = "rwm") {
  return {true, type, major, minor, std::move(access)};
}

class CgroupDevice : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root to make cgroups";
    std::array<std::string_view, 1> controllers{"devices"};
    auto made = Cgroup::create(path_, controllers);
    if (!made) GTEST_SKIP() << made.error().message();
    cgroup_.emplace(std::move(*made));
  }
  void TearDown() override {
    if (!cgroup_) return;
    auto removed = cgroup_->remove();
    EXPECT_TRUE(removed) << removed.error().message();
  }

  void set(std::vector<DeviceRule> rules) {
    auto done = set_device_rules(*cgroup_, rules);
    ASSERT_TRUE(done) << done.error().message();
  }

  /// The errno (0: none) of what `action` does inside the cgroup.
  template <class Action>
  int inside(Action action) {
    pid_t pid = fork();
    if (pid == 0) {
      if (!cgroup_->add(0)) _exit(255);
      _exit(action() < 0 ? errno : 0);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return exit_status_of_wait(status).code;
  }
  int opening(const char* device, int flags = O_RDWR) {
    return inside([=] { return open(device, flags | O_CLOEXEC); });
  }

  std::string path_ = "/gantry-test-" + random_hex(6);
  std::optional<Cgroup> cgroup_;
};

TEST_F(CgroupDevice, DeniesWhatNoRuleSpeaksOf) {
  set({});
  EXPECT_EQ(opening("/dev/null"), EPERM);
}

TEST_F(CgroupDevice, AllowsWhatALaterRuleAllows) {
  set({kDenyAll, allow('c', 1, 3)});
  EXPECT_EQ(opening("/dev/null"), 0);
  EXPECT_EQ(opening("/dev/zero"), EPERM);
  set({kDenyAll, allow('c', 1, {})});
  EXPECT_EQ(opening("/dev/zero"), 0);
}

TEST_F(CgroupDevice, TellsReadingFromWriting) {
  set({kDenyAll, allow('c', 1, 3, "r")});
  EXPECT_EQ(opening("/dev/null", O_RDONLY), 0);
  EXPECT_EQ(opening("/dev/null", O_WRONLY), EPERM);
  EXPECT_EQ(opening("/dev/null", O_RDWR), EPERM);
}

TEST_F(CgroupDevice, TellsMakingANodeFromOpeningIt) {
  set({kDenyAll, allow('c', 1, 3, "m")});
  std::string node = "/tmp/gantry-node-" + random_hex(6);
  EXPECT_EQ(inside([&] { return mknod(node.c_str(), S_IFCHR | 0600, makedev(1, 3)); }), 0);
  unlink(node.c_str());
  EXPECT_EQ(inside([&] { return mknod(node.c_str(), S_IFBLK | 0600, makedev(1, 3)); }), EPERM);
  EXPECT_EQ(opening("/dev/null"), EPERM);
}

TEST_F(CgroupDevice, AllowsAllWithExceptions) {
  set({{.allow = true}, {.allow = false, .type = 'c', .major = 1, .minor = 5, .access = "w"}});
  EXPECT_EQ(opening("/dev/null"), 0);
  EXPECT_EQ(opening("/dev/zero", O_RDONLY), 0);
  EXPECT_EQ(opening("/dev/zero", O_RDWR), EPERM);
}

TEST_F(CgroupDevice, ReplacesTheRulesFromBefore) {
  set({kDenyAll, allow('c', 1, 3)});
  set({kDenyAll, allow('c', 1, 5)});
  EXPECT_EQ(opening("/dev/null"), EPERM);
  EXPECT_EQ(opening("/dev/zero"), 0);
  set({{.allow = true}});
  EXPECT_EQ(opening("/dev/null"), 0);
}

TEST_F(CgroupDevice, LetsACgroupBelowHaveRulesOfItsOwn) {
  set({kDenyAll, allow('c', 1, {})});
  std::array<std::string_view, 1> controllers{"devices"};
  auto below = Cgroup::create(path_ + "/below", controllers);
  ASSERT_TRUE(below);
  std::array<DeviceRule, 2> rules{kDenyAll, allow('c', 1, 3)};
  auto done = set_device_rules(*below, rules);
  EXPECT_TRUE(done) << done.error().message();
}

TEST_F(CgroupDevice, NamesWhatIsNoRule) {
  std::array<DeviceRule, 1> bad_type{DeviceRule{.type = 'x'}}, bad_access{DeviceRule{.access = "rx"}};
  EXPECT_EQ(set_device_rules(*cgroup_, bad_type).error().code(), Code::invalid);
  EXPECT_NE(set_device_rules(*cgroup_, bad_access).error().message().find("'rx'"), std::string::npos);
}

TEST(CgroupDeviceView, TheSameHoldsOnAV2Host) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to mount";
  if (cgroup_mode() == CgroupMode::none) GTEST_SKIP() << "no cgroup file system is mounted";
  std::string self(4096, '\0');
  self.resize(static_cast<std::size_t>(readlink("/proc/self/exe", self.data(), self.size())));
  auto output = run_command({{"unshare", "-m", "--propagation", "private", "sh", "-c",
                              "umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && exec \"$@\"", "sh",
                              self, "--gtest_filter=CgroupDevice.*", "--gtest_brief=1"}});
  ASSERT_TRUE(output) << output.error().message();
  EXPECT_TRUE(output->status.ok()) << output->out << output->err;
}

TEST(DeviceProgram, EndsAtTheRuleThatSpeaksOfAll) {
  std::array<DeviceRule, 3> rules{allow('c', 1, 3), kDenyAll, allow('c', 1, 5)};
  EXPECT_EQ(*compile_device_rules(rules), *compile_device_rules(std::span(rules).subspan(1)));
  EXPECT_EQ(compile_device_rules({})->size() % sizeof(bpf_insn), 0u);
}

}  // namespace
