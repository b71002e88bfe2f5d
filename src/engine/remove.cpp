#include "engine/stopping.hpp"

namespace gantry::engine {

namespace {

/// Removes a container whose lock is held. Code::busy when it runs.
Result<> remove_held(Engine::State& state, Held& held, bool volumes) {
  const std::string& name = held.record.name;
  if (held.record.state == Record::State::creating)
    return fail(Code::busy, "container '{}' is being made at this moment", name);
  if (held.container().running()) return fail(Code::busy, "container '{}' was started again", name);
  return with_context(state.take_apart(held, volumes), "remove container '{}'", name);
}

/// Removes a container that has been stopped, however often it is started again meanwhile. Gone already is fine.
Result<> remove_stopped(Engine::State& state, const std::string& id, bool volumes) {
  auto held = TRY(state.hold(id));
  // Somebody else, a failed health check for one, may be restarting it at the same time.
  constexpr int kAttempts = 5;
  for (int attempt = 1; held && held->container().running() && attempt < kAttempts; ++attempt) {
    held.reset();
    Result<> stopped;
    stop_all(
        state, {id}, 0, [](const std::string&) { return Result<>(); },
        [&](const std::string&, Result<> done) { stopped = std::move(done); });
    TRY(std::move(stopped));
    held = TRY(state.hold(id));
  }
  return held ? remove_held(state, *held, volumes) : Result<>();
}

}  // namespace

Result<std::string> Engine::remove(const std::string& name, bool force, bool volumes) {
  TRY(state_->finish_interrupted());
  const Record record = TRY(TRY(state_->records())->find(name));
  if (force) {
    Result<> removed;
    stop_all(
        *state_, {record.id}, 0, [&](const std::string& id) { return remove_stopped(*state_, id, volumes); },
        [&](const std::string&, Result<> done) { removed = std::move(done); });
    TRY(std::move(removed));
    return record.id;
  }
  const Container container = state_->see(record);
  if (container.running() || container.status == Status::restarting)
    return fail(Code::busy, "container '{}' is {}", name, container.running() ? "running" : "about to be restarted")
        .with_cure(fmt::format("stop it first, or use: gantry rm -f {}", name));
  // With --rm it may be gone by now.
  if (auto held = TRY(state_->hold(record.id))) TRY(remove_held(*state_, *held, volumes));
  return record.id;
}

void Engine::remove(const std::vector<std::string>& names, bool force, std::optional<unsigned> timeout,
                    const NameSink& done, bool volumes) {
  if (force) {
    auto finished = state_->finish_interrupted();
    if (!finished) return done("", std::move(finished));
    return stop_all(
        *state_, names, timeout.value_or(0),
        [&](const std::string& id) { return remove_stopped(*state_, id, volumes); }, done);
  }
  for (const auto& name : names) {
    auto removed = remove(name, false, volumes);
    done(name, removed ? Result<>() : Result<>(std::move(removed.error())));
  }
}

}  // namespace gantry::engine
