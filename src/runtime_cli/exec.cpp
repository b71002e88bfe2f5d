#include "base/file.hpp"
#include "base/text.hpp"
#include "linux/capabilities.hpp"
#include "linux/memory_file.hpp"
#include "runtime_cli/foreground.hpp"
#include "runtime_cli/start_options.hpp"

namespace gantry::runtime_cli {

namespace {

struct ExecArguments {
  std::string console_socket;
  std::string pid_file;
  std::string process;
  std::string cwd;
  std::string user;
  std::string cgroup;
  std::vector<std::string> env;
  std::vector<std::string> capabilities;
  std::vector<std::uint32_t> groups;
  std::int64_t preserve_fds = 0;
  bool terminal = false;
  bool detach = false;
  std::string process_label;
  std::string apparmor;
  bool no_new_privileges = false;
  bool ignore_paused = false;
  std::vector<std::string> words;
};

Result<std::uint32_t> read_id(std::string_view text, std::string_view what) {
  auto number = parse_unsigned(text);
  // 2³²-1 means "no change" to the kernel.
  if (!number || *number >= UINT32_MAX)
    return fail(Code::invalid, "'{}' is not a {} id", text, what).with_cure("--user takes UID or UID:GID in figures");
  return static_cast<std::uint32_t>(*number);
}

Result<> apply_user(oci::Process& process, std::string_view text) {
  auto [user, group, has_group] = cut(text, ':');
  process.user.uid = TRY(read_id(user, "user"));
  process.user.gid = has_group ? TRY(read_id(group, "group")) : 0;
  process.user.additional_gids.clear();
  return {};
}

Result<> add_capabilities(oci::Process& process, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  oci::Capabilities& sets = process.capabilities ? *process.capabilities : process.capabilities.emplace();
  for (const auto& name : names) {
    std::string full(linux::capability_name(TRY(linux::capability_from_name(name))));
    for (auto* set : {&sets.bounding, &sets.effective, &sets.permitted}) set->push_back(full);
  }
  return {};
}

/// The process from --process, or the container's own with what the options change.
Result<oci::Process> make_process(oci::Spec spec, const ExecArguments& arguments) {
  if (!arguments.process.empty()) return oci::parse_process(TRY(read_file(arguments.process)), arguments.process);
  oci::Process process = std::move(*spec.process);
  process.args.assign(arguments.words.begin() + 1, arguments.words.end());
  process.terminal = arguments.terminal;
  process.console_size.reset();
  if (!arguments.cwd.empty()) process.cwd = arguments.cwd;
  process.env.insert(process.env.end(), arguments.env.begin(), arguments.env.end());
  if (!arguments.user.empty()) TRY(apply_user(process, arguments.user));
  process.user.additional_gids.insert(process.user.additional_gids.end(), arguments.groups.begin(),
                                      arguments.groups.end());
  TRY(add_capabilities(process, arguments.capabilities));
  if (arguments.no_new_privileges) process.no_new_privileges = true;
  if (!arguments.process_label.empty()) process.selinux_label = arguments.process_label;
  if (!arguments.apparmor.empty()) process.apparmor_profile = arguments.apparmor;
  return process;
}

Result<int> exec(const Globals& globals, const ExecArguments& arguments) {
  const std::string& id = arguments.words[0];
  if (arguments.process.empty() && arguments.words.size() < 2)
    return fail(Code::invalid, "there is no command to run in '{}'", id).with_cure("give one, or use --process");
  runtime::Settings settings = TRY(runtime_cli::settings(globals));
  oci::Spec spec = TRY(runtime::config_of(settings, id));
  if (runtime::may_trace(spec)) TRY(linux::run_from_memory());
  runtime::ExecRequest request;
  request.process = TRY(make_process(std::move(spec), arguments));
  request.preserve_fds = TRY(check_preserved(arguments.preserve_fds));
  request.cgroup = arguments.cgroup;
  request.ignore_paused = arguments.ignore_paused;
  if (!arguments.pid_file.empty()) request.pid_file = TRY(absolute(arguments.pid_file));
  Fd console;
  if (!arguments.console_socket.empty()) console = TRY(connect_unix(arguments.console_socket, kConsoleSocket));
  bool terminal = request.process.terminal && !console.valid();
  if (terminal && arguments.detach)
    return fail(Code::invalid, "a detached process with a terminal needs somebody to take it")
        .with_cure("use --console-socket");
  Foreground foreground = TRY(Foreground::make(terminal));
  request.console_socket = terminal ? foreground.console_socket() : console.get();
  pid_t pid = TRY(with_context(runtime::exec(settings, id, request), "exec in container '{}'", id));
  if (arguments.detach) return 0;
  return foreground.serve(pid);
}

constexpr options::Option kOptions[] = {
    options::option<&ExecArguments::console_socket>(0, "console-socket", "PATH",
                                                    "Unix socket that gets the master of the terminal"),
    options::option<&ExecArguments::pid_file>(0, "pid-file", "PATH", "File that gets the pid of the process"),
    options::option<&ExecArguments::process>('p', "process", "PATH", "File with the process as JSON"),
    options::option<&ExecArguments::cwd>(0, "cwd", "PATH", "Working directory in the container"),
    options::option<&ExecArguments::env>('e', "env", "NAME=VALUE", "Set an environment variable"),
    options::flag<&ExecArguments::terminal>('t', "tty", "Give the process a terminal"),
    options::option<&ExecArguments::user>('u', "user", "UID[:GID]", "User of the process"),
    options::option<&ExecArguments::groups, options::read_between<0, UINT32_MAX - 1, std::uint32_t>>(
        'g', "additional-gids", "GID", "A further group of the user"),
    options::option<&ExecArguments::capabilities>('c', "cap", "CAP", "Add a capability"),
    options::flag<&ExecArguments::no_new_privileges>(0, "no-new-privs", "Set no_new_privs"),
    options::option<&ExecArguments::process_label>(0, "process-label", "LABEL", "SELinux label of the process"),
    options::option<&ExecArguments::apparmor>(0, "apparmor", "PROFILE", "AppArmor profile of the process"),
    options::option<&ExecArguments::cgroup>(0, "cgroup", "PATH", "Run in this cgroup below the container's"),
    options::option<&ExecArguments::preserve_fds>(0, "preserve-fds", "N",
                                                  "Pass N descriptors from 3 on to the process"),
    options::flag<&ExecArguments::ignore_paused>(0, "ignore-paused", "In a paused container wait until it is resumed"),
    options::flag<&ExecArguments::detach>('d', "detach", "Return once the process runs"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {{"gantry-runtime exec -t web sh", "Look around in a running container"}};

}  // namespace

constinit const Command kExec = options::command<exec>({
    .name = "exec",
    .summary = "Run a further process in a running container",
    .synopsis = "[OPTIONS] CONTAINER COMMAND [ARG...]",
    .description = "Starts a process in the namespaces and the cgroup of the container. The exit status is its own.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&ExecArguments::words>({.name = "CONTAINER", .least = 1, .command_line = true}),
});

}  // namespace gantry::runtime_cli
