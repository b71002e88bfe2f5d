#include "base/log.hpp"
#include "engine/container_mounts.hpp"
#include "engine/spec.hpp"
#include "engine/state.hpp"
#include "engine/storage.hpp"
#include "linux/cgroup.hpp"
#include "wire/monitor.hpp"

#include <csignal>

namespace gantry::engine {

namespace {

/// Whether the kernel killed something in the container for want of memory. Only before its cgroup is removed.
bool was_oom_killed(const Record& record) {
  auto cgroup = linux::Cgroup::open(cgroup_path(record.config, record.id));
  return cgroup && cgroup->oom_kills() > 0;
}

Exit exit_of(const Held& held) {
  if (!held.seen.start) return held.record.exit;
  Exit exit = held.seen.exit.value_or(Exit{});
  if (exit.signal == SIGKILL && held.record.config.memory != 0) exit.oom_killed = was_oom_killed(held.record);
  return exit;
}

}  // namespace

Result<> Engine::State::settle(Held& held) {
  const std::string& id = held.record.id;
  const RunFolder folder = run_folder(id);
  if (!folder.exists()) return {};
  // The row first: until the folder is gone, what it says and the row are the same.
  if (held.seen.start) {
    held.record.exit = exit_of(held);
    held.record.state = Record::State::exited;
    TRY(TRY(records())->set_exited(id, held.record.exit));
    report(held.record, "died", {.exit_code = held.record.exit.code});
  }
  TRY(runtime::remove(runtime(), id, true));
  TRY(release_networks(held.record));
  TRY(folder.remove());
  held.seen = {};
  return release_volumes(held.record.config);
}

Result<> Engine::State::take_apart(Held& held, bool with_volumes) {
  Records& records = *TRY(this->records());
  const Exit exit = exit_of(held);
  const std::string id = held.record.id;
  // From here finish_interrupted() goes on if we are killed. It finds one in State::creating anyway, and check() looks
  // for one that was run with --rm, has ended and is still there.
  if (held.record.state != Record::State::creating && !held.record.config.remove)
    TRY(records.set_removing(id, ProcessId::own()));
  TRY(runtime::remove(runtime(), id, true));
  TRY(release_networks(held.record));
  release_mount(settings, id);
  TRY(TRY(store())->snapshots().remove(id));
  const bool half_made = held.record.state == Record::State::creating;
  TRY(records.erase(held.record, exit));
  if (held.seen.start) report(held.record, "died", {.exit_code = exit.code});
  if (held.record.state != Record::State::creating) report(held.record, "remove");
  TRY(run_folder(id).remove());
  TRY(release_volumes(held.record.config));
  if (!with_volumes && !half_made && !held.record.config.remove) return {};
  return remove_anonymous_volumes(volumes(), held.record.config);
}

Result<> Engine::State::clean_up(const std::string& id) {
  auto held = TRY(hold(id));
  if (!held || held->record.state == Record::State::removing) return {};
  const Status status = held->container().status;
  if (held->container().running() || status == Status::restarting) return {};
  // Only who knows the sibling programs can start it: the monitor's cleanup, which has been told to.
  if (run_folder(id).has(wire::kRestart) && !settings.monitor.empty()) return start_again(*held);
  if (held->record.config.remove && held->container().status == Status::exited) return take_apart(*held);
  return settle(*held);
}

Result<> Engine::cleanup(const std::string& id) { return state_->clean_up(id); }

Result<> Engine::State::finish_interrupted() {
  Records& records = *TRY(this->records());
  for (const Record& record : TRY(records.unfinished())) {
    if (record.owner.alive()) continue;
    auto held = TRY(hold(record.id));
    if (!held || held->record.owner.alive()) continue;
    if (held->record.state == Record::State::creating && held->seen.start) {
      // `run` was killed after its container had started: that goes on.
      TRY(records.set_started(record.id, held->seen.start->time));
    } else if (held->record.state == Record::State::creating || held->record.state == Record::State::removing) {
      log::info("removing container {}, which was left half {}", record.id,
                record.state == Record::State::creating ? "made" : "removed");
      TRY(take_apart(*held));
    }
  }
  return {};
}

}  // namespace gantry::engine
