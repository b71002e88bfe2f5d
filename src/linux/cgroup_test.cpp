#include "linux/cgroup.hpp"

#include "base/file.hpp"
#include "base/id.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "linux/cgroup_mounts.hpp"
#include "linux/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include <gtest/gtest.h>

using namespace gantry;
using namespace gantry::linux;

namespace {

constexpr std::array<std::string_view, 5> kControllers{"memory", "pids", "cpuset", "freezer", "no-such-controller"};

/// A child that only waits, and ends by itself on SIGTERM: v2 lets a stopped process die, but not run.
class Sleeper {
 public:
  Sleeper() {
    auto before = signal(SIGTERM, [](int) { _exit(0); });
    pid_ = fork();
    if (pid_ == 0)
      while (true) pause();
    signal(SIGTERM, before);
    pidfd_ = *open_pidfd(pid_);
  }
  ~Sleeper() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  pid_t pid() const { return pid_; }
  bool ends() const {
    pollfd ended{pidfd_.get(), POLLIN, 0};
    return poll(&ended, 1, 5000) == 1;
  }
  bool runs() const {
    pollfd ended{pidfd_.get(), POLLIN, 0};
    return poll(&ended, 1, 0) == 0;
  }

 private:
  pid_t pid_;
  Fd pidfd_;
};

class CgroupTest : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root to make cgroups";
    if (cgroup_mode() == CgroupMode::none) GTEST_SKIP() << "no cgroup file system is mounted";
    auto made = Cgroup::create(path_, kControllers);
    if (!made && made.error().code() == Code::denied) GTEST_SKIP() << made.error().message();
    ASSERT_TRUE(made) << made.error().message();
  }
  void TearDown() override {
    if (auto cgroup = Cgroup::open(path_)) {
      best_effort(cgroup->kill_all(SIGKILL));
      auto removed = cgroup->remove();
      EXPECT_TRUE(removed) << removed.error().message();
    }
  }
  Cgroup cgroup() { return *Cgroup::create(path_, kControllers); }
  /// On v2 without controllers: a cgroup that hands them on may hold no process itself.
  Cgroup below() {
    std::span<const std::string_view> controllers = kControllers;
    return *Cgroup::create(path_ + "/below", cgroup_mode() == CgroupMode::v2 ? controllers.last(1) : controllers);
  }

  std::string path_ = "/gantry-test-" + random_hex(6);
};

TEST_F(CgroupTest, HasTheControllersThatTheHostHas) {
  auto names = cgroup_controllers();
  ASSERT_TRUE(names);
  for (auto name : kControllers) EXPECT_EQ(cgroup().has(name), std::ranges::find(*names, name) != names->end()) << name;
  EXPECT_FALSE(cgroup().has("no-such-controller"));
  EXPECT_EQ(cgroup().folder("no-such-controller"), "");
}

TEST_F(CgroupTest, MakesNoPartForAControllerThatNobodyAskedFor) {
  auto names = *cgroup_controllers();
  if (!std::ranges::count(names, "cpuacct")) GTEST_SKIP() << "needs v1's cpuacct";
  EXPECT_FALSE(cgroup().has("cpuacct"));
}

TEST_F(CgroupTest, WritesAndReadsAFile) {
  if (!cgroup().has("pids")) GTEST_SKIP() << "the host has no pids controller";
  ASSERT_TRUE(cgroup().write("pids", "pids.max", "17"));
  EXPECT_EQ(*cgroup().read("pids", "pids.max"), "17\n");
}

TEST_F(CgroupTest, SaysThatAControllerIsMissing) {
  auto written = cgroup().write("no-such-controller", "no.max", "1");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code(), Code::unsupported);
  EXPECT_NE(written.error().message().find("'no-such-controller'"), std::string::npos);
  EXPECT_EQ(cgroup().read("no-such-controller", "no.max").error().code(), Code::unsupported);
}

TEST_F(CgroupTest, EnablesV2ControllersOnTheWay) {
  if (cgroup_mode() == CgroupMode::v1) GTEST_SKIP() << "needs a v2 tree";
  std::string available = *read_file(cgroup_mounts().back().folder + "/cgroup.controllers");
  if (!lists_controller(trim(available), "hugetlb", ' ')) GTEST_SKIP() << "needs hugetlb in the v2 tree";
  std::array<std::string_view, 1> wanted{"hugetlb"};
  auto below = Cgroup::create(path_ + "/a/b", wanted);
  ASSERT_TRUE(below);
  EXPECT_TRUE(below->has("hugetlb"));
  EXPECT_TRUE(below->is_v2("hugetlb"));
  auto value = below->read("hugetlb", "hugetlb.2MB.max");
  EXPECT_TRUE(value) << value.error().message();
}

