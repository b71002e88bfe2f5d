#include "engine/user_files.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <initializer_list>
#include <optional>

namespace gantry::engine {

namespace {

/// The line of a passwd(5) or group(5) whose field has this value.
std::optional<std::string> find_line(std::string_view text, std::size_t field, std::string_view value) {
  for (const auto& line : split(text, '\n')) {
    const auto fields = split(line, ':');
    if (fields.size() > field && fields[field] == value) return line;
  }
  return {};
}

void add_line(std::string& text, std::string_view line) {
  if (!text.empty() && text.back() != '\n') text += '\n';
  text += line;
  text += '\n';
}

struct Filled {
  std::string_view name;
  std::string value;
};

/// podman's $NAMEs of --passwd-entry; the longer of two that begin alike comes first.
std::string fill_in(std::string line, std::initializer_list<Filled> values) {
  for (const auto& [name, value] : values)
    for (std::size_t at = 0; (at = line.find(name, at)) != std::string::npos; at += value.size())
      line.replace(at, name.size(), value);
  return line;
}

Result<> check_entry(std::string_view line, std::string_view option) {
  if (line.find('\n') == line.npos) return {};
  return fail(Code::invalid, "option --{}: the entry has several lines", option);
}

Result<> add_host_users(UserFiles& files, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  const std::string host = TRY(read_file("/etc/passwd"));
  for (const auto& name : names) {
    auto line = find_line(host, 0, name);
    if (!line) line = find_line(host, 2, name);
    if (!line) return fail(Code::not_found, "option --hostuser: the host has no user '{}'", name);
    if (!find_line(files.passwd, 0, split(*line, ':')[0])) add_line(files.passwd, *line);
  }
  return {};
}

}  // namespace

Result<UserFiles> add_users(const UserFiles& files, const ContainerConfig& config, const oci::Identity& user) {
  UserFiles made = files;
  if (config.no_passwd) return made;
  TRY(add_host_users(made, config.host_users));
  const std::string uid = std::to_string(user.uid), gid = std::to_string(user.gid);
  const std::string home = config.workdir.empty() ? "/" : config.workdir;
  if (!find_line(made.passwd, 2, uid)) {
    TRY(check_entry(config.passwd_entry, "passwd-entry"));
    const std::string entry =
        config.passwd_entry.empty() ? "$USERNAME:*:$UID:$GID:$NAME:$HOME:/bin/sh" : config.passwd_entry;
    add_line(made.passwd,
             fill_in(entry,
                     {{"$USERNAME", uid}, {"$UID", uid}, {"$GID", gid}, {"$NAME", "container user"}, {"$HOME", home}}));
  }
  if (!find_line(made.group, 2, gid)) {
    TRY(check_entry(config.group_entry, "group-entry"));
    const std::string entry = config.group_entry.empty() ? "$GROUPNAME:x:$GID:$USERLIST" : config.group_entry;
    add_line(made.group, fill_in(entry, {{"$GROUPNAME", gid}, {"$GID", gid}, {"$USERLIST", uid}}));
  }
  return made;
}

Result<std::vector<Mount>> write_user_files(const UserFiles& files, const ContainerConfig& config,
                                            const oci::Identity& user, const std::string& folder) {
  const UserFiles made = TRY(add_users(files, config, user));
  std::vector<Mount> mounts;
  // As podman has it, an image without these files does not get them, unless somebody is named for them.
  const bool asked = !config.host_users.empty() || !config.passwd_entry.empty() || !config.group_entry.empty();
  auto write = [&](const char* name, const std::string& before, const std::string& text) -> Result<> {
    const std::string target = fmt::format("/etc/{}", name);
    const bool covered = std::ranges::any_of(config.mounts, [&](const Mount& mount) { return mount.target == target; });
    if (text == before || covered || (before.empty() && !asked)) return {};
    const std::string source = folder + "/" + name;
    const Fd file = TRY(open_file(source, O_WRONLY | O_CREAT | O_TRUNC, 0644));
    if (fchmod(file.get(), 0644) < 0) return Error::system("set the mode of {}", source);
    mounts.push_back({"bind", source, target, {"bind", "rprivate"}});
    return write_all(file, text, source);
  };
  TRY(write("passwd", files.passwd, made.passwd));
  TRY(write("group", files.group, made.group));
  return mounts;
}

}  // namespace gantry::engine
