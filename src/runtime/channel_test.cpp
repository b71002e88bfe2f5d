#include "runtime/channel.hpp"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include <gtest/gtest.h>

namespace gantry::runtime {
namespace {

/// The two halves of the runtime; `child` is what the other one does.
class Halves {
 public:
  template <class Child>
  explicit Halves(Child child) {
    Channel channel = make_channel().value();
    pid_ = fork();
    if (pid_ == 0) {
      channel.parent.close();
      child(channel.child);
      _exit(0);
    }
    parent = std::move(channel.parent);
  }
  ~Halves() { wait_for_end(); }

  void wait_for_end() {
    if (pid_ > 0) waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

  Fd parent;

 private:
  pid_t pid_ = 0;
};

TEST(Channel, CarriesAnErrorWhole) {
  Halves halves([](const Fd& channel) {
    send_error(channel, Error::from_errno(ENOENT, "open /x").with_code(Code::no_command).with_cure("make it"));
  });
  auto report = await_report(halves.parent);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), Code::no_command);
  EXPECT_EQ(report.error().os_error(), ENOENT);
  EXPECT_EQ(report.error().cure(), "make it");
  EXPECT_NE(report.error().message().find("open /x"), std::string::npos);
}

TEST(Channel, SaysDoneWhenItCloses) {
  Halves halves([](const Fd&) {});
  auto report = await_report(halves.parent);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->kind, Report::done);
}

TEST(Channel, HandsOverThePidOnceTheChildMayGoOn) {
  Halves halves([](const Fd& channel) {
    auto pid = await_go(channel);
    if (!pid || *pid != 4711) send_error(channel, fail(Code::failed, "no pid"));
    else best_effort(send_ready_for_hooks(channel));
  });
  ASSERT_TRUE(send_go(halves.parent, 4711));
  auto report = await_report(halves.parent);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->kind, Report::ready_for_hooks);
}

// The child's death resets the connection, as it left our word unread; its own word must come through all the same.
TEST(Channel, HearsAnErrorOfAChildThatDidNotListen) {
  Halves halves([](const Fd& channel) {
    char byte;
    recv(channel.get(), &byte, 1, MSG_PEEK);
    send_error(channel, fail(Code::denied, "the reason"));
  });
  ASSERT_TRUE(send_go(halves.parent, 1));
  halves.wait_for_end();
  auto report = await_report(halves.parent);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message(), "the reason");
}

TEST(Channel, PrefersWhatTheChildSaidToWhatItsDeathCaused) {
  Halves halves([](const Fd& channel) {
    best_effort(send_ready_for_hooks(channel));
    send_error(channel, fail(Code::denied, "the reason"));
  });
  halves.wait_for_end();
  auto sent = send_go(halves.parent, 1);
  ASSERT_FALSE(sent);
  EXPECT_EQ(cause_of(halves.parent, std::move(sent.error())).message(), "the reason");
}

TEST(Channel, KeepsAnErrorOfOurOwn) {
  Halves silent([](const Fd&) {});
  silent.wait_for_end();
  EXPECT_EQ(cause_of(silent.parent, fail(Code::failed, "ours")).message(), "ours");
  Halves waiting([](const Fd& channel) { best_effort(await_go(channel)); });
  EXPECT_EQ(cause_of(waiting.parent, fail(Code::failed, "ours")).message(), "ours");
  ASSERT_TRUE(send_go(waiting.parent, 1));
}

TEST(Channel, MakesAChildGoOnWithAnErrorWhenTheParentIsGone) {
  Channel channel = make_channel().value();
  channel.parent.close();
  EXPECT_FALSE(await_go(channel.child));
}

}  // namespace
}  // namespace gantry::runtime