TEST_F(CgroupTest, ListsProcessesInItAndBelow) {
  Cgroup below = this->below();
  Sleeper one, two;
  ASSERT_TRUE(cgroup().add(one.pid()));
  ASSERT_TRUE(below.add(two.pid()));
  auto pids = cgroup().pids();
  ASSERT_TRUE(pids);
  std::ranges::sort(*pids);
  std::vector<pid_t> wanted{one.pid(), two.pid()};
  std::ranges::sort(wanted);
  EXPECT_EQ(*pids, wanted);
}

TEST_F(CgroupTest, MovesAProcessIntoEveryPart) {
  Sleeper sleeper;
  auto added = cgroup().add(sleeper.pid());
  ASSERT_TRUE(added) << added.error().message();
  for (const auto& folder : cgroup().folders())
    EXPECT_EQ(*read_file(folder + "/cgroup.procs"), fmt::format("{}\n", sleeper.pid())) << folder;
}

TEST_F(CgroupTest, LeavesTheV2TreeAloneForAProcessThatWasBornThere) {
  if (cgroup_mode() == CgroupMode::v1) GTEST_SKIP() << "needs a v2 tree";
  auto folder = cgroup().unified();
  ASSERT_TRUE(folder && folder->valid());
  auto child = clone_process({.cgroup = &*folder});
  ASSERT_TRUE(child) << child.error().message();
  if (child->pid == 0)
    while (true) pause();
  Sleeper other;
  EXPECT_TRUE(cgroup().add(child->pid, {.v2 = false}));
  EXPECT_TRUE(cgroup().add(other.pid(), {.v2 = false}));
  EXPECT_EQ(*cgroup().pids(), std::vector{child->pid});
  kill(child->pid, SIGKILL);
  waitpid(child->pid, nullptr, 0);
}

