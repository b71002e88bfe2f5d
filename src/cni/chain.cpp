#include "cni/chain.hpp"

#include "base/file.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "cni/result.hpp"

#include <unistd.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdlib>

namespace gantry::cni {

namespace {

namespace json = boost::json;

/// Of error codes (section 5.2.3), the ones that a caller may act on.
constexpr std::int64_t kTryAgain = 11, kNotAvailable = 50, kLimited = 51;

json::object object_in(const json::object& object, const char* name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_object() ? value->as_object() : json::object();
}

Result<json::object> parse_object(const std::string& text, const std::string& what) {
  boost::system::error_code code;
  json::value value = json::parse(text, code);
  if (code || !value.is_object()) return fail(Code::corrupt, "{}: this is no JSON object", what);
  return std::move(value.as_object());
}

/// A plugin says what went wrong on its standard output.
Error failure(const std::string& type, const std::string& command, const Output& output) {
  const auto said = parse_object(output.out, type);
  std::string text = said ? text_of(*said, "msg") : std::string(trim(output.err));
  if (said && !text_of(*said, "details").empty()) text += ": " + text_of(*said, "details");
  if (text.empty()) text = fmt::format("it ended with {} and said nothing", output.status.code);
  const json::value* code = said ? said->if_contains("code") : nullptr;
  const std::int64_t number = code != nullptr && code->is_int64() ? code->as_int64() : 0;
  const bool busy = number == kTryAgain || number == kNotAvailable || number == kLimited;
  return fail(busy ? Code::busy : Code::failed, "CNI plugin {} ({}): {}", type, command, text);
}

std::string join_args(const std::vector<std::pair<std::string, std::string>>& args) {
  std::vector<std::string> words;
  for (const auto& [name, value] : args) words.push_back(name + "=" + value);
  return join(words, ";");
}

/// Ours, without what an outer caller may have said of CNI.
std::vector<std::string> environment_without_cni() {
  std::vector<std::string> result;
  for (char** word = environ; *word != nullptr; ++word)
    if (!std::string_view(*word).starts_with("CNI_")) result.emplace_back(*word);
  return result;
}

Result<> check_names(const Attachment& attachment) {
  if (!is_cni_name(attachment.container))
    return fail(Code::invalid, "'{}' cannot be a container's id in CNI", attachment.container);
  const std::string& name = attachment.interface;
  if (name.empty() || name.size() > 15 || name == "." || name == ".." || name.find_first_of("/: \t\n") != name.npos)
    return fail(Code::invalid, "'{}' cannot be the name of a network device", name)
        .with_cure("up to 15 bytes without '/', ':' and blanks");
  return {};
}

}  // namespace

struct Chain::Call {
  const char* command;
  const Attachment* attachment = nullptr;
  const json::object* previous = nullptr;  ///< prevResult
  const json::array* valid = nullptr;      ///< cni.dev/valid-attachments
};

Result<std::string> Chain::find(const std::string& type) const {
  for (const std::string& folder : places_.plugins)
    if (const std::string path = folder + "/" + type; access(path.c_str(), X_OK) == 0) return path;
  return fail(Code::not_found, "there is no CNI plugin '{}' in {}", type, join(places_.plugins, ", "))
      .with_cure("install it, as by the package containernetworking-plugins");
}

Result<> Chain::check_plugins() const {
  for (const json::object& plugin : config_.plugins)
    TRY(with_context(find(std::string(plugin.at("type").as_string())), "network '{}'", config_.name));
  return {};
}

/// One that answers without a list says nothing of it.
Result<bool> Chain::knows(const json::object& plugin, const std::string& version) const {
  const auto known = TRY(versions(std::string(plugin.at("type").as_string())));
  return known.empty() || std::ranges::find(known, version) != known.end();
}

Result<> Chain::negotiate() {
  if (config_.versions.size() < 2) return {};
  std::vector<std::string> common = config_.versions;
  for (const json::object& plugin : config_.plugins) {
    std::vector<std::string> left;
    for (std::string& version : common)
      if (TRY(knows(plugin, version))) left.push_back(std::move(version));
    common = std::move(left);
  }
  if (common.empty())
    return fail(Code::unsupported, "network '{}': its plugins have no version of CNI in common that it allows",
                config_.name)
        .with_cure(fmt::format("add one to cniVersions in {}", config_.path));
  config_.version = common.front();
  return {};
}

/// What it gets on its standard input (section 3).
json::object Chain::request(const json::object& plugin, const Call& call) const {
  json::object request = plugin;
  request["name"] = config_.name;
  request["cniVersion"] = config_.version;
  request.erase("cniVersions");
  request.erase("runtimeConfig");
  const json::value* declared = plugin.if_contains("capabilities");
  if (call.attachment != nullptr && declared != nullptr && declared->is_object()) {
    json::object runtime;
    for (const auto& [name, value] : call.attachment->capabilities) {
      const json::value* wanted = declared->as_object().if_contains(name);
      if (wanted != nullptr && wanted->is_bool() && wanted->as_bool()) runtime[name] = value;
    }
    if (!runtime.empty()) request["runtimeConfig"] = std::move(runtime);
  }
  request.erase("capabilities");
  if (call.previous != nullptr) request["prevResult"] = *call.previous;
  if (call.valid != nullptr) request["cni.dev/valid-attachments"] = *call.valid;
  return request;
}

Result<json::object> Chain::run(const json::object& plugin, const Call& call) const {
  const std::string type(plugin.at("type").as_string());
  const std::string path = TRY(find(type));
  Command command{.argv = {path}, .environment = environment_without_cni()};
  auto set = [&](const char* name, const std::string& value) {
    if (!value.empty()) command.environment->push_back(fmt::format("{}={}", name, value));
  };
  set("CNI_COMMAND", call.command);
  set("CNI_PATH", join(places_.plugins, ":"));
  if (call.attachment != nullptr) {
    set("CNI_CONTAINERID", call.attachment->container);
    set("CNI_NETNS", call.attachment->netns);
    set("CNI_IFNAME", call.attachment->interface);
    set("CNI_ARGS", join_args(call.attachment->args));
  }
  const Output output = TRY(run_command(command, json::serialize(request(plugin, call))));
  if (!output.status.ok()) return failure(type, call.command, output);
  if (trim(output.out).empty()) return json::object();
  return parse_object(output.out, fmt::format("the answer of CNI plugin {}", type));
}

Result<json::object> Chain::add_all(const Attachment& attachment) const {
  // Before anything is done, so that all that is done can be undone.
  TRY(keep(attachment, nullptr));
  json::object result;
  bool first = true;
  for (const json::object& plugin : config_.plugins) {
    result = TRY(run(plugin, {.command = "ADD", .attachment = &attachment, .previous = first ? nullptr : &result}));
    first = false;
  }
  TRY(keep(attachment, &result));
  return result;
}

Result<json::object> Chain::add(const Attachment& attachment) const {
  TRY(check_names(attachment));
  auto added = add_all(attachment);
  if (!added) best_effort(remove(attachment));
  return with_context(std::move(added), "network '{}'", config_.name);
}

Result<> Chain::remove(Attachment attachment) const {
  TRY(check_names(attachment));
  const auto previous = TRY(recall(attachment));
  const bool gets_previous = previous && compare_versions(config_.version, "0.4.0") >= 0;
  // All of them, whatever one says: each gives back what it can.
  Result<> first_failure;
  for (auto plugin = config_.plugins.rbegin(); plugin != config_.plugins.rend(); ++plugin) {
    auto done =
        run(*plugin, {.command = "DEL", .attachment = &attachment, .previous = gets_previous ? &*previous : nullptr});
    if (!done && first_failure) first_failure = std::move(done.error());
  }
  if (!first_failure) return with_context(std::move(first_failure), "network '{}'", config_.name);
  return remove_file(cache_path(attachment.container, attachment.interface));
}

Result<> Chain::check(Attachment attachment) const {
  if (config_.disable_check) return {};
  if (compare_versions(config_.version, "0.4.0") < 0)
    return fail(Code::unsupported, "network '{}': version {} of CNI cannot check", config_.name, config_.version);
  TRY(check_names(attachment));
  const auto previous = TRY(recall(attachment));
  if (!previous) return fail(Code::not_found, "container {} was not added to '{}'", attachment.container, config_.name);
  for (const json::object& plugin : config_.plugins)
    TRY(with_context(run(plugin, {.command = "CHECK", .attachment = &attachment, .previous = &*previous}),
                     "network '{}'", config_.name));
  return {};
}

Result<> Chain::status() const {
  if (compare_versions(config_.version, "1.1.0") < 0)
    return fail(Code::unsupported, "network '{}': version {} of CNI has no STATUS", config_.name, config_.version);
  for (const json::object& plugin : config_.plugins) {
    if (!TRY(knows(plugin, config_.version)))
      return fail(Code::unsupported, "network '{}': its plugin {} does not know version {} of CNI", config_.name,
                  std::string_view(plugin.at("type").as_string()), config_.version);
    TRY(with_context(run(plugin, {.command = "STATUS"}), "network '{}'", config_.name));
  }
  return {};
}

/// Those whose ADD is on record here, and who are gone: with versions before 1.1.0 the plugins cannot find out.
Result<> Chain::remove_stale(const std::vector<std::pair<std::string, std::string>>& valid) const {
  const auto names = list_folder(places_.cache);
  if (!names) return {};
  const std::string prefix = config_.name + ":";
  for (const std::string& name : *names) {
    if (!name.starts_with(prefix) || name.contains(".tmp-")) continue;
    const std::vector<std::string> parts = split(name, ':');
    if (parts.size() != 3 || std::ranges::find(valid, std::pair(parts[1], parts[2])) != valid.end()) continue;
    TRY(remove({.container = parts[1], .interface = parts[2]}));
  }
  return {};
}

Result<> Chain::collect(const std::vector<std::pair<std::string, std::string>>& valid) const {
  if (config_.disable_gc) return {};
  TRY(remove_stale(valid));
  if (compare_versions(config_.version, "1.1.0") < 0) return {};
  json::array attachments;
  for (const auto& [container, interface] : valid)
    attachments.push_back(json::object{{"containerID", container}, {"ifname", interface}});
  for (const json::object& plugin : config_.plugins)
    if (TRY(knows(plugin, config_.version)))
      TRY(with_context(run(plugin, {.command = "GC", .valid = &attachments}), "network '{}'", config_.name));
  return {};
}

Result<std::vector<std::string>> Chain::versions(const std::string& type) const {
  const json::object answer = TRY(run(json::object{{"type", type}}, {.command = "VERSION"}));
  std::vector<std::string> versions;
  const json::value* list = answer.if_contains("supportedVersions");
  if (list != nullptr && list->is_array())
    for (const json::value& version : list->as_array())
      if (version.is_string()) versions.emplace_back(version.as_string());
  return versions;
}

// No name has a ':'.
std::string Chain::cache_path(const std::string& container, const std::string& interface) const {
  return fmt::format("{}/{}:{}:{}", places_.cache, config_.name, container, interface);
}

Result<std::optional<json::object>> Chain::recall(Attachment& attachment) const {
  const std::string path = cache_path(attachment.container, attachment.interface);
  auto text = read_file(path);
  if (!text && text.error().code() == Code::not_found) return std::optional<json::object>();
  const json::object kept = TRY(parse_object(TRY(std::move(text)), path));
  attachment.args.clear();
  for (const auto& [name, value] : object_in(kept, "args"))
    if (value.is_string()) attachment.args.emplace_back(name, value.as_string());
  attachment.capabilities = object_in(kept, "capabilities");
  if (!kept.contains("result")) return std::optional<json::object>();
  return object_in(kept, "result");
}

Result<> Chain::keep(const Attachment& attachment, const json::object* result) const {
  json::object args;
  for (const auto& [name, value] : attachment.args) args[name] = value;
  json::object kept{{"args", std::move(args)}, {"capabilities", attachment.capabilities}};
  if (result != nullptr) kept["result"] = *result;
  TRY(make_folders(places_.cache, 0700));
  return replace_file(cache_path(attachment.container, attachment.interface), json::serialize(kept), 0600, Sync::no);
}

}  // namespace gantry::cni
