#include "transfer/task.hpp"

#include "base/error_packet.hpp"
#include "base/file.hpp"
#include "base/subprocess.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace gantry::transfer {

namespace {

// What a report begins with.
constexpr char kGood = '+';
constexpr char kBad = '-';

[[noreturn]] void run(const std::function<Result<std::string>()>& work, pid_t parent, const Fd& out) {
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (getppid() != parent) _exit(1);
  signal(SIGPIPE, SIG_IGN);
  auto told = work();
  best_effort(write_all(out, told ? kGood + *told : kBad + pack_error(told.error()), "the report"));
  _exit(told ? 0 : 1);
}

}  // namespace

Result<Task> Task::start(const std::function<Result<std::string>()>& work) {
  Pipe pipe = TRY(make_pipe());
  pid_t parent = getpid();
  pid_t child = fork();
  if (child < 0) return Error::system("start a process");
  if (child == 0) run(work, parent, pipe.write);
  return Task(child, std::move(pipe.read));
}

Task::Task(Task&& other) noexcept : child_(std::exchange(other.child_, -1)), report_(std::move(other.report_)) {}

Task& Task::operator=(Task&& other) noexcept {
  std::swap(child_, other.child_);
  std::swap(report_, other.report_);
  return *this;
}

Task::~Task() {
  if (child_ <= 0) return;
  kill(child_, SIGKILL);
  waitpid(child_, nullptr, 0);
}

Result<std::string> Task::finish() {
  std::string report = TRY(read_all(report_, "the report"));
  int status = 0;
  while (waitpid(child_, &status, 0) < 0)
    if (errno != EINTR) return Error::system("wait for process {}", child_);
  child_ = -1;
  ExitStatus ended = exit_status_of_wait(status);
  if (ended.signal != 0) return fail(Code::failed, "its process was ended by signal {}", ended.signal);
  if (ended.ok() && report.starts_with(kGood)) return report.substr(1);
  auto error = report.starts_with(kBad) ? unpack_error(std::string_view(report).substr(1)) : std::nullopt;
  return error ? std::move(*error) : fail(Code::failed, "its process gave no reason");
}

Result<std::size_t> wait_for_any(const std::vector<const Task*>& tasks) {
  std::vector<pollfd> waited;
  for (const Task* task : tasks) waited.push_back({.fd = task->report().get(), .events = POLLIN, .revents = 0});
  while (poll(waited.data(), waited.size(), -1) < 0)
    if (errno != EINTR) return Error::system("poll");
  for (std::size_t i = 0; i < waited.size(); ++i)
    if (waited[i].revents != 0) return i;
  return fail(Code::failed, "poll tells nothing");
}

}  // namespace gantry::transfer
