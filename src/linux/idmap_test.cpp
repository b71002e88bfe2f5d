#include "linux/idmap.hpp"

#include "base/file.hpp"
#include "base/id.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include <gtest/gtest.h>

using namespace gantry;
using namespace gantry::linux;

namespace {

constexpr std::uint32_t kUser = 54321;  ///< nobody's on any machine that we test on

/// Runs `check` in a child; what it returns is a complaint, and empty when all is well.
template <class Check>
std::string in_child(Check check) {
  Pipe pipe = *make_pipe();
  pid_t pid = fork();
  if (pid == 0) {
    std::string complaint = check();
    _exit(write_all(pipe.write, complaint, "the pipe") ? 0 : 1);
  }
  pipe.write.close();
  std::string complaint = *read_all(pipe.read, "the pipe");
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? complaint : complaint + " (the child died)";
}

std::string become(std::uint32_t id) {
  if (setgroups(0, nullptr) < 0 || setresgid(id, id, id) < 0 || setresuid(id, id, id) < 0)
    return "cannot become a user";
  // As a process of that user that came from exec(2) is.
  return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0 ? "cannot become dumpable" : "";
}

std::string complaint_of(const Result<>& done) { return done ? "" : done.error().message(); }

/// A private mount namespace in which /etc/<name> has this text.
std::string replace_in_etc(const std::string& name, const std::string& text) {
  std::string file = "/tmp/gantry-idmap-" + random_hex(6);
  if (!replace_file(file, text, 0644, Sync::no)) return "cannot write " + file;
  int bound = mount(file.c_str(), ("/etc/" + name).c_str(), nullptr, MS_BIND, nullptr);
  unlink(file.c_str());
  return bound == 0 ? "" : "cannot mount over /etc/" + name;
}

/// Gives ids to kUser, who is "walker" here: newuidmap(1) insists on a name.
std::string with_subordinate_ids(const std::string& uids, const std::string& gids) {
  if (unshare(CLONE_NEWNS) < 0 || mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0)
    return "cannot unshare";
  if (auto bad = replace_in_etc("subuid", uids); !bad.empty()) return bad;
  if (auto bad = replace_in_etc("subgid", gids); !bad.empty()) return bad;
  return replace_in_etc("passwd", "root:x:0:0::/:/bin/sh\nwalker:x:54321:54321::/:/bin/sh\n");
}

class IdMapTest : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0 || !in_initial_user_namespace()) GTEST_SKIP() << "needs root to become other users";
    if (access("/etc/subuid", F_OK) != 0 || access("/usr/bin/newuidmap", X_OK) != 0)
      GTEST_SKIP() << "needs /etc/subuid and newuidmap (package uidmap)";
  }
};

TEST_F(IdMapTest, GivesOnlyTheOwnIdToAUserWithoutRanges) {
  EXPECT_EQ(in_child([] {
              if (auto bad = become(kUser); !bad.empty()) return bad;
              IdMaps own{{{0, kUser, 1}}, {{0, kUser, 1}}};
              return std::string(*rootless_maps() == own ? "" : "other maps than the own id");
            }),
            "");
}

TEST_F(IdMapTest, TakesTheRangesOfTheUserInTheirOrder) {
  EXPECT_EQ(
      in_child([] {
        std::string ranges =
            "# comment\nother:1:2\n54321:100000:1000\nbroken:\n54321:x:1\n54321:7:0\n"
            "54321:4294967295:2\n54321:300000:500\n";
        if (auto bad = with_subordinate_ids(ranges, "54321:200000:65536\n"); !bad.empty()) return bad;
        if (auto bad = become(kUser); !bad.empty()) return bad;
        IdMaps wanted{{{0, kUser, 1}, {1, 100000, 1000}, {1001, 300000, 500}}, {{0, kUser, 1}, {1, 200000, 65536}}};
        return std::string(*rootless_maps() == wanted ? "" : "wrong maps");
      }),
      "");
}

TEST_F(IdMapTest, FindsTheRangesByName) {
  EXPECT_EQ(in_child([] {
              if (auto bad = with_subordinate_ids("walker:100000:10\n", "walker:200000:10\n"); !bad.empty()) return bad;
              if (auto bad = become(kUser); !bad.empty()) return bad;
              return std::string(rootless_maps()->uids.size() == 2 ? "" : "no ranges by name");
            }),
            "");
}

TEST_F(IdMapTest, GivesOnlyTheOwnIdWhenGroupsHaveNoRange) {
  EXPECT_EQ(in_child([] {
              if (auto bad = with_subordinate_ids("54321:100000:10\n", "\n"); !bad.empty()) return bad;
              if (auto bad = become(kUser); !bad.empty()) return bad;
              return std::string(rootless_maps()->uids.size() == 1 ? "" : "users have ranges and groups none");
            }),
            "");
}

