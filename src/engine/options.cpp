#include "engine/options.hpp"

#include "base/text.hpp"
#include "engine/option_words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace gantry::engine {

namespace {

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

}  // namespace

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

Result<IdRange> parse_id_range(std::string_view text) {
  auto malformed = [&] { return fail(Code::invalid, "'{}' is not INSIDE:OUTSIDE:COUNT, as 0:100000:65536", text); };
  const auto parts = split(text, ':');
  if (parts.size() != 2 && parts.size() != 3) return malformed();
  std::array<std::uint32_t, 3> numbers{0, 0, 1};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    auto number = parse_unsigned(parts[i]);
    if (!number || *number >= UINT32_MAX) return malformed();
    numbers[i] = static_cast<std::uint32_t>(*number);
  }
  if (numbers[2] == 0) return malformed();
  return IdRange{numbers[0], numbers[1], numbers[2]};
}

Result<SecretUse> parse_secret_use(std::string_view text) {
  const auto members = split(text, ',');
  SecretUse use{.name = members.front()};
  if (use.name.starts_with("source=") || use.name.starts_with("src=")) use.name = cut(use.name, '=').after;
  if (use.name.empty()) return fail(Code::invalid, "'{}' names no secret", text);
  for (std::size_t i = 1; i < members.size(); ++i) {
    auto [key, value, found] = cut(members[i], '=');
    auto number = parse_unsigned(value);
    const bool is_id = number && *number < UINT32_MAX;
    std::uint32_t mode = 0;
    auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), mode, 8);
    const bool is_mode = problem == std::errc() && end == value.data() + value.size() && mode <= 07777;
    if (key == "type" && (value == "mount" || value == "env")) use.type = value;
    else if (key == "target" && !value.empty()) use.target = value;
    else if (key == "uid" && is_id) use.uid = static_cast<std::uint32_t>(*number);
    else if (key == "gid" && is_id) use.gid = static_cast<std::uint32_t>(*number);
    else if (key == "mode" && is_mode) use.mode = mode;
    else
      return fail(Code::invalid, "'{}': '{}' is no member of a secret", text, members[i])
          .with_cure("members are type=mount|env, target=NAME, uid=N, gid=N, mode=OCTAL");
  }
  return use;
}

Result<oci::DeviceRule> parse_device_rule(std::string_view text) {
  auto malformed = [&] {
    return fail(Code::invalid, "'{}' is not TYPE MAJOR:MINOR ACCESS", text)
        .with_cure("as in 'c 1:3 rw' or 'b 8:* rmw'");
  };
  std::vector<std::string> parts = split(trim(text), ' ');
  std::erase(parts, "");
  if (parts.size() != 3 || (parts[0] != "a" && parts[0] != "b" && parts[0] != "c")) return malformed();
  if (parts[2].empty() || parts[2].find_first_not_of("rwm") != std::string::npos) return malformed();
  const Halves numbers = cut(parts[1], ':');
  auto number = [&](std::string_view word) -> Result<std::optional<std::int64_t>> {
    if (word == "*") return std::optional<std::int64_t>();
    auto parsed = parse_unsigned(word);
    if (!parsed || *parsed > 0xfffff) return malformed();
    return std::optional(static_cast<std::int64_t>(*parsed));
  };
  if (!numbers.found) return malformed();
  const auto major = TRY(number(numbers.before)), minor = TRY(number(numbers.after));
  return oci::DeviceRule{true, parts[0], major, minor, parts[2]};
}

Result<> set_security_option(ContainerConfig& config, std::string_view text) {
  const std::size_t end = text.find_first_of("=:");
  const std::string_view key = text.substr(0, end);
  const std::string_view value = end == std::string_view::npos ? "" : text.substr(end + 1);
  if (key == "no-new-privileges") {
    config.no_new_privileges = is_true(value);
  } else if (key == "seccomp" && !value.empty()) {
    config.seccomp = value == "default" ? "" : value;
  } else if ((key == "mask" || key == "unmask") && !value.empty()) {
    auto& paths = key == "mask" ? config.mask : config.unmask;
    for (auto& path : split(value, ':')) paths.push_back(std::move(path));
  } else if (key == "systempaths" && value == "unconfined") {
    config.unmask.emplace_back("ALL");
  } else if (key == "apparmor" && !value.empty()) {
    config.apparmor = value;
  } else if (key == "label" && value == "disable") {
    config.label_options.emplace_back(value);
  } else if (key == "label") {
    return fail(Code::unsupported, "'{}': gantry gives containers no labels of SELinux of their own", text)
        .with_cure("use label=disable, or leave it out");
  } else {
    return fail(Code::unsupported, "unknown security option '{}'", text)
        .with_cure(
            "there are no-new-privileges, seccomp=unconfined|FILE, apparmor=PROFILE, label=disable, "
            "systempaths=unconfined, mask=PATH[:PATH], unmask=ALL|PATH[:PATH]");
  }
  return {};
}

}  // namespace gantry::engine
