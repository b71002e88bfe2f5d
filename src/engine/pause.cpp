#include "engine/state.hpp"

namespace gantry::engine {

Result<> Engine::pause(const std::string& name) {
  const Held held = TRY(state_->hold_by_name(name));
  const Status status = held.container().status;
  if (status == Status::paused)
    return fail(Code::busy, "container '{}' is paused already", name)
        .with_cure(fmt::format("let it go on with: gantry unpause {}", name));
  if (status != Status::running)
    return fail(Code::failed, "container '{}' is not running: it is {}", name, status_name(status))
        .with_cure("`gantry ps` lists those that run");
  const RunFolder folder = state_->run_folder(held.record.id);
  // First: a container that is marked and runs can be resumed, one that is paused and not marked looks dead.
  TRY(folder.set(kPaused));
  if (auto paused = runtime::pause(state_->runtime(), held.record.id); !paused) {
    best_effort(folder.clear(kPaused));
    return std::move(paused.error()).with_cure("this takes a cgroup: run as root, or where systemd delegates one");
  }
  state_->report(held.record, "pause");
  return {};
}

Result<> Engine::unpause(const std::string& name) {
  const Held held = TRY(state_->hold_by_name(name));
  const Status status = held.container().status;
  if (status != Status::paused)
    return fail(Code::failed, "container '{}' is not paused: it is {}", name, status_name(status));
  auto resumed = runtime::resume(state_->runtime(), held.record.id);
  // Marked, but somebody has thawed it by other means.
  if (!resumed && resumed.error().code() != Code::invalid) return resumed;
  TRY(state_->run_folder(held.record.id).clear(kPaused));
  state_->report(held.record, "unpause");
  return {};
}

}  // namespace gantry::engine
