#include "engine/user_namespace.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/namespaces.hpp"

#include <unistd.h>

#include <algorithm>

namespace gantry::engine {

namespace {

/// Whose ranges root's `auto` takes, as podman has it.
constexpr const char* kAutoUser = "containers";
constexpr std::uint32_t kAutoSize = 65536;

/// "keep-id:uid=1000,gid=1000" taken apart.
struct Mode {
  std::string name;
  std::optional<std::uint32_t> uid, gid, size;
};

Result<Mode> read_mode(const std::string& text) {
  const Halves halves = cut(text, ':');
  Mode mode{.name = std::string(halves.before)};
  if (!halves.found || mode.name == "container" || mode.name == "ns") return mode;
  for (const auto& word : split(halves.after, ',')) {
    auto [key, value, found] = cut(word, '=');
    auto number = parse_unsigned(value);
    const bool in_range = number && *number < UINT32_MAX;
    if (mode.name == "keep-id" && key == "uid" && in_range) mode.uid = static_cast<std::uint32_t>(*number);
    else if (mode.name == "keep-id" && key == "gid" && in_range) mode.gid = static_cast<std::uint32_t>(*number);
    else if ((mode.name == "keep-id" || mode.name == "auto") && key == "size" && in_range && *number > 0)
      mode.size = static_cast<std::uint32_t>(*number);
    else
      return fail(Code::invalid, "option --userns: '{}' is no option of {}", word, mode.name)
          .with_cure("auto has size=N; keep-id has uid=N, gid=N and size=N");
  }
  return mode;
}

Result<> check_mode(const ContainerConfig& config, const Mode& mode) {
  const bool has_maps =
      !config.uid_map.empty() || !config.gid_map.empty() || !config.subuid_name.empty() || !config.subgid_name.empty();
  if (geteuid() == 0 && (has_maps || mode.name == "auto"))
    return fail(Code::unsupported, "option --userns: root's containers have no users of their own here")
        .with_cure("run it as an ordinary user, or drop --userns, --uidmap and --gidmap");
  if (has_maps && !mode.name.empty() && mode.name != "private")
    return fail(Code::invalid, "option --userns {}: maps are given too", mode.name)
        .with_cure("drop --userns, or --uidmap, --gidmap, --subuidname and --subgidname");
  if (mode.name == "private" && !has_maps && geteuid() == 0)
    return fail(Code::invalid, "option --userns private: there are no maps").with_cure("give --uidmap, or use auto");
  for (const char* known : {"", "host", "private", "auto", "keep-id", "nomap"})
    if (mode.name == known) {
      const bool rootless_only = mode.name == "keep-id" || mode.name == "nomap";
      if (rootless_only && geteuid() == 0)
        return fail(Code::invalid, "option --userns: {} is for ordinary users", mode.name).with_cure("use auto");
      return {};
    }
  if (!container_of(config.userns).empty() || config.userns.starts_with("ns:/")) return {};
  return fail(Code::invalid, "option --userns: there is no mode '{}'", config.userns)
      .with_cure("use host, auto, keep-id, nomap, container:NAME or ns:PATH");
}

Result<std::vector<IdRange>> ranges_of(const char* path, std::string_view user, std::string_view option) {
  std::vector<IdRange> ranges;
  const std::string text = read_file(path).value_or("");
  for (const auto& line : split(text, '\n')) {
    const auto fields = split(line, ':');
    if (fields.size() != 3 || fields[0] != user) continue;
    auto first = parse_unsigned(fields[1]), count = parse_unsigned(trim(fields[2]));
    if (!first || !count || *count == 0 || *first + *count > UINT32_MAX) continue;
    ranges.push_back({0, static_cast<std::uint32_t>(*first), static_cast<std::uint32_t>(*count)});
  }
  if (ranges.empty())
    return fail(Code::not_found, "option --{}: {} gives no ids to '{}'", option, path, user)
        .with_cure(fmt::format("add a line as {}:100000:65536", user));
  return ranges;
}

/// One after the other from 0 on.
void number_inside(std::vector<IdRange>& ranges) {
  std::uint32_t next = 0;
  for (auto& range : ranges) {
    range.inside = next;
    next += range.count;
  }
}

/// The first `size` ids in `ranges` that nobody has.
Result<IdRange> free_range(const std::vector<IdRange>& ranges, std::vector<IdRange> taken, std::uint32_t size) {
  std::ranges::sort(taken, {}, &IdRange::outside);
  for (const auto& range : ranges) {
    std::uint64_t start = range.outside;
    for (const auto& other : taken)
      if (other.outside < start + size && start < std::uint64_t{other.outside} + other.count)
        start = std::uint64_t{other.outside} + other.count;
    if (start + size <= std::uint64_t{range.outside} + range.count)
      return IdRange{0, static_cast<std::uint32_t>(start), size};
  }
  return fail(Code::failed, "option --userns auto: no {} ids in a row are free", size)
      .with_cure("ask for fewer by auto:size=N, or give more in /etc/subuid and /etc/subgid");
}

Result<> fix_auto(ContainerConfig& config, const Mode& mode,
                  const std::function<Result<std::vector<IdRange>>()>& taken) {
  std::vector<IdRange> ranges;
  std::uint32_t size = mode.size.value_or(kAutoSize);
  if (geteuid() == 0) {
    ranges = TRY(ranges_of("/etc/subuid", kAutoUser, "userns auto"));
  } else {
    const auto own = TRY(linux::rootless_maps());
    for (const auto& map : own.uids)
      if (map.count > 1) ranges.push_back({0, map.outside, map.count});
    if (!mode.size) size = 1024;  // many containers share the one range that a user has
  }
  config.uid_map.assign(1, TRY(free_range(ranges, TRY(taken()), size)));
  config.gid_map = config.uid_map;
  return {};
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

Result<> fix_user_namespace(ContainerConfig& config, const std::function<Result<std::vector<IdRange>>()>& taken) {
  const Mode mode = TRY(read_mode(config.userns));
  TRY(check_mode(config, mode));
  if (mode.name == "auto") TRY(fix_auto(config, mode, taken));
  if (!config.subuid_name.empty()) {
    config.uid_map = TRY(ranges_of("/etc/subuid", config.subuid_name, "subuidname"));
    number_inside(config.uid_map);
  }
  if (!config.subgid_name.empty()) {
    config.gid_map = TRY(ranges_of("/etc/subgid", config.subgid_name, "subgidname"));
    number_inside(config.gid_map);
  }
  // As podman: what is said of one holds for both.
  if (config.gid_map.empty()) config.gid_map = config.uid_map;
  if (config.uid_map.empty()) config.uid_map = config.gid_map;
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
  const Mode mode = TRY(read_mode(config.userns));
  maps = TRY(linux::rootless_maps());
  if (mode.name == "keep-id") {
    maps->uids = keep(maps->uids, mode.uid.value_or(geteuid()));
    maps->gids = keep(maps->gids, mode.gid.value_or(getegid()));
  } else if (mode.name == "nomap") {
    auto drop_own = [](std::vector<linux::IdMap>& ids) -> Result<> {
      ids.erase(ids.begin());
      if (ids.empty())
        return fail(Code::unsupported, "option --userns nomap: there are no subordinate ids")
            .with_cure("give yourself some in /etc/subuid and /etc/subgid");
      for (auto& map : ids) --map.inside;  // they were numbered from 1 on
      return {};
    };
    TRY(drop_own(maps->uids));
    TRY(drop_own(maps->gids));
  }
  return maps;
}

}  // namespace gantry::engine
