#include "engine/user_namespace.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/namespaces.hpp"

#include <unistd.h>

#include <algorithm>

namespace gantry::engine {

namespace {

/// "keep-id:uid=1000,gid=1000" taken apart.
struct UserMode {
  std::string name;
  std::optional<std::uint32_t> uid, gid;
};

Result<UserMode> read_mode(const std::string& text) {
  const Halves halves = cut(text, ':');
  UserMode mode{.name = std::string(halves.before)};
  if (!halves.found || mode.name == "container" || mode.name == "ns") return mode;
  for (const auto& word : split(halves.after, ',')) {
    auto [key, value, found] = cut(word, '=');
    auto number = parse_unsigned(value);
    const bool in_range = number && *number < UINT32_MAX;
    if (mode.name == "keep-id" && key == "uid" && in_range) mode.uid = static_cast<std::uint32_t>(*number);
    else if (mode.name == "keep-id" && key == "gid" && in_range) mode.gid = static_cast<std::uint32_t>(*number);
    else
      return fail(Code::invalid, "option --userns: '{}' is no option of {}", word, mode.name)
          .with_cure("keep-id has uid=N and gid=N");
  }
  return mode;
}

Result<> check_mode(const ContainerConfig& config, const UserMode& mode) {
  const bool has_maps = !config.uid_map.empty() || !config.gid_map.empty();
  if (geteuid() == 0 && has_maps)
    return fail(Code::unsupported, "option --userns: root's containers have no users of their own here")
        .with_cure("run it as an ordinary user, or drop --uidmap and --gidmap");
  if (has_maps && !mode.name.empty() && mode.name != "private")
    return fail(Code::invalid, "option --userns {}: maps are given too", mode.name)
        .with_cure("drop --userns, or --uidmap and --gidmap");
  if (mode.name == "private" && !has_maps && geteuid() == 0)
    return fail(Code::invalid, "option --userns private: root's containers have no users of their own here")
        .with_cure("run it as an ordinary user");
  if (mode.name == "keep-id" && geteuid() == 0)
    return fail(Code::invalid, "option --userns: keep-id is for ordinary users").with_cure("drop it");
  for (const char* known : {"", "host", "private", "keep-id"})
    if (mode.name == known) return {};
  if (!container_of(config.userns).empty() || config.userns.starts_with("ns:/")) return {};
  return fail(Code::invalid, "option --userns: there is no mode '{}'", config.userns)
      .with_cure("use host, private, keep-id, container:NAME or ns:PATH");
}

/// An ordinary user's images and state are closed to everybody else: without his own id the container could not reach
/// its root.
Result<> check_own_id(const std::vector<IdRange>& map, std::uint32_t id, std::string_view option) {
  const bool has = std::ranges::any_of(
      map, [id](const IdRange& range) { return id >= range.outside && id - range.outside < range.count; });
  if (has || map.empty()) return {};
  return fail(Code::invalid, "option --{}: your own id {} is not among those that it maps", option, id)
      .with_cure(fmt::format("add --{} 0:{}:1 or another place for it", option, id));
}

/// The caller's own id as `inside`, with the subordinate ones around it.
std::vector<linux::IdMap> keep(const std::vector<linux::IdMap>& own, std::uint32_t inside) {
  std::vector<linux::IdMap> maps;
  std::uint32_t next = 0;
  for (std::size_t i = 1; i < own.size(); ++i) {
    linux::IdMap rest = own[i];
    while (rest.count > 0) {
      if (next == inside) ++next;
      const std::uint32_t count = next < inside ? std::min(rest.count, inside - next) : rest.count;
      maps.push_back({next, rest.outside, count});
      next += count;
      rest.outside += count;
      rest.count -= count;
    }
  }
  maps.push_back({inside, own.front().outside, 1});
  return maps;
}

std::vector<linux::IdMap> maps_of(const std::vector<IdRange>& ranges) {
  std::vector<linux::IdMap> maps;
  for (const auto& range : ranges) maps.push_back({range.inside, range.outside, range.count});
  return maps;
}

}  // namespace

Result<> fix_user_namespace(ContainerConfig& config) {
  const UserMode mode = TRY(read_mode(config.userns));
  TRY(check_mode(config, mode));
  // As podman: what is said of one holds for both.
  if (config.gid_map.empty()) config.gid_map = config.uid_map;
  if (config.uid_map.empty()) config.uid_map = config.gid_map;
  TRY(check_own_id(config.uid_map, geteuid(), "uidmap"));
  TRY(check_own_id(config.gid_map, getegid(), "gidmap"));
  if (mode.name == "keep-id" && config.user.empty())
    config.user = fmt::format("{}:{}", mode.uid.value_or(geteuid()), mode.gid.value_or(getegid()));
  return {};
}

Result<std::optional<linux::IdMaps>> user_maps(const ContainerConfig& config) {
  std::optional<linux::IdMaps> maps;
  if (!config.uid_map.empty()) {
    maps = linux::IdMaps{maps_of(config.uid_map), maps_of(config.gid_map)};
    return maps;
  }
  if (geteuid() == 0) return maps;
  const UserMode mode = TRY(read_mode(config.userns));
  maps = TRY(linux::rootless_maps());
  if (mode.name == "keep-id") {
    maps->uids = keep(maps->uids, mode.uid.value_or(geteuid()));
    maps->gids = keep(maps->gids, mode.gid.value_or(getegid()));
  }
  return maps;
}

}  // namespace gantry::engine
