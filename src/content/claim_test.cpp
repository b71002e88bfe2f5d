#include "content/claim.hpp"

#include "base/file.hpp"
#include "content/scratch.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace gantry::content {
namespace {

class Claims : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gantry-claims.XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    tmp = name;
  }
  void TearDown() override { best_effort(remove_tree(tmp)); }

  bool is_free() { return Claim::try_take(tmp, "work").has_value(); }

  std::string tmp;
};

TEST_F(Claims, AreHeldByOneAtATimeAndLeaveNothing) {
  {
    auto claim = Claim::try_take(tmp, "work");
    ASSERT_TRUE(claim);
    EXPECT_EQ(Claim::try_take(tmp, "work").error().code(), Code::busy);
    EXPECT_TRUE(Claim::try_take(tmp, "other"));
    Claim moved = std::move(*claim);
    EXPECT_FALSE(is_free());
  }
  EXPECT_TRUE(is_free());
  EXPECT_TRUE(list_folder(tmp).value().empty());
}

TEST_F(Claims, GoFromOneWhoWaitsToTheNext) {
  std::atomic<int> inside = 0, done = 0;
  auto work = [&] {
    for (int i = 0; i < 50; ++i) {
      auto claim = Claim::take(tmp, "work");
      ASSERT_TRUE(claim);
      EXPECT_EQ(++inside, 1);
      --inside;
      ++done;
    }
  };
  std::thread first(work), second(work), third(work);
  for (std::thread* each : {&first, &second, &third}) each->join();
  EXPECT_EQ(done, 150);
  EXPECT_TRUE(list_folder(tmp).value().empty());
}

TEST_F(Claims, EndWithTheirProcess) {
  Pipe pipe = make_pipe().value();
  pid_t child = fork();
  if (child == 0) {
    auto claim = Claim::take(tmp, "work");
    best_effort(write_all(pipe.write, claim ? "y" : "n", "pipe"));
    pause();
    _exit(0);
  }
  char answer = 0;
  ASSERT_EQ(read(pipe.read.get(), &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_FALSE(is_free());
  kill(child, SIGKILL);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(path_exists(tmp + "/work"));
  EXPECT_TRUE(is_free());
}

TEST_F(Claims, AreSweptWhenTheirProcessHasDied) {
  ASSERT_TRUE(replace_file(tmp + "/left", ""));
  auto held = Claim::take(tmp, "held");
  EXPECT_EQ(abandoned(tmp).value().size(), 1u);
  EXPECT_EQ(list_folder(tmp).value(), std::vector<std::string>{"held"});
}

TEST_F(Claims, AreReleasedAlthoughAChildHasTheDescriptor) {
  pid_t child;
  {
    auto claim = Claim::take(tmp, "work");
    child = fork();
    if (child == 0) {
      pause();
      _exit(0);
    }
  }
  EXPECT_TRUE(is_free());
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

}  // namespace
}  // namespace gantry::content
