#include "engine/state.hpp"

namespace gantry::engine {

Result<std::string> Engine::remove(const std::string& name, bool force, bool volumes) {
  TRY(state_->finish_interrupted());
  Record record = TRY(TRY(state_->records())->find(name));
  const Container container = state_->see(record);
  if (container.running() || container.status == Status::restarting) {
    if (!force)
      return fail(Code::busy, "container '{}' is {}", name, container.running() ? "running" : "about to be restarted")
          .with_cure(fmt::format("stop it first, or use: gantry rm -f {}", name));
    TRY(stop(record.id, 0));
  }
  auto held = TRY(state_->hold(record.id));
  // Somebody else, a failed health check for one, may be restarting it at the same time.
  constexpr int kAttempts = 5;
  for (int attempt = 1; force && held && held->container().running() && attempt < kAttempts; ++attempt) {
    held.reset();
    TRY(stop(record.id, 0));
    held = TRY(state_->hold(record.id));
  }
  // With --rm it may be gone by now.
  if (!held) return record.id;
  if (held->record.state == Record::State::creating)
    return fail(Code::busy, "container '{}' is being made at this moment", name);
  if (held->container().running()) return fail(Code::busy, "container '{}' was started again", name);
  TRY(with_context(state_->take_apart(*held, volumes), "remove container '{}'", name));
  return record.id;
}

void Engine::remove(const std::vector<std::string>& names, bool force, std::optional<unsigned> timeout,
                    const NameSink& done, bool volumes) {
  std::vector<std::string> ended;
  auto stopped = [&](const std::string& name, Result<> result) {
    if (result) ended.push_back(name);
    else done(name, std::move(result));
  };
  if (force) stop(names, timeout.value_or(0), stopped);
  else ended = names;
  for (const auto& name : ended) {
    auto removed = remove(name, force, volumes);
    // Run with --rm: gone with its end.
    if (!removed && removed.error().code() == Code::not_found && force) removed = name;
    done(name, removed ? Result<>() : Result<>(std::move(removed.error())));
  }
}

}  // namespace gantry::engine
