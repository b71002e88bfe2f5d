#include "base/subprocess.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

namespace gantry {

ExitStatus exit_status_of_wait(int wait_status) {
  if (WIFSIGNALED(wait_status)) return {128 + WTERMSIG(wait_status), WTERMSIG(wait_status)};
  return {WEXITSTATUS(wait_status), 0};
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> result;
  result.reserve(words.size() + 1);
  for (const auto& word : words) result.push_back(const_cast<char*>(word.c_str()));
  result.push_back(nullptr);
  return result;
}

namespace {

/// Everything the child needs, made before the fork: after it nothing may allocate.
struct Plan {
  std::vector<char*> argv;
  std::vector<char*> environment;
  const Command& command;
  int report;
};

void put_in_place(int from, int to) {
  if (from == to) best_effort(set_close_on_exec(to, false));
  else dup2(from, to);
}

/// What a child writes when it cannot become the program.
struct StartFailure {
  int os_error;
  bool in_directory;  ///< it could not enter the working directory
};

[[noreturn]] void exec_child(const Plan& plan) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  const Command& command = plan.command;
  bool ready = command.directory.empty() || chdir(command.directory.c_str()) == 0;
  if (ready) {
    // Above 2 first, so that putting one in place cannot overwrite the next.
    std::array<int, 3> from{command.in, command.out, command.err};
    for (int& fd : from)
      if (fd >= 0 && fd < 3) fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    for (int to = 0; to < 3; ++to)
      if (from[static_cast<std::size_t>(to)] >= 0) put_in_place(from[static_cast<std::size_t>(to)], to);
    for (int fd : command.keep) best_effort(set_close_on_exec(fd, false));
    const char* program = command.program.empty() ? plan.argv[0] : command.program.c_str();
    if (command.environment) execvpe(program, plan.argv.data(), plan.environment.data());
    else execvp(program, plan.argv.data());
  }
  const StartFailure failure{errno, !ready};
  [[maybe_unused]] ssize_t written = write(plan.report, &failure, sizeof failure);
  _exit(127);
}

}  // namespace

Result<Child> Child::start(const Command& command) {
  Pipe report = TRY(make_pipe());
  Plan plan{pointers(command.argv), {}, command, report.write.get()};
  if (command.environment) plan.environment = pointers(*command.environment);
  pid_t pid = fork();
  if (pid < 0) return Error::system("start {}", command.argv[0]);
  if (pid == 0) exec_child(plan);
  report.write.close();
  Fd pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!pidfd) {
    Error error = Error::system("hold the process of {}", command.argv[0]);
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    return error;
  }
  Child child(pid, std::move(pidfd));
  StartFailure failure;
  ssize_t got;
  do {
    got = read(report.read.get(), &failure, sizeof failure);
  } while (got < 0 && errno == EINTR);
  if (got != sizeof failure) return child;  // the report's end was closed by a successful exec
  TRY(child.wait());
  if (failure.in_directory) return Error::from_errno(failure.os_error, fmt::format("enter {}", command.directory));
  return Error::from_errno(failure.os_error, fmt::format("run {}", command.argv[0]))
      .with_code(failure.os_error == ENOENT ? Code::no_command : Code::not_executable);
}

Child::~Child() {
  if (!pidfd_.valid()) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

Result<> Child::signal(int number) const {
  if (syscall(SYS_pidfd_send_signal, pidfd_.get(), number, nullptr, 0) < 0)
    return Error::system("send signal {} to process {}", number, pid_);
  return {};
}

Result<ExitStatus> Child::wait() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0)
    if (errno != EINTR) return Error::system("wait for process {}", pid_);
  pidfd_.close();
  return exit_status_of_wait(status);
}

Result<std::optional<ExitStatus>> Child::wait_for(int milliseconds) {
  constexpr std::int64_t kMillisecond = kSecond / 1000;
  const std::int64_t end = monotonic() + milliseconds * kMillisecond;
  pollfd ready{pidfd_.get(), POLLIN, 0};
  while (true) {
    const std::int64_t left = std::max<std::int64_t>(end - monotonic(), 0);
    const int count = poll(&ready, 1, static_cast<int>((left + kMillisecond - 1) / kMillisecond));
    if (count > 0) return std::optional(TRY(wait()));
    if (count == 0) return std::optional<ExitStatus>();
    if (errno != EINTR) return Error::system("wait for process {}", pid_);
  }
}

namespace {

constexpr std::size_t kMaxOutput = 64u << 20;

/// Moves data between three pipes and three strings until the outputs end.
Result<> exchange(Fd in, Fd out, Fd err, std::string_view input, Output& output) {
  TRY(set_nonblocking(in.get(), true));
  if (input.empty()) in.close();
  std::array<char, 65536> buffer;
  auto drain = [&](Fd& fd, std::string& text) -> Result<> {
    ssize_t got = read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) return {};
    if (got <= 0) fd.close();
    else text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > kMaxOutput) return fail(Code::failed, "it printed more than {} bytes", kMaxOutput);
    return {};
  };
  while (out.valid() || err.valid()) {
    std::array<pollfd, 3> ready{pollfd{in.get(), POLLOUT, 0}, pollfd{out.get(), POLLIN, 0},
                                pollfd{err.get(), POLLIN, 0}};
    if (poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR) return Error::system("poll");
    if (ready[0].revents != 0) {
      ssize_t put = write(in.get(), input.data(), input.size());
      if (put > 0) input.remove_prefix(static_cast<std::size_t>(put));
      if (input.empty() || (put < 0 && errno != EAGAIN && errno != EINTR)) in.close();
    }
    if (ready[1].revents != 0) TRY(drain(out, output.out));
    if (ready[2].revents != 0) TRY(drain(err, output.err));
  }
  return {};
}

}  // namespace

Result<Output> run_command(const Command& command, std::string_view input) {
  Pipe in = TRY(make_pipe()), out = TRY(make_pipe()), err = TRY(make_pipe());
  Command wired = command;
  wired.in = in.read.get();
  wired.out = out.write.get();
  wired.err = err.write.get();
  Child child = TRY(Child::start(wired));
  in.read.close();
  out.write.close();
  err.write.close();
  Output output;
  // A child that does not read its input must not kill us.
  auto previous = signal(SIGPIPE, SIG_IGN);
  auto moved = exchange(std::move(in.write), std::move(out.read), std::move(err.read), input, output);
  signal(SIGPIPE, previous);
  TRY(with_context(std::move(moved), "{}", command.argv[0]));
  output.status = TRY(child.wait());
  return output;
}

Result<std::string> command_output(const Command& command, std::string_view input) {
  Output output = TRY(run_command(command, input));
  if (output.status.ok()) return std::move(output.out);
  std::string_view last = trim(output.err);
  if (auto [before, after, found] = cut_last(last, '\n'); found) last = after;
  return fail(Code::failed, "{} failed with exit code {}{}{}", command.argv[0], output.status.code,
              last.empty() ? "" : ": ", last);
}

}  // namespace gantry
