#include "oci/identity.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <optional>

namespace gantry::oci {

namespace {

struct PasswdEntry {
  std::string name;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::string home;
};

struct GroupEntry {
  std::string name;
  std::uint32_t gid = 0;
  std::vector<std::string> members;
};

constexpr std::uint32_t kNoId = ~0u;  // (uid_t)-1 means "unchanged" to the kernel

std::optional<std::uint32_t> parse_id(std::string_view text) {
  auto number = parse_unsigned(text);
  if (!number || *number >= kNoId) return {};
  return static_cast<std::uint32_t>(*number);
}

/// passwd(5): name:password:uid:gid:comment:home:shell
std::optional<PasswdEntry> parse_passwd_line(std::string_view line) {
  const auto fields = split(line, ':');
  if (fields.size() < 4) return {};
  auto uid = parse_id(fields[2]), gid = parse_id(fields[3]);
  if (!uid || !gid) return {};
  return PasswdEntry{fields[0], *uid, *gid, fields.size() > 5 ? fields[5] : std::string()};
}

/// group(5): name:password:gid:member,member
std::optional<GroupEntry> parse_group_line(std::string_view line) {
  const auto fields = split(line, ':');
  if (fields.size() < 3) return {};
  auto gid = parse_id(fields[2]);
  if (!gid) return {};
  GroupEntry entry{fields[0], *gid, {}};
  if (fields.size() > 3) entry.members = split(fields[3], ',');
  return entry;
}

/// The first entry for which `matches` holds.
template <class Entry, class Parse, class Matches>
std::optional<Entry> find_line(std::string_view text, Parse parse, Matches matches) {
  while (!text.empty()) {
    const Halves halves = cut(text, '\n');
    if (auto entry = parse(halves.before); entry && matches(*entry)) return entry;
    text = halves.after;
  }
  return {};
}

std::optional<PasswdEntry> find_user(std::string_view passwd, std::string_view wanted) {
  auto by_name = [&](const PasswdEntry& entry) { return entry.name == wanted; };
  if (auto entry = find_line<PasswdEntry>(passwd, parse_passwd_line, by_name)) return entry;
  auto id = parse_id(wanted);
  if (!id) return {};
  auto by_id = [&](const PasswdEntry& entry) { return entry.uid == *id; };
  return find_line<PasswdEntry>(passwd, parse_passwd_line, by_id);
}

Result<std::uint32_t> find_group(std::string_view group, std::string_view wanted) {
  auto by_name = [&](const GroupEntry& entry) { return entry.name == wanted; };
  if (auto entry = find_line<GroupEntry>(group, parse_group_line, by_name)) return entry->gid;
  if (auto id = parse_id(wanted)) return *id;
  return fail(Code::invalid, "there is no group '{}' in the container", wanted)
      .with_cure("give a number, or a name of its /etc/group");
}

void add_group(Identity& identity, std::uint32_t gid) {
  if (std::ranges::find(identity.groups, gid) == identity.groups.end()) identity.groups.push_back(gid);
}

void add_memberships(Identity& identity, std::string_view group, std::string_view user) {
  auto collect = [&](const GroupEntry& entry) {
    if (std::ranges::find(entry.members, user) != entry.members.end()) add_group(identity, entry.gid);
    return false;
  };
  find_line<GroupEntry>(group, parse_group_line, collect);
}

}  // namespace

Result<Identity> resolve_user(std::string_view user, std::span<const std::string> further_groups,
                              std::string_view passwd, std::string_view group) {
  const Halves halves = cut(user.empty() ? "0" : user, ':');
  if (halves.before.empty() || (halves.found && halves.after.empty()))
    return fail(Code::invalid, "'{}' is not a user", user).with_cure("write USER or USER:GROUP, each a name or an id");
  Identity identity;
  const auto entry = find_user(passwd, halves.before);
  if (entry) {
    identity = {entry->uid, entry->gid, {}, entry->home.empty() ? "/" : entry->home};
  } else if (auto id = parse_id(halves.before)) {
    identity.uid = *id;
    // Images without /etc/passwd know root all the same.
    if (*id == 0) identity.home = "/root";
  } else {
    return fail(Code::invalid, "there is no user '{}' in the container", halves.before)
        .with_cure("give a number, or a name of its /etc/passwd");
  }
  if (halves.found) identity.gid = TRY(find_group(group, halves.after));
  else if (entry) add_memberships(identity, group, entry->name);
  for (const auto& name : further_groups) add_group(identity, TRY(find_group(group, name)));
  return identity;
}

}  // namespace gantry::oci
