#include "engine/monitor_process.hpp"

#include "base/error_packet.hpp"
#include "base/file.hpp"
#include "linux/memory_file.hpp"
#include "linux/process.hpp"
#include "wire/monitor.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace gantry::engine {

namespace {

/// The two sides of a process's stdio.
struct Streams {
  Stdio process;
  std::array<Fd, 3> process_ends;
  SocketPair console;
  Fd in, out, error;  ///< the monitor's

  static Result<Streams> make(const MonitorJob& job) {
    Streams streams;
    if (job.terminal) {
      streams.console = TRY(make_socket_pair(SOCK_STREAM));
      streams.process.console_socket = streams.console.theirs.get();
      return streams;
    }
    Pipe out = TRY(make_pipe()), error = TRY(make_pipe());
    streams.out = std::move(out.read);
    streams.error = std::move(error.read);
    if (job.input) {
      Pipe in = TRY(make_pipe());
      streams.in = std::move(in.write);
      streams.process_ends[0] = std::move(in.read);
    } else {
      streams.process_ends[0] = TRY(open_file("/dev/null", O_RDONLY));
    }
    streams.process_ends[1] = std::move(out.write);
    streams.process_ends[2] = std::move(error.write);
    for (std::size_t i = 0; i < 3; ++i) streams.process.fds[i] = streams.process_ends[i].get();
    return streams;
  }
};

/// Kept over the exec.
Result<std::int32_t> hand_on(const Fd& fd) {
  if (fd.valid()) TRY(set_close_on_exec(fd.get(), false));
  return fd.get();
}

std::string words_of(const std::vector<std::string>& command) {
  std::string words;
  for (const auto& word : command) words.append(word).push_back('\0');
  return words;
}

Result<Fd> write_order(const MonitorJob& job, const Streams& streams, const Fd& terminal, pid_t pid) {
  wire::MonitorOrder order = job.order;
  if (job.input_ends_with_client) order.flags |= wire::kMonitorStdinOnce;
  order.pid = pid;
  order.stdin_fd = TRY(hand_on(streams.in));
  order.stdout_fd = TRY(hand_on(streams.out));
  order.stderr_fd = TRY(hand_on(streams.error));
  order.terminal_fd = TRY(hand_on(terminal));
  order.log_fd = TRY(hand_on(job.log));
  order.client_fd = TRY(hand_on(job.client));
  order.listen_fd = TRY(hand_on(job.listener));
  order.run_fd = TRY(hand_on(job.folder));
  order.log_folder_fd = TRY(hand_on(job.log_folder));
  order.held_fd = TRY(hand_on(job.held));
  const std::string command = words_of(job.cleanup), probe = words_of(job.probe);
  order.command_length = static_cast<std::uint32_t>(command.size());
  order.probe_length = static_cast<std::uint32_t>(probe.size());
  const std::string bytes = std::string(reinterpret_cast<const char*>(&order), sizeof order) + command + probe;
  Fd memory = TRY(linux::make_memory_file("gantry-monitor order", bytes));
  TRY(set_close_on_exec(memory.get(), false));
  return memory;
}

Result<> leave_caller() {
  // Not the caller's terminal: its signals and its end are not meant for the container.
  setsid();
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  Fd null = TRY(open_file("/dev/null", O_RDWR));
  for (int fd : {0, 1, 2})
    if (dup2(null.get(), fd) < 0) return Error::system("replace stdio by /dev/null");
  return {};
}

/// Returns only when it failed.
Error become_monitor(MonitorJob& job, Streams& streams) {
  pid_t pid = 0;
  auto run = [&]() -> Result<> {
    TRY(leave_caller());
    pid = TRY(job.start(streams.process));
    Fd terminal;
    if (job.terminal) terminal = TRY(with_context(receive_fd(streams.console.ours), "receive the terminal"));
    Fd order = TRY(write_order(job, streams, terminal, pid));
    const std::string number = fmt::format("{}", order.get());
    execl(job.program.c_str(), "gantry-monitor", number.c_str(), job.title.c_str(), static_cast<char*>(nullptr));
    return Error::system("run {}", job.program).with_cure("install gantry whole: its programs belong together");
  };
  Error error = std::move(run().error());
  if (pid > 0) job.undo();
  return error;
}

}  // namespace

Result<> start_monitored(MonitorJob job) {
  Streams streams = TRY(Streams::make(job));
  Pipe report = TRY(make_pipe());
  linux::Process process = TRY(linux::clone_process({}));
  if (process.pid == 0) {
    // The end of this pipe without a word, by the exec, is success.
    const Error error = become_monitor(job, streams);
    best_effort(write_all(report.write, pack_error(error), "the report"));
    _exit(125);
  }
  report.write.close();
  const std::string bytes = TRY(read_all(report.read, "the report of the monitor"));
  if (bytes.empty()) return {};
  waitpid(process.pid, nullptr, 0);
  if (auto error = unpack_error(bytes)) return std::move(*error);
  return fail(Code::failed, "the process that starts the monitor died");
}

}  // namespace gantry::engine
