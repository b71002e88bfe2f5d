#include "runtime/hooks.hpp"

#include "base/file.hpp"
#include "base/subprocess.hpp"
#include "linux/memory_file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <climits>
#include <optional>

namespace gantry::runtime {

namespace {

/// As far as it fits: 24 days.
int milliseconds_of(int seconds) { return std::min(seconds, INT_MAX / 1000) * 1000; }

Result<Fd> open_output(const std::string& path) {
  if (path.empty()) return Fd();
  return open_file(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
}

Result<> run_hook(const oci::Hook& hook, std::string_view kind, const std::string& state, const HookOutput& output) {
  Fd input = TRY(linux::make_memory_file("state", state));
  Fd nowhere = TRY(open_file("/dev/null", O_RDWR));
  // argv[0] of a hook may differ from its path; what is executed is the path.
  Command command;
  command.argv = hook.args.empty() ? std::vector<std::string>{hook.path} : hook.args;
  command.program = hook.path;
  command.environment = hook.env;
  command.in = input.get();
  command.out = output.out.valid() ? output.out.get() : nowhere.get();
  command.err = output.err.get();
  Child child = TRY(Child::start(command));
  std::optional<ExitStatus> ended;
  if (hook.timeout) ended = TRY(child.wait_for(milliseconds_of(*hook.timeout)));
  else ended = TRY(child.wait());
  if (!ended) return fail(Code::failed, "{} hook {} did not end within {} s", kind, hook.path, *hook.timeout);
  if (!ended->ok()) return fail(Code::failed, "{} hook {} failed with exit code {}", kind, hook.path, ended->code);
  return {};
}

}  // namespace

Result<HookOutput> open_hook_output(const Annotations& annotations) {
  return HookOutput{TRY(open_output(annotations.hooks_stdout)), TRY(open_output(annotations.hooks_stderr))};
}

Result<HookOutput> open_hook_output(const oci::Spec& spec) { return open_hook_output(TRY(read_annotations(spec))); }

Result<> run_hooks(const std::vector<oci::Hook>& hooks, std::string_view kind, const oci::State& state,
                   const HookOutput& output) {
  if (hooks.empty()) return {};
  std::string text = oci::write_state(state);
  for (const auto& hook : hooks) TRY(run_hook(hook, kind, text, output));
  return {};
}

}  // namespace gantry::runtime
