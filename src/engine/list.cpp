#include "base/text.hpp"
#include "engine/state.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace gantry::engine {

namespace {

using Values = std::vector<std::string>;

bool has_label(const Container& container, std::string_view wanted) {
  const Halves halves = cut(wanted, '=');
  const auto found = container.config.labels.find(std::string(halves.before));
  return found != container.config.labels.end() && (!halves.found || found->second == halves.after);
}

/// "busybox" means localhost/busybox:latest as well as any other registry's, as with docker and podman.
bool is_made_from(const Container& container, std::string_view wanted) {
  const std::string& name = container.image_name;
  if (!wanted.empty() && container.image_id.starts_with(wanted)) return true;
  const std::string_view untagged = cut_last(name, ':').before;
  auto names = [&](std::string_view whole) { return whole == wanted || whole.ends_with("/" + std::string(wanted)); };
  return names(name) || names(untagged);
}

bool holds(const Container& container, std::string_view key, std::string_view value) {
  if (key == "id") return container.id.starts_with(value);
  if (key == "name") return container.name.find(value) != std::string::npos;
  if (key == "label") return has_label(container, value);
  if (key == "status") return status_name(container.status) == value;
  if (key == "ancestor") return is_made_from(container, value);
  return container.exit_code && fmt::format("{}", *container.exit_code) == value;  // exited
}

bool matches(const Container& container, const std::map<std::string, Values>& conditions) {
  for (const auto& [key, values] : conditions) {
    auto one = [&](const std::string& value) { return holds(container, key, value); };
    if (key == "label" ? !std::ranges::all_of(values, one) : std::ranges::none_of(values, one)) return false;
  }
  return true;
}

Result<std::map<std::string, Values>> by_key(const ListFilter& filter) {
  constexpr std::array<std::string_view, 6> kKeys{"id", "name", "label", "status", "ancestor", "exited"};
  std::map<std::string, Values> conditions;
  for (const auto& [key, value] : filter.conditions) {
    if (std::ranges::find(kKeys, key) == kKeys.end())
      return fail(Code::invalid, "there is no filter '{}'", key)
          .with_cure("filters are id, name, label, status, ancestor and exited");
    conditions[key].push_back(value);
  }
  return conditions;
}

}  // namespace

Result<std::vector<Container>> Engine::list(const ListFilter& filter) {
  const auto conditions = TRY(by_key(filter));
  const bool all = filter.all || conditions.contains("status") || conditions.contains("exited");
  std::vector<Container> containers;
  for (const Record& record : TRY(TRY(state_->records())->list())) {
    Container container = state_->see(record);
    // Half made, it is not a container yet; and never will be if its maker is dead.
    if (container.status == Status::creating) continue;
    if ((all || container.running()) && matches(container, conditions)) containers.push_back(std::move(container));
  }
  return containers;
}

}  // namespace gantry::engine
