#include "engine/options.hpp"

#include "base/text.hpp"
#include "linux/path.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace gantry::engine {

namespace {

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

/// Options of a bind that mean the same to us as to docker, podman and mount(8).
constexpr std::array<std::string_view, 22> kBindOptions{
    "ro",      "rw",         "rro",         "bind",    "rbind",    "exec",       "noexec", "suid",
    "nosuid",  "dev",        "nodev",       "private", "rprivate", "slave",      "rslave", "shared",
    "rshared", "unbindable", "runbindable", "atime",   "noatime",  "nosymfollow"};

Result<std::string> absolute(std::string_view path, std::string_view what, std::string_view whole) {
  if (!path.starts_with('/')) return fail(Code::invalid, "'{}': {} '{}' is not an absolute path", whole, what, path);
  return linux::clean_path(path);
}

Result<> add_bind_option(Mount& mount, std::string_view option, std::string_view whole) {
  if (option == "z" || option == "Z" || option.empty()) return {};  // labels of SELinux, which we do not set
  if (std::ranges::find(kBindOptions, option) == kBindOptions.end())
    return fail(Code::invalid, "'{}': unknown option '{}'", whole, option)
        .with_cure("options are ro, rw, bind, rbind, (no)exec, (no)suid, (no)dev, [r]private, [r]slave, [r]shared");
  mount.options.emplace_back(option);
  return {};
}

/// A bind takes the mounts below it along unless it says otherwise, as docker and podman do.
void finish_bind(Mount& mount) {
  auto is_bind = [](const std::string& option) { return option == "bind" || option == "rbind"; };
  if (std::ranges::none_of(mount.options, is_bind)) mount.options.insert(mount.options.begin(), "rbind");
  auto is_propagation = [](std::string_view option) {
    return option.ends_with("private") || option.ends_with("slave") || option.ends_with("shared") ||
           option.ends_with("unbindable");
  };
  if (std::ranges::none_of(mount.options, is_propagation)) mount.options.emplace_back("rprivate");
}

void finish_tmpfs(Mount& mount) {
  mount.source = "tmpfs";
  for (const char* option : {"nosuid", "nodev"})
    if (std::ranges::find(mount.options, std::string_view(option).substr(2)) == mount.options.end())
      mount.options.emplace_back(option);
}

bool is_true(std::string_view value) { return value.empty() || value == "true" || value == "1"; }

Result<> add_mount_member(Mount& mount, const Halves& member, std::string_view whole) {
  const std::string_view key = member.before, value = member.after;
  if (key == "type") return {};  // read before the others
  if (key == "dst" || key == "destination" || key == "target") {
    mount.target = TRY(absolute(value, "target", whole));
  } else if (key == "ro" || key == "readonly") {
    mount.options.emplace_back(is_true(value) ? "ro" : "rw");
  } else if (key == "rw") {
    mount.options.emplace_back(is_true(value) ? "rw" : "ro");
  } else if (mount.type == "bind" && (key == "src" || key == "source")) {
    mount.source = TRY(absolute(value, "source", whole));
  } else if (mount.type == "bind" && key == "bind-propagation") {
    TRY(add_bind_option(mount, value, whole));
  } else if (mount.type == "bind" && key == "bind-nonrecursive") {
    mount.options.emplace_back(is_true(value) ? "bind" : "rbind");
  } else if (mount.type == "tmpfs" && key == "tmpfs-size") {
    mount.options.push_back(fmt::format("size={}", TRY(parse_size(value))));
  } else if (mount.type == "tmpfs" && key == "tmpfs-mode") {
    mount.options.push_back(fmt::format("mode={}", value));
  } else {
    return fail(Code::invalid, "'{}': a {} mount has no '{}'", whole, mount.type, key)
        .with_cure("members are type, src, dst, ro, bind-propagation, bind-nonrecursive, tmpfs-size, tmpfs-mode");
  }
  return {};
}

}  // namespace

Result<Mount> parse_volume(std::string_view text) {
  const std::vector<std::string> parts = split(text, ':');
  if (parts.size() > 3) return fail(Code::invalid, "'{}' is not SOURCE:TARGET[:OPTIONS]", text);
  if (parts.size() == 1 || !parts[0].starts_with('/'))
    return fail(Code::unsupported, "'{}' asks for a named volume, which gantry does not have", text)
        .with_cure("give a folder of the host: -v /path/on/host:/path/in/container");
  Mount mount;
  mount.source = TRY(absolute(parts[0], "source", text));
  mount.target = TRY(absolute(parts[1], "target", text));
  if (parts.size() == 3)
    for (const auto& option : split(parts[2], ',')) TRY(add_bind_option(mount, option, text));
  finish_bind(mount);
  return mount;
}

