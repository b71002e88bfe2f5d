#include "base/text.hpp"
#include "engine/names.hpp"
#include "engine/option_words.hpp"
#include "engine/options.hpp"
#include "linux/path.hpp"

#include <glob.h>

#include <algorithm>
#include <array>

namespace gantry::engine {

namespace {

/// Options of a bind that mean the same to us as to docker, podman and mount(8).
constexpr std::array<std::string_view, 24> kBindOptions{
    "ro",      "rw",         "rro",         "bind",    "rbind",    "exec",        "noexec",   "suid",
    "nosuid",  "dev",        "nodev",       "private", "rprivate", "slave",       "rslave",   "shared",
    "rshared", "unbindable", "runbindable", "atime",   "noatime",  "nosymfollow", "relatime", "strictatime"};

/// At the separator, but for one behind a backslash.
std::vector<std::string> split_escaped(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == separator) parts.back() += text[++i];
    else if (text[i] == separator) parts.emplace_back();
    else parts.back() += text[i];
  }
  return parts;
}

/// At commas, but for those in double quotes, which stand around a whole member: docker's CSV.
std::vector<std::string> split_quoted(std::string_view text) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool doubled = quoted && text.substr(i, 2) == "\"\"";
    if (doubled) parts.back() += text[++i];
    else if (text[i] == '"') quoted = !quoted;
    else if (text[i] == ',' && !quoted) parts.emplace_back();
    else parts.back() += text[i];
  }
  return parts;
}

Result<> add_bind_option(Mount& mount, std::string_view option, std::string_view whole) {
  if (option == "z" || option == "Z" || option.empty()) return {};  // labels of SELinux, which we do not set
  if (std::ranges::find(kBindOptions, option) == kBindOptions.end())
    return fail(Code::invalid, "'{}': unknown option '{}'", whole, option)
        .with_cure(
            "options are ro, rw, bind, rbind, (no)exec, (no)suid, (no)dev, [r]private, [r]slave, [r]shared, "
            "(no)copy, U, O, idmap, z, Z");
  mount.options.emplace_back(option);
  return {};
}

