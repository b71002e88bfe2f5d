#include "engine/names.hpp"
#include "engine/state.hpp"

namespace gantry::engine {

Result<> Engine::rename(const std::string& name, const std::string& new_name) {
  TRY(check_name(new_name));
  Held held = TRY(state_->hold_by_name(name));
  if (held.record.state == Record::State::creating || held.record.state == Record::State::removing)
    return fail(Code::busy, "container '{}' is being {}", name,
                held.record.state == Record::State::creating ? "made" : "removed");
  const std::string old_name = held.record.name;
  held.record.name = held.record.config.name = new_name;
  TRY(TRY(state_->records())->set_name(held.record));
  state_->report(held.record, "rename", {.attributes = {{"oldName", old_name}}});
  return {};
}

}  // namespace gantry::engine