Result<Mount> parse_mount(std::string_view text) {
  const std::vector<std::string> members = split(text, ',');
  Mount mount;
  for (const auto& member : members)
    if (auto halves = cut(member, '='); halves.before == "type") mount.type = halves.after;
  if (mount.type != "bind" && mount.type != "tmpfs")
    return fail(Code::unsupported, "'{}': there are no mounts of type '{}'", text, mount.type)
        .with_cure("use type=bind or type=tmpfs");
  for (const auto& member : members) TRY(add_mount_member(mount, cut(member, '='), text));
  if (mount.target.empty()) return fail(Code::invalid, "'{}' has no dst=PATH", text);
  if (mount.type == "tmpfs") {
    finish_tmpfs(mount);
  } else {
    if (mount.source.empty()) return fail(Code::invalid, "'{}' has no src=PATH", text);
    finish_bind(mount);
  }
  return mount;
}

Result<Mount> parse_tmpfs(std::string_view text) {
  const Halves halves = cut(text, ':');
  Mount mount{.type = "tmpfs"};
  mount.target = TRY(absolute(halves.before, "target", text));
  if (halves.found)
    for (auto& option : split(halves.after, ','))
      if (!option.empty()) mount.options.push_back(std::move(option));
  finish_tmpfs(mount);
  return mount;
}

Result<Ulimit> parse_ulimit(std::string_view text) {
  const Halves halves = cut(text, '=');
  auto malformed = [&] { return fail(Code::invalid, "'{}' is not NAME=SOFT[:HARD], as nofile=1024:4096", text); };
  if (halves.before.empty() || halves.after.empty()) return malformed();
  auto value = [&](std::string_view figure) -> Result<std::uint64_t> {
    if (figure == "-1" || figure == "unlimited") return kUnlimited;
    auto parsed = parse_unsigned(figure);
    if (!parsed) return malformed();
    return parsed;
  };
  const Halves limits = cut(halves.after, ':');
  Ulimit limit{.name = to_lower(halves.before)};
  limit.soft = TRY(value(limits.before));
  limit.hard = limits.found ? TRY(value(limits.after)) : limit.soft;
  if (limit.soft > limit.hard) return fail(Code::invalid, "'{}': the soft limit is above the hard one", text);
  return limit;
}

Result<Device> parse_device(std::string_view text) {
  const std::vector<std::string> parts = split(text, ':');
  auto is_access = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("rwm") == std::string_view::npos;
  };
  Device device;
  device.source = TRY(absolute(parts[0], "device", text));
  device.target = device.source;
  std::size_t next = 1;
  if (next < parts.size() && parts[next].starts_with('/')) device.target = TRY(absolute(parts[next++], "target", text));
  if (next < parts.size() && is_access(parts[next])) device.access = parts[next++];
  if (next != parts.size()) return fail(Code::invalid, "'{}' is not DEVICE[:TARGET][:ACCESS], access of r, w, m", text);
  return device;
}

Result<std::uint64_t> parse_cpus(std::string_view text) {
  constexpr std::size_t kFigures = 9;
  auto malformed = [&] { return fail(Code::invalid, "'{}' is not a number of CPUs, as 1.5", text); };
  const Halves halves = cut(text, '.');
  std::string fraction(halves.after);
  if (fraction.size() > kFigures || (halves.found && fraction.empty())) return malformed();
  fraction.resize(kFigures, '0');
  auto whole = parse_unsigned(halves.before.empty() ? "0" : halves.before);
  auto part = parse_unsigned(fraction);
  if (!whole || !part || *whole > 1'000'000) return malformed();
  const std::uint64_t nano = *whole * 1'000'000'000 + *part;
  if (nano == 0) return malformed();
  return nano;
}

Result<> set_security_option(ContainerConfig& config, std::string_view text) {
  std::size_t end = text.find_first_of("=:");
  const std::string_view key = text.substr(0, end);
  const std::string_view value = end == std::string_view::npos ? "" : text.substr(end + 1);
  if (key == "no-new-privileges") {
    config.no_new_privileges = is_true(value);
  } else if (key == "seccomp" && !value.empty()) {
    config.seccomp = value == "default" ? "" : value;
  } else if ((key == "mask" || key == "unmask") && !value.empty()) {
    auto& paths = key == "mask" ? config.mask : config.unmask;
    for (auto& path : split(value, ':')) paths.push_back(std::move(path));
  } else if (text == "label=disable" || text == "apparmor=unconfined") {
    return {};  // as it is anyway
  } else {
    return fail(Code::unsupported, "unknown security option '{}'", text)
        .with_cure("there are no-new-privileges, seccomp=unconfined|FILE, mask=PATH[:PATH], unmask=ALL|PATH[:PATH]");
  }
  return {};
}

}  // namespace gantry::engine
