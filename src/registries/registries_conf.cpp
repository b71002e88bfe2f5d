#include "registries/registries_conf.hpp"

#include "base/text.hpp"
#include "oci/reference.hpp"
#include "registries/toml.hpp"

#include <algorithm>

namespace gantry::registries {

namespace {

using toml::Reader;

constexpr std::string_view kAnyHost = "*.";

bool is_host(std::string_view text) { return !text.contains('/') && is_whole_name(fmt::format("{}/any", text)); }

bool is_location(std::string_view text) { return text.contains('/') ? is_whole_name(text) : is_host(text); }

std::string_view without_slashes(std::string_view text) {
  while (text.ends_with('/')) text.remove_suffix(1);
  return text;
}

Result<std::string> read_location(const Reader& table) {
  const std::string text = TRY(table.string("location"));
  const std::string_view location = without_slashes(text);
  if (location.contains("://")) return table.invalid("location", fmt::format("'{}' must be without a scheme", text));
  if (!is_location(location))
    return table.invalid("location", fmt::format("'{}' is not host[:port][/namespace]", text));
  return std::string(location);
}

Result<std::string> read_prefix(const Reader& table) {
  const std::string text = TRY(table.string("prefix"));
  const std::string_view prefix = without_slashes(text);
  const bool is_valid = prefix.starts_with(kAnyHost) ? is_host(prefix.substr(kAnyHost.size())) : is_location(prefix);
  if (!is_valid) return table.invalid("prefix", fmt::format("'{}' is not host[:port][/namespace] or *.domain", text));
  return std::string(prefix);
}

Result<MirrorUse> read_mirror_use(const Reader& table, bool by_digest_only) {
  const std::string use = TRY(table.string("pull-from-mirror"));
  if (by_digest_only && !use.empty())
    return table.invalid("pull-from-mirror", "mirror-by-digest-only of the registry says it already");
  if (use == "digest-only" || by_digest_only) return MirrorUse::digest_only;
  if (use == "tag-only") return MirrorUse::tag_only;
  if (use == "all" || use.empty()) return MirrorUse::all;
  return table.invalid("pull-from-mirror", fmt::format("'{}' is not one of all, digest-only, tag-only", use));
}

Result<Mirror> read_mirror(const Reader& table, bool by_digest_only) {
  table.warn_of_others({"location", "insecure", "pull-from-mirror"});
  Mirror mirror;
  mirror.location = TRY(read_location(table));
  mirror.insecure = TRY(table.boolean("insecure"));
  mirror.use = TRY(read_mirror_use(table, by_digest_only));
  return mirror;
}

Result<Registry> read_registry(const Reader& table, std::string_view file) {
  table.warn_of_others({"prefix", "location", "insecure", "blocked", "mirror-by-digest-only", "mirror"});
  Registry registry;
  registry.file = file;
  const bool has_location = !TRY(table.string("location")).empty();
  if (has_location) registry.location = TRY(read_location(table));
  if (!TRY(table.string("prefix")).empty()) registry.prefix = TRY(read_prefix(table));
  else if (has_location) registry.prefix = registry.location;
  else return table.invalid("", "it needs a prefix or a location");
  registry.insecure = TRY(table.boolean("insecure"));
  registry.blocked = TRY(table.boolean("blocked"));
  const bool by_digest_only = TRY(table.boolean("mirror-by-digest-only"));
  for (const auto& mirror : TRY(table.tables("mirror")))
    registry.mirrors.push_back(TRY(read_mirror(mirror, by_digest_only)));
  return registry;
}

Result<std::vector<std::string>> read_names(const Reader& table, std::string_view key,
                                            bool (*is_valid)(std::string_view)) {
  std::vector<std::string> names;
  for (const auto& text : TRY(table.strings(key))) {
    const std::string_view name = without_slashes(text);
    if (!is_valid(name)) return table.invalid(key, fmt::format("'{}' is not a registry's host[:port]", text));
    names.emplace_back(name);
  }
  return names;
}

Result<std::optional<ShortNameMode>> read_mode(const Reader& table) {
  using Mode = std::optional<ShortNameMode>;
  const std::string mode = TRY(table.string("short-name-mode"));
  if (mode.empty()) return Mode();
  if (mode == "enforcing") return Mode(ShortNameMode::enforcing);
  if (mode == "permissive") return Mode(ShortNameMode::permissive);
  if (mode == "disabled") return Mode(ShortNameMode::disabled);
  return table.invalid("short-name-mode", fmt::format("'{}' is not one of enforcing, permissive, disabled", mode));
}

Result<std::map<std::string, std::string>> read_aliases(const Reader& table) {
  auto aliases = TRY(table.string_map("aliases"));
  for (const auto& [name, value] : aliases) {
    const bool is_short = oci::parse_reference(name) && !is_whole_name(name) && name.find_first_of(":@") == name.npos;
    if (!is_short)
      return table.invalid("aliases", fmt::format("'{}' is not a name without registry, tag and digest", name));
    if (value.empty()) continue;
    const bool is_whole = is_whole_name(value) && cut_last(value, '/').after.find_first_of(":@") == value.npos;
    if (!is_whole)
      return table.invalid("aliases",
                           fmt::format("'{}' of '{}' is not a whole name without tag and digest", value, name));
  }
  return aliases;
}

Result<RegistriesConf> read_version_2(const Reader& root, std::string_view file) {
  root.warn_of_others(
      {"unqualified-search-registries", "registry", "short-name-mode", "aliases", "credential-helpers"});
  RegistriesConf conf;
  for (const auto& table : TRY(root.tables("registry"))) conf.registries.push_back(TRY(read_registry(table, file)));
  if (root.has("unqualified-search-registries"))
    conf.search = TRY(read_names(root, "unqualified-search-registries", is_host));
  conf.short_name_mode = TRY(read_mode(root));
  conf.aliases = TRY(read_aliases(root));
  if (root.has("credential-helpers")) conf.credential_helpers = TRY(root.strings("credential-helpers"));
  return conf;
}

Result<std::vector<std::string>> read_old_list(const Reader& registries, std::string_view key,
                                               bool (*is_valid)(std::string_view)) {
  const Reader table = TRY(registries.table(key));
  table.warn_of_others({"registries"});
  return read_names(table, "registries", is_valid);
}

Result<RegistriesConf> read_version_1(const Reader& root, std::string_view file) {
  for (std::string_view key : {"unqualified-search-registries", "registry"})
    if (root.has(key)) return root.invalid(key, "it does not go with [registries], which is an older form of the file");
  root.warn_of_others({"registries"});
  const Reader registries = TRY(root.table("registries"));
  registries.warn_of_others({"search", "insecure", "block"});
  RegistriesConf conf{.is_version_1 = true};
  auto entry_of = [&](const std::string& location) -> Registry& {
    const auto known = std::ranges::find(conf.registries, location, &Registry::location);
    if (known != conf.registries.end()) return *known;
    return conf.registries.emplace_back(Registry{.prefix = location, .location = location, .file = std::string(file)});
  };
  conf.search = TRY(read_old_list(registries, "search", is_host));
  for (const auto& host : TRY(read_old_list(registries, "insecure", is_location))) entry_of(host).insecure = true;
  for (const auto& host : TRY(read_old_list(registries, "block", is_location))) entry_of(host).blocked = true;
  return conf;
}

}  // namespace

bool is_whole_name(std::string_view name) {
  const auto reference = oci::parse_reference(name);
  const auto [host, rest, found] = cut(name, '/');
  return reference && found && (host == reference->registry || host == "index.docker.io");
}

Result<RegistriesConf> parse_registries_conf(std::string_view text, std::string_view file) {
  const toml::Table document = TRY(toml::parse(text, file));
  const Reader root(document, file);
  return root.has("registries") ? read_version_1(root, file) : read_version_2(root, file);
}

}  // namespace gantry::registries
