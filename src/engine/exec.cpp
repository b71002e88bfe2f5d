#include "base/file.hpp"
#include "engine/client.hpp"
#include "engine/environment.hpp"
#include "engine/exec_process.hpp"
#include "engine/monitor_process.hpp"
#include "engine/read_inside.hpp"
#include "engine/spec.hpp"
#include "engine/state.hpp"
#include "linux/memory_file.hpp"
#include "linux/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>

namespace gantry::engine {

namespace {

Result<oci::Identity> find_user(const std::string& user, const ContainerConfig& config, pid_t pid) {
  Fd root = TRY(open_file(fmt::format("/proc/{}/root", pid), O_PATH | O_DIRECTORY));
  return oci::resolve_user(user, config.groups, TRY(read_inside(root, "/etc/passwd")),
                           TRY(read_inside(root, "/etc/group")));
}

}  // namespace

Result<oci::Process> exec_process(const Container& container, oci::Process process, const ExecConfig& asked) {
  ContainerConfig config = container.config;
  config.privileged |= asked.privileged;
  const std::string& user_name = asked.user.empty() ? config.user : asked.user;
  const oci::Identity user = TRY(find_user(user_name, config, container.pid));
  process.args = asked.command;
  process.terminal = asked.tty;
  process.console_size.reset();
  if (const auto size = own_window_size(); size && asked.tty)
    process.console_size = oci::ConsoleSize{.height = size->rows, .width = size->columns};
  process.user = {.uid = user.uid, .gid = user.gid, .umask = 0022, .additional_gids = user.groups};
  process.capabilities = TRY(build_capabilities(config, user));
  std::vector<std::string> env = std::move(process.env);
  if (!asked.user.empty()) env.push_back("HOME=" + user.home);
  if (asked.tty) env.emplace_back("TERM=xterm");
  env.insert(env.end(), asked.env.begin(), asked.env.end());
  process.env = join_environment({}, env);
  if (!asked.workdir.empty()) process.cwd = asked.workdir;
  return process;
}

Result<int> Engine::exec(const std::string& name, const ExecConfig& asked) {
  const Container container = TRY(state_->find_running(name));
  if (container.status == Status::paused)
    return fail(Code::failed, "container '{}' is paused", name)
        .with_cure(fmt::format("let it go on with: gantry unpause {}", name));
  const runtime::Settings runtime = state_->runtime();
  oci::Spec spec = TRY(runtime::config_of(runtime, container.id));
  if (runtime::may_trace(spec)) TRY(linux::run_from_memory());
  runtime::ExecRequest request;
  request.process = TRY(exec_process(container, std::move(*spec.process), asked));

  Client client = TRY(Client::make({.terminal = asked.tty,
                                    .input = asked.interactive,
                                    .signal_proxy = !asked.detach,
                                    .detach_keys = TRY(DetachKeys::parse(asked.detach_keys))}));
  SocketPair sockets = TRY(make_socket_pair(SOCK_SEQPACKET));
  MonitorJob job{.program = state_->settings.monitor,
                 .title = fmt::format("exec in {}", container.name),
                 .terminal = asked.tty,
                 .input = asked.interactive,
                 .input_ends_with_client = true};
  if (!asked.detach) job.client = std::move(sockets.theirs);
  // Its exit record interests nobody: the client hears of the end.
  job.folder = TRY(make_and_open_folder(state_->run_folder(container.id).file("exec"), 0700));
  SocketPair pidfds = TRY(make_socket_pair(SOCK_STREAM));
  Fd process;
  job.start = [&](const Stdio& stdio) -> Result<pid_t> {
    request.stdio = stdio.fds;
    request.console_socket = stdio.console_socket;
    const pid_t pid = TRY(runtime::exec(runtime, container.id, request));
    process = TRY(linux::open_pidfd(pid));
    TRY(send_fd(pidfds.theirs, process));
    return pid;
  };
  job.undo = [&] { best_effort(linux::send_signal(process, SIGKILL)); };
  TRY(with_context(start_monitored(std::move(job)), "exec in '{}'", name));
  state_->report(container, "exec");
  if (asked.detach) return 0;
  // Its death before it could tell is heard once nobody else can.
  pidfds.theirs.close();
  process = TRY(with_context(receive_fd(pidfds.ours), "exec in '{}': the process that starts it was killed", name));
  auto pass_on = [&](int signal) { best_effort(linux::send_signal(process, signal)); };
  const auto end = TRY(client.serve(std::move(sockets.ours), pass_on));
  if (end == Client::End::detached) return 0;
  if (end == Client::End::disconnected)
    return fail(Code::failed, "the monitor of the command in container '{}' was killed", name);
  client.take_over();
  state_->report(container, "exec_died", {.exit_code = client.exit_code()});
  return client.exit_code();
}

}  // namespace gantry::engine
