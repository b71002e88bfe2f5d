#include "base/text.hpp"
#include "engine/state.hpp"
#include "wire/monitor.hpp"

namespace gantry::engine {

void Engine::restart(const std::vector<std::string>& names, std::optional<unsigned> timeout, const NameSink& done) {
  auto stopped = [&](const std::string& name, Result<> result) {
    if (result) result = start(name);
    if (result) {
      if (auto record = state_->find_record(name)) state_->report(*record, "restart");
    }
    done(name, std::move(result));
  };
  stop(names, timeout, stopped);
}

Result<> Engine::State::start_again(Held& held) {
  const auto text = read_file(run_folder(held.record.id).file(wire::kRestart));
  const auto delay = text ? parse_unsigned(trim(*text)) : Result<std::uint64_t>(0);
  const unsigned restarts = held.record.restarts + 1;
  TRY(settle(held));
  TRY(start(held, {}, {}, {.restarts = restarts, .delay = static_cast<std::uint32_t>(delay.value_or(0))}));
  report(held.record, "restart");
  return {};
}

}  // namespace gantry::engine