TEST_F(CgroupTest, LetsAProcessEnterTheV1PartsByItself) {
  auto lists = cgroup().v1_lists();
  ASSERT_TRUE(lists) << lists.error().message();
  if (lists->empty()) GTEST_SKIP() << "needs v1 hierarchies";
  pid_t child = fork();
  if (child == 0) {
    if (!enter_v1(*lists)) _exit(1);
    while (true) pause();
  }
  auto is_inside = [&](const std::string& folder) {
    return *read_file(folder + "/cgroup.procs") == fmt::format("{}\n", child);
  };
  for (const auto& folder : cgroup().folders()) {
    if (folder == cgroup().folder("")) continue;
    for (int tries = 0; tries < 1000 && !is_inside(folder); ++tries) usleep(1000);
    EXPECT_TRUE(is_inside(folder)) << folder;
  }
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

TEST_F(CgroupTest, NamesTheProcessThatCannotBeMoved) {
  pid_t gone = fork();
  if (gone == 0) _exit(0);
  waitpid(gone, nullptr, 0);
  auto added = cgroup().add(gone);
  ASSERT_FALSE(added);
  EXPECT_NE(added.error().message().find(fmt::format("move process {} into cgroup {}", gone, path_)),
            std::string::npos);
}

TEST_F(CgroupTest, StopsAndContinuesProcesses) {
  Sleeper sleeper;
  ASSERT_TRUE(cgroup().add(sleeper.pid()));
  EXPECT_FALSE(*cgroup().frozen());
  auto frozen = cgroup().freeze(true);
  ASSERT_TRUE(frozen) << frozen.error().message();
  EXPECT_TRUE(*cgroup().frozen());
  kill(sleeper.pid(), SIGTERM);
  EXPECT_TRUE(sleeper.runs());
  ASSERT_TRUE(cgroup().freeze(false));
  EXPECT_TRUE(sleeper.ends());
}

TEST_F(CgroupTest, KillsAllEvenWhenTheyAreStopped) {
  Cgroup below = this->below();
  Sleeper one, two;
  ASSERT_TRUE(cgroup().add(one.pid()));
  ASSERT_TRUE(below.add(two.pid()));
  ASSERT_TRUE(cgroup().freeze(true));
  auto killed = cgroup().kill_all(SIGKILL);
  ASSERT_TRUE(killed) << killed.error().message();
  EXPECT_TRUE(one.ends());
  EXPECT_TRUE(two.ends());
}

/// Fills the cgroup with processes that each live only until their child runs; ends when they all have ended.
[[noreturn]] void keep_forking(const Cgroup& cgroup) {
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  signal(SIGCHLD, SIG_IGN);
  if (fork() == 0) {
    if (!cgroup.add(0)) _exit(1);
    fork();
    fork();
    while (true)
      if (fork() != 0) _exit(0);
  }
  while (wait(nullptr) >= 0 || errno == EINTR) {
  }
  _exit(0);
}

TEST_F(CgroupTest, KillsThoseThatFork) {
  Cgroup self = cgroup();
  pid_t reaper = fork();
  if (reaper == 0) keep_forking(self);
  Fd pidfd = *open_pidfd(reaper);
  while (self.pids()->empty()) sched_yield();
  auto killed = self.kill_all(SIGKILL);
  EXPECT_TRUE(killed) << killed.error().message();
  pollfd ended{pidfd.get(), POLLIN, 0};
  EXPECT_EQ(poll(&ended, 1, 5000), 1) << "some have survived";
  best_effort(self.kill_all(SIGKILL));
  waitpid(reaper, nullptr, 0);
}

TEST_F(CgroupTest, SendsAnotherSignalToAllAndLetsThemRun) {
  Sleeper one, two;
  ASSERT_TRUE(cgroup().add(one.pid()));
  ASSERT_TRUE(cgroup().add(two.pid()));
  ASSERT_TRUE(cgroup().kill_all(SIGTERM));
  EXPECT_TRUE(one.ends());
  EXPECT_TRUE(two.ends());
  EXPECT_FALSE(*cgroup().frozen());
}

TEST_F(CgroupTest, ASignalLeavesAStoppedCgroupStopped) {
  Sleeper sleeper;
  ASSERT_TRUE(cgroup().add(sleeper.pid()));
  ASSERT_TRUE(cgroup().freeze(true));
  EXPECT_TRUE(cgroup().kill_all(SIGTERM));
  EXPECT_TRUE(*cgroup().frozen());
  EXPECT_TRUE(cgroup().freeze(false));  // else v1 would not even let it be killed
  EXPECT_TRUE(sleeper.ends());
}

TEST_F(CgroupTest, RemovesItselfWithAllBelow) {
  ASSERT_TRUE(Cgroup::create(path_ + "/a/b/c", kControllers));
  Cgroup self = cgroup();
  auto removed = self.remove();
  ASSERT_TRUE(removed) << removed.error().message();
  for (const auto& folder : self.folders()) EXPECT_FALSE(path_exists(folder));
  EXPECT_TRUE(self.remove());
}

TEST_F(CgroupTest, WaitsForProcessesThatDieJustNow) {
  Sleeper sleeper;
  Cgroup self = cgroup();
  ASSERT_TRUE(self.add(sleeper.pid()));
  kill(sleeper.pid(), SIGKILL);
  auto removed = self.remove();
  EXPECT_TRUE(removed) << removed.error().message();
}

TEST_F(CgroupTest, RefusesToRemoveAProcessesHome) {
  Sleeper sleeper;
  ASSERT_TRUE(cgroup().add(sleeper.pid()));
  auto removed = cgroup().remove();
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code(), Code::busy);
  EXPECT_NE(removed.error().cure(), "");
}

TEST_F(CgroupTest, OpensWhatExists) {
  auto opened = Cgroup::open(path_);
  ASSERT_TRUE(opened);
  auto folders = opened->folders(), wanted = cgroup().folders();
  EXPECT_EQ(folders, wanted);
  EXPECT_EQ(Cgroup::open(path_ + "/none").error().code(), Code::not_found);
}

