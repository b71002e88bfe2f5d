#include "runtime/remove.hpp"

#include "base/log.hpp"
#include "linux/process.hpp"
#include "runtime/hooks.hpp"
#include "runtime/intel_rdt.hpp"
#include "runtime/runtime.hpp"
#include "runtime/scope.hpp"

#include <poll.h>

#include <cerrno>
#include <csignal>

namespace gantry::runtime {

namespace {

constexpr int kKillTimeout = 10'000;  // milliseconds; a process in uninterruptible sleep may never die

void run_poststop_hooks(const oci::Spec& spec, const Record& record) {
  if (!spec.hooks || spec.hooks->poststop.empty()) return;
  oci::State state = make_state(record, oci::Status::stopped, spec);
  auto output = open_hook_output(spec);
  if (!output) log::warning("poststop hooks: {}", output.error().message());
  const HookOutput nowhere;
  for (const auto& hook : spec.hooks->poststop)
    if (auto ran = run_hooks({hook}, "poststop", state, output ? *output : nowhere); !ran)
      log::warning("{}", ran.error().message());
}

/// A creation that was killed before it could record its cgroup has put nothing in it.
void remove_unrecorded_cgroup(const oci::Spec& spec, const Record& record) {
  if (record.pid != 0 || !record.cgroup_folders.empty()) return;
  auto cgroup = linux::Cgroup::open(cgroup_path(spec, record.id));
  if (!cgroup) return;
  if (auto pids = cgroup->pids(); pids && pids->empty()) best_effort(cgroup->remove());
}

Result<> remove_container(const Settings& settings, const StateFolder& folder, const Record& record) {
  // What outlives the init (a shared pid namespace, a killed creation) goes too.
  TRY(kill_container(record));
  if (auto cgroup = TRY(cgroup_of(record))) TRY(cgroup->remove());
  if (!record.unit.empty()) TRY(stop_unit(settings, record.unit));
  TRY(remove_rdt(record.rdt_groups));
  // A config that cannot be read any more has no hooks to run; the folder must go all the same.
  if (auto spec = folder.read_config()) {
    remove_unrecorded_cgroup(*spec, record);
    run_poststop_hooks(*spec, record);
  }
  return folder.remove();
}

}  // namespace

Result<> kill_container(const Record& record) {
  Fd init;
  if (record.pid != 0 && linux::process_alive(record.pid, record.start_time)) {
    init = TRY(linux::open_pidfd(record.pid));
    if (linux::process_alive(record.pid, record.start_time)) best_effort(linux::send_signal(init, SIGKILL));
  }
  if (auto cgroup = TRY(cgroup_of(record))) TRY(cgroup->kill_all(SIGKILL));
  if (!init.valid()) return {};
  pollfd ended{init.get(), POLLIN, 0};
  int got;
  do {
    got = poll(&ended, 1, kKillTimeout);
  } while (got < 0 && errno == EINTR);
  if (got == 0) return fail(Code::busy, "process {} does not die", record.pid);
  return {};
}

Result<> remove(const Settings& settings, const std::string& id, bool force) {
  auto opened = StateFolder::open(settings, id);
  if (!opened && force && opened.error().code() == Code::not_found) return {};
  StateFolder folder = TRY(std::move(opened));
  Record record = TRY(folder.read());
  oci::Status status = status_of(folder, record);
  // As runc has it, a container that was never started needs no force.
  if (!force && status != oci::Status::stopped && status != oci::Status::created)
    return fail(Code::busy, "container '{}' is {}", id, oci::name_of(status))
        .with_cure("kill it first, or use --force");
  return with_context(remove_container(settings, folder, record), "delete container '{}'", id);
}

}  // namespace gantry::runtime
