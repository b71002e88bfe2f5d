#include "edit/config_changes.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "transfer/change.hpp"

#include <algorithm>

namespace gantry::edit {

namespace {

struct Clearable {
  std::string_view name;
  void (*clear)(Draft& draft);
};
constexpr Clearable kClearable[] = {
    {"annotations", [](Draft& draft) { draft.manifest.annotations.clear(); }},
    {"cmd", [](Draft& draft) { draft.config.config.cmd.clear(); }},
    {"entrypoint", [](Draft& draft) { draft.config.config.entrypoint.clear(); }},
    {"env", [](Draft& draft) { draft.config.config.env.clear(); }},
    {"exposed-ports", [](Draft& draft) { draft.config.config.exposed_ports.clear(); }},
    {"healthcheck", [](Draft& draft) { draft.config.config.healthcheck.reset(); }},
    {"labels", [](Draft& draft) { draft.config.config.labels.clear(); }},
    {"volumes", [](Draft& draft) { draft.config.config.volumes.clear(); }},
};

Result<> clear_members(Draft& draft, const std::vector<std::string>& names) {
  for (const auto& name : names) {
    // umoci says config.env and manifest.annotations.
    auto [part, member, found] = cut_last(name, '.');
    auto known = std::ranges::find(kClearable, found ? member : name, &Clearable::name);
    if (known == std::end(kClearable)) {
      std::string all;
      for (const auto& one : kClearable) all += fmt::format("{}{}", all.empty() ? "" : ", ", one.name);
      return fail(Code::invalid, "'{}' cannot be cleared, but one of {}", name, all);
    }
    known->clear(draft);
  }
  return {};
}

/// The words of a program as they were given, or those of a JSON list. One empty word stands for none.
Result<> set_words(std::vector<std::string>& words, const std::vector<std::string>& given, std::string_view name) {
  if (given.empty()) return {};
  if (given.size() == 1 && given[0].starts_with('[')) {
    words = TRY(json::decode<std::vector<std::string>>(given[0], name));
  } else {
    words = given.size() == 1 && given[0].empty() ? std::vector<std::string>() : given;
  }
  return {};
}

Result<Halves> pair_of(std::string_view text, std::string_view what) {
  auto pair = cut(text, '=');
  if (!pair.found || pair.before.empty()) return fail(Code::invalid, "{} '{}' is not NAME=VALUE", what, text);
  return pair;
}

Result<std::string> time_of(const std::string& text) {
  if (!text.starts_with('@')) return to_rfc3339(TRY(with_context(parse_rfc3339(text), "time of the image")));
  auto seconds = parse_unsigned(std::string_view(text).substr(1));
  if (!seconds || *seconds > 9'000'000'000)
    return fail(Code::invalid, "'{}' is no time in seconds since 1970", text).with_cure("@1700000000");
  return to_rfc3339(static_cast<Timestamp>(*seconds) * kSecond);
}

Result<> change_execution(oci::ExecutionConfig& config, const ConfigChanges& changes) {
  TRY(set_words(config.entrypoint, changes.entrypoint, "entrypoint"));
  TRY(set_words(config.cmd, changes.cmd, "cmd"));
  for (const auto& text : changes.env) {
    auto [name, value, found] = TRY(pair_of(text, "variable"));
    transfer::set_variable(config.env, name, value);
  }
  for (const auto& text : changes.labels) {
    auto [name, value, found] = TRY(pair_of(text, "label"));
    config.labels[std::string(name)] = value;
  }
  for (const auto& port : changes.ports) TRY(transfer::apply_change("EXPOSE " + port, config));
  for (const auto& path : changes.volumes) {
    if (!path.starts_with('/')) return fail(Code::invalid, "volume '{}' is not an absolute path", path);
    config.volumes[path] = {};
  }
  if (changes.user) config.user = *changes.user;
  if (changes.workdir) {
    if (!changes.workdir->empty() && !changes.workdir->starts_with('/'))
      return fail(Code::invalid, "working directory '{}' is not an absolute path", *changes.workdir);
    config.working_dir = *changes.workdir;
  }
  if (changes.stop_signal) config.stop_signal = *changes.stop_signal;
  for (const auto& instruction : changes.instructions) TRY(transfer::apply_change(instruction, config));
  return {};
}

void change_platform(oci::ImageConfig& config, const ConfigChanges& changes) {
  if (changes.platform) {
    config.os = changes.platform->os;
    config.architecture = changes.platform->architecture;
    config.variant = changes.platform->variant;
  }
  if (changes.os) config.os = *changes.os;
  if (changes.architecture) config.architecture = *changes.architecture;
  if (changes.variant) config.variant = *changes.variant;
}

}  // namespace

Result<> change_config(Draft& draft, const ConfigChanges& changes) {
  TRY(clear_members(draft, changes.clear));
  TRY(change_execution(draft.config.config, changes));
  change_platform(draft.config, changes);
  for (const auto& text : changes.annotations) {
    auto [name, value, found] = TRY(pair_of(text, "annotation"));
    draft.manifest.annotations[std::string(name)] = value;
  }
  if (changes.author) draft.config.author = *changes.author;
  if (changes.created) draft.config.created = TRY(time_of(*changes.created));
  return {};
}

}  // namespace gantry::edit
