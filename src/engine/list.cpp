#include "base/text.hpp"
#include "engine/pod_records.hpp"
#include "engine/state.hpp"

#include <regex.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <memory>

namespace gantry::engine {

namespace {

/// A condition of --filter that has been understood.
using Test = std::function<bool(const Container&)>;

/// podman's names match by POSIX regular expressions.
class Pattern {
 public:
  static Result<Pattern> make(const std::string& text) {
    Pattern pattern;
    auto compiled = std::make_shared<regex_t>();
    if (regcomp(compiled.get(), text.c_str(), REG_EXTENDED | REG_NOSUB) != 0)
      return fail(Code::invalid, "'{}' is no regular expression", text);
    pattern.compiled_ = std::shared_ptr<regex_t>(compiled.get(), [compiled](regex_t* regex) { regfree(regex); });
    return pattern;
  }
  bool matches(const std::string& text) const { return regexec(compiled_.get(), text.c_str(), 0, nullptr, 0) == 0; }

 private:
  std::shared_ptr<regex_t> compiled_;
};

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

bool has_status(const Container& container, std::string_view wanted) {
  // podman's other words for them.
  if (wanted == "stopped") wanted = "exited";
  if (wanted == "initialized" || wanted == "configured") wanted = "created";
  return status_name(container.status) == wanted;
}

bool is_on_network(const Container& container, std::string_view wanted) {
  const auto& networks = container.config.networks;
  return container.config.network == wanted ||
         std::ranges::any_of(networks, [&](const NetworkAttachment& one) { return one.name == wanted; });
}

bool has_volume(const Container& container, std::string_view wanted) {
  return std::ranges::any_of(container.config.mounts,
                             [&](const Mount& mount) { return mount.source == wanted || mount.target == wanted; });
}

std::string_view restart_policy(const Container& container) {
  const std::string& policy = container.config.restart.policy;
  return policy.empty() ? std::string_view("no") : std::string_view(policy);
}

/// The keys whose values are compared with one property.
struct Key {
  std::string_view name;
  bool (*holds)(const Container& container, std::string_view value);
};
constexpr Key kFilterKeys[] = {
    {"ancestor", &is_made_from},
    {"exited",
     [](const Container& container, std::string_view value) {
       return container.exit_code && fmt::format("{}", *container.exit_code) == value;
     }},
    {"health",
     [](const Container& container, std::string_view value) {
       return container.health == value || (value == "none" && container.health.empty());
     }},
    {"id", [](const Container& container, std::string_view value) { return container.id.starts_with(value); }},
    {"label", &has_label},
    {"label!", [](const Container& container, std::string_view value) { return !has_label(container, value); }},
    {"network", &is_on_network},
    {"restart-policy",
     [](const Container& container, std::string_view value) { return restart_policy(container) == value; }},
    {"status", &has_status},
    {"volume", &has_volume},
};

bool all_must_hold(std::string_view key) { return key == "label" || key == "label!"; }

}  // namespace

/// The --filter options of one listing.
class ContainerFilter {
 public:
  static Result<ContainerFilter> make(Engine::State& state, const ListFilter& filter) {
    ContainerFilter made;
    for (const auto& [key, value] : filter.conditions) {
      auto test = TRY(test_of(state, key, value));
      made.tests_[key].push_back(std::move(test));
    }
    return made;
  }

  bool asks_for(const std::string& key) const { return tests_.contains(key); }
  bool matches(const Container& container) const {
    for (const auto& [key, tests] : tests_) {
      auto holds = [&](const Test& test) { return test(container); };
      if (all_must_hold(key) ? !std::ranges::all_of(tests, holds) : std::ranges::none_of(tests, holds)) return false;
    }
    return true;
  }

 private:
  static Result<Test> test_of(Engine::State& state, const std::string& key, const std::string& value) {
    if (key == "name") {
      const Pattern pattern = TRY(with_context(Pattern::make(value), "filter 'name'"));
      return Test([pattern](const Container& container) { return pattern.matches(container.name); });
    }
    if (key == "before" || key == "since") {
      const Record other = TRY(with_context(TRY(state.records())->find(value), "filter '{}'", key));
      const Timestamp time = other.created;
      if (key == "before") return Test([time](const Container& container) { return container.created < time; });
      return Test([time](const Container& container) { return container.created > time; });
    }
    if (key == "until") {
      const Timestamp time = TRY(with_context(until(value), "filter 'until'"));
      return Test([time](const Container& container) { return container.created < time; });
    }
    if (key == "pod") {
      auto pod = PodRecords(TRY(state.records())->database()).find(value);
      if (!pod && pod.error().code() != Code::not_found) return std::move(pod.error());
      return Test([id = pod ? pod->id : std::string("none")](const Container& container) {
        return container.config.pod == id;
      });
    }
    const auto found = std::ranges::find(kFilterKeys, key, &Key::name);
    if (found == std::end(kFilterKeys))
      return fail(Code::invalid, "there is no filter '{}'", key)
          .with_cure(
              "filters are id, name, label, label!, status, ancestor, exited, before, since, until, health, "
              "network, pod, restart-policy and volume");
    return Test([holds = found->holds, value](const Container& container) { return holds(container, value); });
  }

  static Result<Timestamp> until(const std::string& value) {
    if (auto age = parse_duration(value)) return now() - *age;
    if (auto time = parse_rfc3339(value)) return *time;
    return static_cast<Timestamp>(TRY(parse_unsigned(value))) * kSecond;
  }

  std::map<std::string, std::vector<Test>> tests_;
};

Result<std::vector<Container>> Engine::list(const ListFilter& filter) {
  const auto conditions = TRY(ContainerFilter::make(*state_, filter));
  const bool all = filter.all || conditions.asks_for("status") || conditions.asks_for("exited");
  std::vector<Container> containers;
  for (const Record& record : TRY(TRY(state_->records())->list())) {
    Container container = state_->see(record);
    // Half made, it is not a container yet; and never will be if its maker is dead.
    if (container.status == Status::creating) continue;
    if ((all || container.running() || container.status == Status::restarting) && conditions.matches(container))
      containers.push_back(std::move(container));
  }
  return containers;
}

}  // namespace gantry::engine