TEST_F(CgroupTest, StartsARelativePathAtItsOwnCgroup) {
  pid_t pid = fork();
  if (pid == 0) {
    if (!cgroup().add(0)) _exit(1);
    auto below = Cgroup::create("below", kControllers);
    if (!below) _exit(2);
    auto again = Cgroup::from_folders("below", below->folders());
    if (!again || again->folders() != below->folders() || again->has("pids") != below->has("pids")) _exit(3);
    for (const auto& folder : below->folders())
      if (!folder.ends_with(path_ + "/below")) _exit(4);
    _exit(own_cgroup(cgroup_mode() == CgroupMode::v1 ? "pids" : "") == path_ ? 0 : 5);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  EXPECT_EQ(exit_status_of_wait(status).code, 0);
}

TEST_F(CgroupTest, LeavesNothingBehindWhenItFails) {
  Cgroup self = cgroup();
  std::string last = self.folders().back(), first = self.folders().front();
  if (cgroup_mode() == CgroupMode::v2) GTEST_SKIP() << "needs two hierarchies, so that the second can fail";
  auto limited = write_value(last + "/cgroup.max.descendants", "0");
  if (!limited) GTEST_SKIP() << "needs a v2 tree as the last hierarchy";
  auto made = Cgroup::create(path_ + "/a/b", kControllers);
  EXPECT_FALSE(made);
  EXPECT_FALSE(path_exists(first + "/a"));
}

TEST(Cgroup, RefusesPathsThatLeadElsewhere) {
  if (cgroup_mode() == CgroupMode::none) GTEST_SKIP() << "no cgroup file system is mounted";
  for (std::string path : {"", "/", "../x", "/a/../../b", "//.//", "a\nb"}) {
    auto made = Cgroup::create(path, kControllers);
    ASSERT_FALSE(made) << path;
    EXPECT_EQ(made.error().code(), Code::invalid) << path;
  }
}

TEST(Cgroup, FoldersOutsideOfCgroupMountsAreRefused) {
  std::vector<std::string> folders{"/tmp/x"};
  EXPECT_FALSE(Cgroup::from_folders("/x", folders));
  EXPECT_FALSE(Cgroup::from_folders("/x", {}));
}

/// What create() says on the host that run_where() has made up; skipped on the real one.
TEST(CgroupHost, TellsWhyThereIsNoCgroup) {
  const char* wanted = getenv("GANTRY_TEST_WANTED");
  if (wanted == nullptr) GTEST_SKIP() << "runs only inside the tests of CgroupView";
  auto made = Cgroup::create("/gantry-test-none", kControllers);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code(), wanted == std::string_view("denied") ? Code::denied : Code::unsupported);
  EXPECT_NE(made.error().cure(), "");
}

/// Runs tests of this program in a mount namespace in which `setup` has changed /sys/fs/cgroup; gives what failed.
std::string run_where(const std::string& setup, const std::string& filter) {
  std::string self(4096, '\0');
  self.resize(static_cast<std::size_t>(readlink("/proc/self/exe", self.data(), self.size())));
  auto output = run_command({{"unshare", "-m", "--propagation", "private", "sh", "-c", setup + " && exec \"$@\"", "sh",
                              self, "--gtest_filter=" + filter, "--gtest_brief=1"}});
  if (!output) return output.error().message();
  return output->status.ok() ? "" : output->out + output->err;
}

constexpr const char* kAllButTheSlow = "CgroupTest.*-CgroupTest.RefusesToRemoveAProcessesHome";

class CgroupView : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root to mount";
    if (cgroup_mode() == CgroupMode::none) GTEST_SKIP() << "no cgroup file system is mounted";
  }
};

TEST_F(CgroupView, TheSameHoldsOnAV2Host) {
  EXPECT_EQ(run_where("umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup", kAllButTheSlow), "");
}

TEST_F(CgroupView, TheSameHoldsOnAV1Host) {
  if (cgroup_mode() != CgroupMode::hybrid) GTEST_SKIP() << "needs v1 hierarchies";
  EXPECT_EQ(run_where("umount /sys/fs/cgroup/unified", kAllButTheSlow), "");
}

TEST_F(CgroupView, TellsWhyWhenNothingIsMounted) {
  EXPECT_EQ(run_where("umount -R /sys/fs/cgroup && export GANTRY_TEST_WANTED=unsupported", "CgroupHost.*"), "");
}

TEST_F(CgroupView, TellsWhyWhenTheMountIsReadOnly) {
  EXPECT_EQ(run_where("umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && "
                      "mount -o remount,bind,ro /sys/fs/cgroup && export GANTRY_TEST_WANTED=denied",
                      "CgroupHost.*"),
            "");
}

}  // namespace