Result<> add_volume_option(Mount& mount, std::string_view option, std::string_view whole) {
  auto [key, value, found] = cut(option, '=');
  if (option == "U") mount.chown = true;
  else if (option == "O") mount.overlay = true;
  else if (option == "copy" || option == "nocopy") mount.no_copy = option == "nocopy";
  else if (key == "idmap") mount.idmap = option;
  else if (found && key == "upperdir") mount.upper = TRY(absolute(value, "upperdir", whole));
  else if (found && key == "workdir") mount.work = TRY(absolute(value, "workdir", whole));
  else TRY(add_bind_option(mount, option, whole));
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

Result<> check_overlay(const Mount& mount, std::string_view whole) {
  if (!mount.overlay && !(mount.upper.empty() && mount.work.empty()))
    return fail(Code::invalid, "'{}': upperdir and workdir belong to the option O", whole).with_cure("add O");
  if (mount.upper.empty() != mount.work.empty())
    return fail(Code::invalid, "'{}': upperdir and workdir go together", whole).with_cure("give both or none");
  return {};
}

void finish_memory(Mount& mount) {
  mount.source = mount.type;
  for (const char* option : {"nosuid", "nodev"})
    if (std::ranges::find(mount.options, std::string_view(option).substr(2)) == mount.options.end())
      mount.options.emplace_back(option);
}

using Take = Result<bool> (*)(Mount& mount, const Halves& member, std::string_view whole);

Result<bool> take_common(Mount& mount, const Halves& member, std::string_view whole) {
  const std::string_view key = member.before, value = member.after;
  if (key == "type") return true;  // read before the others
  if (key == "dst" || key == "destination" || key == "target") mount.target = TRY(absolute(value, "target", whole));
  else if (key == "ro" || key == "readonly") mount.options.emplace_back(is_true(value) ? "ro" : "rw");
  else if (key == "rw" || key == "readwrite") mount.options.emplace_back(is_true(value) ? "rw" : "ro");
  else if ((key == "U" || key == "chown") && mount.type != "image") mount.chown = is_true(value);
  else return false;
  return true;
}

Result<bool> take_bind(Mount& mount, const Halves& member, std::string_view whole) {
  const std::string_view key = member.before, value = member.after;
  if (key == "src" || key == "source") mount.source = TRY(absolute(value, "source", whole));
  else if (key == "bind-propagation") TRY(add_bind_option(mount, value, whole));
  else if (key == "bind-nonrecursive") mount.options.emplace_back(is_true(value) ? "bind" : "rbind");
  else if (key == "idmap") mount.idmap = member.found ? fmt::format("idmap={}", value) : "idmap";
  else if (key == "relabel" && (value == "shared" || value == "private")) return true;
  else if (!member.found && std::ranges::find(kBindOptions, key) != kBindOptions.end()) mount.options.emplace_back(key);
  else return false;
  return true;
}

/// A relative path that does not climb.
Result<std::string> inner(std::string_view path, std::string_view whole) {
  const auto names = split(path, '/');
  if (!path.starts_with('/') && std::ranges::find(names, "..") == names.end()) return std::string(path);
  return fail(Code::invalid, "mount '{}': the subpath '{}' is not inside the volume", whole, path)
      .with_cure("give a relative path without '..'");
}

Result<bool> take_volume(Mount& mount, const Halves& member, std::string_view whole) {
  const std::string_view key = member.before, value = member.after;
  if (key == "src" || key == "source") mount.source = value;
  else if (key == "volume-nocopy") mount.no_copy = is_true(value);
  else if (key == "volume-subpath" || key == "subpath") mount.subpath = TRY(inner(value, whole));
  else if (key == "volume-driver" && value == "local") return true;
  else return take_bind(mount, member, whole);
  return true;
}

Result<bool> take_memory(Mount& mount, const Halves& member, std::string_view) {
  const std::string_view key = member.before, value = member.after;
  if (key == "tmpfs-size" || key == "size") mount.options.push_back(fmt::format("size={}", TRY(parse_size(value))));
  else if (key == "tmpfs-mode" || key == "mode") mount.options.push_back(fmt::format("mode={}", value));
  else if (key == "tmpcopyup" || key == "copyup") mount.options.emplace_back("tmpcopyup");
  else if (key == "notmpcopyup" || key == "nocopyup") std::erase(mount.options, "tmpcopyup");
  else if (key == "noswap" && mount.type == "tmpfs") mount.options.emplace_back("noswap");
  else if (!member.found && (key == "exec" || key == "noexec" || key == "dev" || key == "suid"))
    mount.options.emplace_back(key);
  else return false;
  return true;
}

Result<bool> take_image(Mount& mount, const Halves& member, std::string_view) {
  if (member.before != "src" && member.before != "source") return false;
  mount.source = member.after;
  return true;
}

Result<bool> take_devpts(Mount& mount, const Halves& member, std::string_view) {
  for (std::string_view key : {"uid", "gid", "mode", "max"})
    if (member.before == key && member.found) {
      mount.options.push_back(fmt::format("{}={}", key, member.after));
      return true;
    }
  return false;
}

/// What a type of --mount takes beside type, dst, ro, rw and U.
struct MountType {
  std::string_view name;
  Take take;
  std::string_view members;
};
constexpr MountType kMountTypes[] = {
    {"bind", &take_bind, "src, bind-propagation, bind-nonrecursive, idmap, relabel and options as exec"},
    {"volume", &take_volume, "src, volume-nocopy, volume-subpath, idmap and options as exec"},
    {"tmpfs", &take_memory, "tmpfs-size, tmpfs-mode, tmpcopyup, notmpcopyup, noswap, exec"},
    {"ramfs", &take_memory, "mode, exec"},
    {"image", &take_image, "src"},
    {"glob", &take_bind, "src, bind-propagation, bind-nonrecursive, idmap and options as exec"},
    {"devpts", &take_devpts, "uid, gid, mode, max"},
};

Result<std::vector<Mount>> expand_glob(const Mount& mount, std::string_view whole) {
  glob_t found{};
  const int status = ::glob(mount.source.c_str(), 0, nullptr, &found);
  std::vector<Mount> mounts;
  for (std::size_t i = 0; status == 0 && i < found.gl_pathc; ++i) {
    Mount& each = mounts.emplace_back(mount);
    each.type = "bind";
    each.source = found.gl_pathv[i];
    // Without dst each keeps its own path, as podman has it.
    each.target = mount.target.empty()
                      ? each.source
                      : linux::clean_path(mount.target + "/" + std::string(cut_last(each.source, '/').after));
    finish_bind(each);
  }
  globfree(&found);
  if (mounts.empty()) return fail(Code::not_found, "'{}': no file matches {}", whole, mount.source);
  return mounts;
}

Result<> finish_mount(Mount& mount, std::string_view whole) {
  if (mount.target.empty()) return fail(Code::invalid, "'{}' has no dst=PATH", whole);
  if (mount.type == "tmpfs" || mount.type == "ramfs") {
    finish_memory(mount);
    return {};
  }
  if (mount.type == "devpts") {
    mount.source = "devpts";
    mount.options.insert(mount.options.end(), {"nosuid", "noexec", "newinstance", "ptmxmode=0666"});
    return {};
  }
  if (mount.type == "volume") {
    mount.anonymous = mount.source.empty();
    if (!mount.anonymous) TRY(check_name(mount.source, "volume"));
  } else if (mount.source.empty()) {
    return fail(Code::invalid, "'{}' has no src={}", whole, mount.type == "image" ? "IMAGE" : "PATH");
  }
  if (mount.type != "image") finish_bind(mount);
  return {};
}

}  // namespace

