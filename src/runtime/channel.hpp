#pragma once

#include "base/fd.hpp"

#include <sys/types.h>

namespace gantry::runtime {

/// The socket between the runtime and the process that becomes the container. The child's end closes with its last
/// exec, which is how the parent learns that all went well.
struct Channel {
  Fd parent;
  Fd child;
};
Result<Channel> make_channel();

// The parent's side.

/// Lets the child go on. `pid` is what the child is called here, for the state that its hooks read.
Result<> send_go(const Fd& channel, pid_t pid);

struct Report {
  enum Kind { done, ready_for_hooks, seccomp_listener } kind = done;
  Fd listener;
};
/// Waits for the child's next report. An error of the child comes back whole: code, errno, text and cure.
Result<Report> await_report(const Fd& channel);
/// Why something failed on our side: what the child said before it went away, else `error` itself.
Error cause_of(const Fd& channel, Error error);

// The child's side.

/// Waits for send_go(); gives the pid that came with it. Fails when the sender is gone, or sent an error instead.
Result<pid_t> await_go(const Fd& channel);
Result<> send_ready_for_hooks(const Fd& channel);
Result<> send_listener(const Fd& channel, const Fd& listener);
/// Nothing can be done when this fails: the parent is gone then.
void send_error(const Fd& channel, const Error& error);

}  // namespace gantry::runtime