TEST_F(IdMapTest, BecomesRootOfANamespaceWithTheOwnIdOnly) {
  EXPECT_EQ(in_child([] {
              if (auto bad = become(kUser); !bad.empty()) return bad;
              return complaint_of(in_user_namespace(*rootless_maps(), []() -> Result<> {
                if (getuid() != 0 || getgid() != 0) return fail(Code::failed, "not root");
                if (in_initial_user_namespace()) return fail(Code::failed, "no new namespace");
                // Only a mount namespace of our own lets us.
                if (mount("tmpfs", "/mnt", "tmpfs", 0, nullptr) < 0) return Error::system("mount a tmpfs");
                return {};
              }));
            }),
            "");
}

TEST_F(IdMapTest, MapsTheRangesThroughNewuidmap) {
  EXPECT_EQ(in_child([] {
              if (auto bad = with_subordinate_ids("54321:100000:65536\n", "54321:200000:65536\n"); !bad.empty())
                return bad;
              if (auto bad = become(kUser); !bad.empty()) return bad;
              return complaint_of(in_user_namespace(*rootless_maps(), []() -> Result<> {
                std::string file = "/tmp/gantry-idmap-" + random_hex(6);
                TRY(replace_file(file, "", 0644, Sync::no));
                int changed = chown(file.c_str(), 1000, 1000);
                int problem = errno;
                unlink(file.c_str());
                if (changed < 0) return Error::from_errno(problem, "give a file to user 1000");
                return {};
              }));
            }),
            "");
}

TEST_F(IdMapTest, SaysWhichRangesAreMissingWhenTheHelperRefuses) {
  EXPECT_EQ(in_child([] {
              if (auto bad = become(kUser); !bad.empty()) return bad;
              IdMaps greedy{{{0, kUser, 1}, {1, 100000, 5}}, {{0, kUser, 1}, {1, 100000, 5}}};
              bool ran = false;
              auto done = in_user_namespace(greedy, [&]() -> Result<> { return ran = true, Result<>(); });
              if (done) return std::string("the maps were written");
              std::string message = done.error().message();
              return message.find("newuidmap") != message.npos && message.find("/etc/subuid") != message.npos ? ""
                                                                                                              : message;
            }),
            "");
}

TEST_F(IdMapTest, WritesMapsDirectlyAsRoot) {
  IdMaps maps{{{0, 100000, 65536}}, {{0, 200000, 65536}}};
  auto done = in_user_namespace(maps, []() -> Result<> {
    if (getuid() != 0) return fail(Code::failed, "not root");
    std::string groups = TRY(read_file("/proc/self/setgroups"));
    if (groups != "allow\n") return fail(Code::failed, "setgroups is denied without need");
    return {};
  });
  EXPECT_TRUE(done) << done.error().message();
}

TEST_F(IdMapTest, BringsAnErrorBackWhole) {
  auto done = in_user_namespace({{{0, 0, 1}}, {{0, 0, 1}}}, []() -> Result<> {
    return Error::from_errno(ENOSPC, std::string(100000, 'x')).with_code(Code::corrupt);
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code(), Code::corrupt);
  EXPECT_EQ(done.error().os_error(), ENOSPC);
  EXPECT_EQ(done.error().text(), std::string(100000, 'x') + ": No space left on device");
  EXPECT_EQ(done.error().cure(), "free some space and try again");
}

TEST_F(IdMapTest, TellsTheSignalThatEndedTheWork) {
  auto done = in_user_namespace({{{0, 0, 1}}, {{0, 0, 1}}}, []() -> Result<> {
    raise(SIGKILL);
    return {};
  });
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message().find("signal 9"), std::string::npos);
}

TEST_F(IdMapTest, TheWorkDiesWithItsParent) {
  Pipe alive = *make_pipe();
  pid_t pid = fork();
  if (pid == 0) {
    alive.read.close();
    auto done = in_user_namespace({{{0, 0, 1}}, {{0, 0, 1}}}, [&]() -> Result<> {
      TRY(write_all(alive.write, "x", "the pipe"));
      pause();
      return {};
    });
    _exit(1);
  }
  alive.write.close();
  char byte;
  ASSERT_EQ(read(alive.read.get(), &byte, 1), 1);
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  EXPECT_EQ(read(alive.read.get(), &byte, 1), 0);  // the end: nobody holds the pipe any more
}

TEST_F(IdMapTest, NamesTheProcessWhoseMapsCannotBeWritten) {
  auto done = write_id_maps(getpid(), {{{0, 0, 1}}, {{0, 0, 1}}});
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message().find(std::to_string(getpid())), std::string::npos);
}

}  // namespace