Result<Mount> parse_volume(std::string_view text) {
  const std::vector<std::string> parts = split_escaped(text, ':');
  if (parts.size() > 3) return fail(Code::invalid, "'{}' is not [SOURCE:]TARGET[:OPTIONS]", text);
  Mount mount;
  mount.type = !parts[0].starts_with('/') || parts.size() == 1 ? "volume" : "bind";
  mount.anonymous = parts.size() == 1;
  mount.target = TRY(absolute(parts.size() == 1 ? parts[0] : parts[1], "target", text));
  if (mount.type == "bind") {
    mount.source = TRY(absolute(parts[0], "source", text));
  } else if (!mount.anonymous) {
    TRY(with_context(check_name(parts[0], "volume"), "'{}'", text));
    mount.source = parts[0];
  }
  if (parts.size() == 3)
    for (const auto& option : split(parts[2], ',')) TRY(add_volume_option(mount, option, text));
  TRY(check_overlay(mount, text));
  finish_bind(mount);
  return mount;
}

Result<std::vector<Mount>> parse_mount(std::string_view text) {
  const std::vector<std::string> members = split_quoted(text);
  Mount mount{.type = "volume"};
  for (const auto& member : members)
    if (auto halves = cut(member, '='); halves.before == "type") mount.type = halves.after;
  const auto* type = std::ranges::find(kMountTypes, mount.type, &MountType::name);
  if (type == std::end(kMountTypes))
    return fail(Code::unsupported, "'{}': there are no mounts of type '{}'", text, mount.type)
        .with_cure("use bind, volume, tmpfs, image, glob, ramfs or devpts");
  for (const auto& member : members) {
    const Halves halves = cut(member, '=');
    if (TRY(take_common(mount, halves, text)) || TRY(type->take(mount, halves, text))) continue;
    return fail(Code::invalid, "'{}': a {} mount has no '{}'", text, mount.type, halves.before)
        .with_cure(fmt::format("members are type, dst, ro, rw, U, {}", type->members));
  }
  if (mount.type == "glob") return expand_glob(mount, text);
  TRY(finish_mount(mount, text));
  return std::vector{std::move(mount)};
}

Result<Mount> parse_tmpfs(std::string_view text) {
  const Halves halves = cut(text, ':');
  Mount mount{.type = "tmpfs"};
  mount.target = TRY(absolute(halves.before, "target", text));
  if (halves.found)
    for (auto& option : split(halves.after, ','))
      if (!option.empty() && option != "z" && option != "Z") mount.options.push_back(std::move(option));
  finish_memory(mount);
  return mount;
}

}  // namespace gantry::engine
