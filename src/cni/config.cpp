#include "cni/config.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>

namespace gantry::cni {

namespace {

namespace json = boost::json;

constexpr std::string_view kVersions[] = {"0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"};
constexpr std::size_t kMostPlugins = 64;

Error invalid(const std::string& path, std::string_view what) { return fail(Code::invalid, "{}: {}", path, what); }

Result<json::object> parse_object(std::string_view text, const std::string& path) {
  boost::system::error_code code;
  json::value value = json::parse(json::string_view(text.data(), text.size()), code);
  if (code) return invalid(path, code.message());
  if (!value.is_object()) return invalid(path, "this is no JSON object");
  return std::move(value.as_object());
}

Result<std::string> text_member(const json::object& object, const char* name, const std::string& path) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return invalid(path, fmt::format("'{}' is missing", name));
  return std::string(value->as_string());
}

/// It becomes the name of a file that is executed.
Result<> check_plugin(const json::object& plugin, const std::string& path) {
  const std::string type = TRY(text_member(plugin, "type", path));
  if (!type.empty() && !type.contains('/') && !type.starts_with('.')) return {};
  return invalid(path, fmt::format("'{}' cannot be the type of a plugin", type));
}

bool flag(const json::object& object, const char* name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && (value->is_bool() ? value->as_bool() : value->is_string() && value->as_string() == "true");
}

/// cniVersion, and beside it cniVersions (1.1.0): what is not known here is passed over as long as one is.
Result<std::vector<std::string>> versions_of(const json::object& whole, const std::string& path) {
  std::vector<std::string> all{whole.contains("cniVersion") ? TRY(text_member(whole, "cniVersion", path)) : "0.3.0"};
  if (const json::value* more = whole.if_contains("cniVersions")) {
    if (!more->is_array()) return invalid(path, "'cniVersions' is no list");
    for (const json::value& version : more->as_array()) {
      if (!version.is_string()) return invalid(path, "'cniVersions' holds what is no text");
      all.emplace_back(version.as_string());
    }
  }
  std::vector<std::string> known;
  for (const std::string_view version : kVersions)
    if (std::ranges::find(all, version) != all.end()) known.emplace(known.begin(), version);
  if (!known.empty()) return known;
  return fail(Code::unsupported, "{}: version '{}' of CNI is not known here", path, all.front())
      .with_cure("0.3.0 to 1.1.0 are");
}

Result<std::vector<json::object>> plugins_of(json::object& whole, const std::string& path) {
  std::vector<json::object> plugins;
  json::value* list = whole.if_contains("plugins");
  if (list == nullptr) {
    plugins.push_back(whole);
  } else {
    if (!list->is_array()) return invalid(path, "'plugins' is no list");
    for (json::value& plugin : list->as_array()) {
      if (!plugin.is_object()) return invalid(path, "a plugin is no JSON object");
      plugins.push_back(std::move(plugin.as_object()));
    }
  }
  if (plugins.empty() || plugins.size() > kMostPlugins) return invalid(path, "it has no plugins, or too many");
  for (const json::object& plugin : plugins) TRY(check_plugin(plugin, path));
  return plugins;
}

}  // namespace

int compare_versions(std::string_view a, std::string_view b) {
  const std::vector<std::string> left = split(a, '.'), right = split(b, '.');
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const auto one = i < left.size() ? parse_unsigned(left[i]).value_or(0) : 0;
    const auto other = i < right.size() ? parse_unsigned(right[i]).value_or(0) : 0;
    if (one != other) return one < other ? -1 : 1;
  }
  return 0;
}

bool is_cni_name(std::string_view name) {
  auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= 255 && alphanumeric(name[0]) &&
         std::ranges::all_of(name, [&](char c) { return alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

Result<ConfigList> parse_config(std::string_view text, const std::string& path) {
  json::object whole = TRY(parse_object(text, path));
  ConfigList config{.name = TRY(text_member(whole, "name", path)), .path = path};
  config.versions = TRY(versions_of(whole, path));
  config.version = config.versions.front();
  if (!is_cni_name(config.name)) return invalid(path, fmt::format("'{}' cannot be a network's name", config.name));
  config.disable_check = flag(whole, "disableCheck");
  config.disable_gc = flag(whole, "disableGC");
  config.plugins = TRY(plugins_of(whole, path));
  return config;
}

Result<std::vector<ConfigList>> load_configs(const std::string& folder) {
  std::vector<ConfigList> configs;
  auto names = list_folder(folder);
  if (!names && names.error().code() == Code::not_found) return configs;
  if (!names) return std::move(names.error());
  std::ranges::sort(*names);
  for (const std::string& name : *names) {
    if (!name.ends_with(".conflist") && !name.ends_with(".conf") && !name.ends_with(".json")) continue;
    const std::string path = folder + "/" + name;
    auto text = read_file(path);
    auto config = text ? parse_config(*text, path) : Result<ConfigList>(std::move(text.error()));
    if (config) configs.push_back(std::move(*config));
    else log::warning("{}", config.error().message());
  }
  return configs;
}

Result<ConfigList> find_config(const std::string& folder, std::string_view name) {
  for (ConfigList& config : TRY(load_configs(folder)))
    if (config.name == name) return std::move(config);
  return fail(Code::not_found, "no network '{}' in {}", name, folder);
}

}  // namespace gantry::cni
