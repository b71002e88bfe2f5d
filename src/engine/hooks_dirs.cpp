#include "engine/hooks_dirs.hpp"

#include "base/file.hpp"
#include "base/json.hpp"

#include <regex.h>
#include <boost/describe/class.hpp>

#include <algorithm>
#include <map>
#include <memory>

namespace gantry::engine {

namespace {

struct HookWhen {
  std::optional<bool> always;
  std::map<std::string, std::string> annotations;  ///< regular expressions of names and of values
  std::vector<std::string> commands;               ///< regular expressions of argv[0]
  std::optional<bool> has_bind_mounts;
};
BOOST_DESCRIBE_STRUCT(HookWhen, (), (always, annotations, commands, has_bind_mounts))

struct HookFile {
  std::string version;
  oci::Hook hook;
  HookWhen when;
  std::vector<std::string> stages;
};
BOOST_DESCRIBE_STRUCT(HookFile, (), (version, hook, when, stages))
constexpr json::Options json_options(const HookFile*) { return {.required = {"version", "hook", "when", "stages"}}; }

/// POSIX's extended form.
Result<bool> matches(const std::string& pattern, const std::string& text) {
  regex_t compiled;
  if (regcomp(&compiled, pattern.c_str(), REG_EXTENDED | REG_NOSUB) != 0)
    return fail(Code::invalid, "'{}' is not a regular expression", pattern);
  const bool found = regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
  regfree(&compiled);
  return found;
}

/// Every condition that is given must hold.
Result<bool> applies(const HookWhen& when, const oci::Spec& spec, const ContainerConfig& config) {
  if (when.always && !*when.always) return false;
  if (when.has_bind_mounts) {
    auto is_bind = [](const Mount& mount) { return mount.type == "bind" || mount.type == "volume"; };
    if (*when.has_bind_mounts != std::ranges::any_of(config.mounts, is_bind)) return false;
  }
  for (const auto& [name, value] : when.annotations) {
    bool found = false;
    for (const auto& [key, text] : spec.annotations)
      found = found || (TRY(matches(name, key)) && TRY(matches(value, text)));
    if (!found) return false;
  }
  if (when.commands.empty()) return true;
  for (const auto& pattern : when.commands)
    if (TRY(matches(pattern, spec.process->args.front()))) return true;
  return false;
}

Result<> add(oci::Hooks& hooks, const HookFile& file) {
  for (const auto& stage : file.stages) {
    if (stage == "prestart") hooks.prestart.push_back(file.hook);
    else if (stage == "createRuntime") hooks.create_runtime.push_back(file.hook);
    else if (stage == "createContainer") hooks.create_container.push_back(file.hook);
    else if (stage == "startContainer") hooks.start_container.push_back(file.hook);
    else if (stage == "poststart") hooks.poststart.push_back(file.hook);
    else if (stage == "poststop") hooks.poststop.push_back(file.hook);
    else return fail(Code::invalid, "there is no stage '{}'", stage);
  }
  return {};
}

Result<> add_file(oci::Spec& spec, const ContainerConfig& config, const std::string& path) {
  const auto file = TRY(json::decode<HookFile>(TRY(read_file(path, 1u << 20)), path));
  if (file.version != "1.0.0") return fail(Code::unsupported, "{}: version '{}' is not 1.0.0", path, file.version);
  if (!TRY(with_context(applies(file.when, spec, config), "{}", path))) return {};
  return with_context(add(spec.hooks ? *spec.hooks : spec.hooks.emplace(), file), "{}", path);
}

}  // namespace

Result<> add_hooks(oci::Spec& spec, const ContainerConfig& config) {
  std::map<std::string, std::string> files;  // by name: they run in its order
  for (const auto& folder : config.hooks_dirs)
    for (const auto& name : TRY(with_context(list_folder(folder), "option --hooks-dir")))
      if (name.ends_with(".json")) files[name] = folder + "/" + name;
  for (const auto& [name, path] : files) TRY(add_file(spec, config, path));
  return {};
}

}  // namespace gantry::engine
