#include "engine/probe.hpp"

#include "base/file.hpp"
#include "engine/exec_process.hpp"
#include "linux/memory_file.hpp"
#include "linux/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace gantry::engine {

namespace {

constexpr int kNotRun = -1;

/// The end of a process and what it has written, `limit` bytes at most; killed when it takes longer than `timeout`.
HealthCheckResult await(pid_t pid, const Fd& process, const Fd& output, std::int64_t timeout, std::size_t limit) {
  HealthCheckResult result{.exit_code = kNotRun};
  const std::int64_t end = monotonic() + timeout;
  std::array<char, 4096> block;
  bool open = true, late = false;
  while (true) {
    const std::int64_t left = std::max<std::int64_t>((end - monotonic()) / 1'000'000 + 1, 0);
    std::array<pollfd, 2> polled{pollfd{process.get(), POLLIN, 0}, pollfd{open ? output.get() : -1, POLLIN, 0}};
    const int got = poll(polled.data(), polled.size(), static_cast<int>(std::min<std::int64_t>(left, INT32_MAX)));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 && !late) {
      late = true;
      best_effort(linux::send_signal(process, SIGKILL));
    }
    if (polled[1].revents != 0) {
      const ssize_t size = read(output.get(), block.data(), block.size());
      open = size > 0;
      if (open && result.output.size() < limit) result.output.append(block.data(), static_cast<std::size_t>(size));
    } else if (polled[0].revents != 0) {
      break;
    }
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  if (late) result.output += "the health check took too long and was killed";
  else result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

Result<HealthCheckResult> run(const runtime::Settings& runtime, const Container& container, const Probe& probe) {
  oci::Spec spec = TRY(runtime::config_of(runtime, container.id));
  if (runtime::may_trace(spec)) TRY(linux::run_from_memory());
  runtime::ExecRequest request;
  request.process = TRY(exec_process(container, std::move(*spec.process), {.command = probe.command}));
  Pipe pipe = TRY(make_pipe());
  const Fd null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  request.stdio = {null.get(), pipe.write.get(), pipe.write.get()};
  const pid_t pid = TRY(runtime::exec(runtime, container.id, request));
  pipe.write.close();
  const Fd process = TRY(linux::open_pidfd(pid));
  return await(pid, process, pipe.read, probe.timeout, probe.log_size);
}

}  // namespace

HealthCheckResult probe(const runtime::Settings& runtime, const Container& container, const Probe& probe) {
  const Timestamp start = now();
  auto done = run(runtime, container, probe);
  HealthCheckResult result = done ? std::move(*done) : HealthCheckResult{.exit_code = kNotRun};
  if (!done) result.output = done.error().message();
  result.start = start;
  result.end = now();
  return result;
}

}  // namespace gantry::engine
