#include "runtime/spawn.hpp"

#include "runtime/channel.hpp"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gantry::runtime {

namespace {

Result<> join_all(const Birth& birth) {
  // Before the first step inside: a process there must not look into us.
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  for (const auto& space : birth.join)
    if (setns(space.file.get(), space.type) < 0) return Error::system("join a namespace");
  return {};
}

[[noreturn]] void run(const std::function<void()>& body) {
  body();
  _exit(125);
}

/// The process in between: sends the pid of the one that it clones, or an error.
[[noreturn]] void go_between(const Birth& birth, Fd& channel, const std::function<void()>& body) {
  auto cloned = [&]() -> Result<linux::Process> {
    if (birth.before_join) TRY(birth.before_join());
    TRY(join_all(birth));
    linux::Clone options = birth.clone;
    options.flags |= CLONE_PARENT;
    return linux::clone_process(options);
  }();
  if (cloned && cloned->pid == 0) {
    channel.close();  // it would keep the death of the process in between from the caller
    run(body);
  }
  if (cloned) best_effort(send_go(channel, cloned->pid));
  else send_error(channel, cloned.error());
  _exit(0);
}

}  // namespace

Result<linux::Process> spawn(const Birth& birth, const std::function<void()>& body) {
  if (birth.join.empty()) {
    linux::Process process = TRY(linux::clone_process(birth.clone));
    if (process.pid == 0) run(body);
    return process;
  }
  Channel channel = TRY(make_channel());
  linux::Process between = TRY(linux::clone_process({}));
  if (between.pid == 0) go_between(birth, channel.child, body);
  channel.child.close();
  waitpid(between.pid, nullptr, 0);
  // The answer is there already: either the sibling's pid, or an error.
  pid_t pid = TRY(await_go(channel.parent));
  return linux::Process{pid, TRY(linux::open_pidfd(pid))};
}

Result<> join_cgroup_namespace(const Fd& file) {
  if (setns(file.get(), CLONE_NEWCGROUP) < 0) return Error::system("join a cgroup namespace");
  return {};
}

bool may_be_moved_instead(const Error& error) {
  return error.code() == Code::denied || error.code() == Code::busy || error.code() == Code::unsupported;
}

}  // namespace gantry::runtime
