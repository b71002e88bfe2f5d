#include "engine/state.hpp"

#include <csignal>

namespace gantry::engine {

Result<std::string> Engine::remove(const std::string& name, bool force) {
  TRY(state_->finish_interrupted());
  Record record = TRY(TRY(state_->records())->find(name));
  if (state_->see(record).running()) {
    if (!force)
      return fail(Code::busy, "container '{}' is running", name)
          .with_cure(fmt::format("stop it first, or use: gantry rm -f {}", name));
    TRY(kill(record.id, SIGKILL));
    // Its exit code may be lost with a killed monitor; what is needed here is that it has ended.
    best_effort(wait(record.id));
  }
  auto held = TRY(state_->hold(record.id));
  // With --rm it may be gone by now.
  if (!held) return record.id;
  if (held->record.state == Record::State::creating)
    return fail(Code::busy, "container '{}' is being made at this moment", name);
  if (held->container().running()) return fail(Code::busy, "container '{}' was started again", name);
  TRY(with_context(state_->take_apart(*held), "remove container '{}'", name));
  return record.id;
}

}  // namespace gantry::engine
