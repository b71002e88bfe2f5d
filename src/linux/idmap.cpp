#include "linux/idmap.hpp"

#include "base/error_packet.hpp"
#include "base/file.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "base/variables.hpp"
#include "linux/process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace gantry::linux {

namespace {

constexpr std::uint64_t kIdSpace = std::uint64_t{1} << 32;

/// From /etc/passwd alone: NSS cannot be used in a static program. Empty when the user is not there.
std::string user_name(uid_t uid) {
  auto passwd = read_file("/etc/passwd");
  if (!passwd) return {};
  for (const auto& line : split(*passwd, '\n')) {
    auto fields = split(line, ':');
    if (fields.size() > 2 && fields[2] == std::to_string(uid)) return fields[0];
  }
  return {};
}

/// The ranges of /etc/subuid or /etc/subgid for a user, numbered from 1 on inside.
std::vector<IdMap> subordinate_ids(const std::string& path, std::string_view user, std::string_view number) {
  std::vector<IdMap> ranges;
  auto text = read_file(path);
  if (!text) return ranges;
  std::uint64_t inside = 1;
  for (const auto& line : split(*text, '\n')) {
    auto fields = split(line, ':');
    if (fields.size() != 3 || fields[0].empty() || (fields[0] != user && fields[0] != number)) continue;
    auto first = parse_unsigned(fields[1]), count = parse_unsigned(trim(fields[2]));
    if (!first || !count || *count == 0 || *count > kIdSpace || *first > kIdSpace - *count) continue;
    if (inside + *count > kIdSpace) break;
    ranges.push_back(
        {static_cast<std::uint32_t>(inside), static_cast<std::uint32_t>(*first), static_cast<std::uint32_t>(*count)});
    inside += *count;
  }
  return ranges;
}

std::string map_text(const std::vector<IdMap>& map) {
  std::string text;
  for (const IdMap& line : map) text += fmt::format("{} {} {}\n", line.inside, line.outside, line.count);
  return text;
}

Result<> map_by_helper(const char* program, pid_t pid, const std::vector<IdMap>& map) {
  Command command{{program, std::to_string(pid)}};
  for (const IdMap& line : map)
    for (std::uint32_t number : {line.inside, line.outside, line.count}) command.argv.push_back(std::to_string(number));
  auto done = command_output(command);
  if (done) return {};
  if (done.error().code() == Code::no_command)
    return std::move(done.error()).with_cure("install the package uidmap, which has newuidmap and newgidmap");
  return std::move(done.error())
      .with_cure("/etc/subuid and /etc/subgid must give these ids to the user: see subuid(5)");
}

bool is_own_id_only(const std::vector<IdMap>& map, std::uint32_t own) {
  return map.size() == 1 && map[0].outside == own && map[0].count == 1;
}

Result<> write_map(const std::string& path, const std::vector<IdMap>& map) {
  constexpr std::size_t kPage = 4096;  // the kernel takes less than one
  const std::string text = map_text(map);
  if (text.size() >= kPage)
    return fail(Code::invalid, "its {} ranges are longer than the {} bytes that the kernel takes", map.size(),
                kPage - 1)
        .with_cure("join some of them");
  return write_value(path, text);
}

bool refused(const Result<>& done) { return !done && done.error().os_error() == EPERM; }

Result<> write_uid_map(pid_t pid, const std::vector<IdMap>& map) {
  auto direct = write_map(fmt::format("/proc/{}/uid_map", pid), map);
  if (refused(direct) && !is_own_id_only(map, geteuid())) return map_by_helper("newuidmap", pid, map);
  return direct;
}

Result<> write_gid_map(pid_t pid, const std::vector<IdMap>& map) {
  std::string path = fmt::format("/proc/{}/gid_map", pid);
  auto direct = write_map(path, map);
  if (!refused(direct)) return direct;
  if (!is_own_id_only(map, getegid())) return map_by_helper("newgidmap", pid, map);
  // One may map the own group without privilege once nobody inside can drop groups that deny something.
  TRY(write_value(fmt::format("/proc/{}/setgroups", pid), "deny"));
  return write_map(path, map);
}

}  // namespace

bool in_initial_user_namespace() {
  auto map = read_file("/proc/self/uid_map");
  if (!map) return false;
  auto lines = split(trim(*map), '\n');
  auto [first, rest, found] = cut(trim(lines[0]), ' ');
  auto [second, count, more] = cut(trim(rest), ' ');
  return lines.size() == 1 && first == "0" && second == "0" && trim(count) == "4294967295";
}

Result<IdMaps> rootless_maps() {
  uid_t uid = geteuid();
  IdMaps maps{{{0, uid, 1}}, {{0, getegid(), 1}}};
  if (find_in_path("newuidmap").empty() || find_in_path("newgidmap").empty()) return maps;
  std::string user = user_name(uid), number = std::to_string(uid);
  auto uids = subordinate_ids("/etc/subuid", user, number);
  auto gids = subordinate_ids("/etc/subgid", user, number);
  // Users without groups, or the other way round, would serve no image.
  if (uids.empty() || gids.empty()) return maps;
  maps.uids.insert(maps.uids.end(), uids.begin(), uids.end());
  maps.gids.insert(maps.gids.end(), gids.begin(), gids.end());
  return maps;
}

Result<> write_id_maps(pid_t pid, const IdMaps& maps) {
  TRY(with_context(write_uid_map(pid, maps.uids), "map the user ids of process {}", pid));
  return with_context(write_gid_map(pid, maps.gids), "map the group ids of process {}", pid);
}

namespace {

/// The parent sends one byte when the maps are written; it closes the pipe when it cannot.
Result<> wait_for_maps(const Fd& pipe) {
  char byte;
  ssize_t got;
  do {
    got = read(pipe.get(), &byte, 1);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return Error::system("wait for the id maps");
  if (got == 0) return fail(Code::failed, "the id maps were not written");
  return {};
}

Result<> become_root() {
  // Fails where setgroups is denied; then there are no groups that could be dropped.
  if (setgroups(0, nullptr) < 0 && errno != EPERM) return Error::system("drop the supplementary groups");
  if (setresgid(0, 0, 0) < 0) return Error::system("become group 0 of the user namespace");
  if (setresuid(0, 0, 0) < 0) return Error::system("become user 0 of the user namespace");
  return {};
}

Result<> settle_in_user_namespace(const Fd& orders, pid_t parent) {
  TRY(wait_for_maps(orders));
  TRY(become_root());
  // Only now, as a change of user forgets it.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) return Error::system("ask to die with the parent");
  if (getppid() != parent) return fail(Code::failed, "the parent has ended");
  return {};
}

[[noreturn]] void run_child(Pipe report, Pipe orders, pid_t parent, const std::function<Result<>()>& work) {
  report.read.close();
  orders.write.close();
  auto done = settle_in_user_namespace(orders.read, parent);
  if (done) done = work();
  if (done) _exit(0);
  best_effort(write_all(report.write, pack_error(done.error()), "the parent's pipe"));
  _exit(1);
}

Result<ExitStatus> wait_for_exit(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return Error::system("wait for process {}", pid);
  return exit_status_of_wait(status);
}

/// Lives as long as it is needed: to have a namespace that can be opened.
[[noreturn]] void keep_namespace(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  while (getppid() == parent) pause();
  _exit(0);
}

}  // namespace

Result<Fd> make_user_namespace(const IdMaps& maps) {
  pid_t parent = getpid();
  Process keeper = TRY(with_context(clone_process({.flags = CLONE_NEWUSER}), "make a user namespace"));
  if (keeper.pid == 0) keep_namespace(parent);
  auto made = [&]() -> Result<Fd> {
    TRY(write_id_maps(keeper.pid, maps));
    return open_file(fmt::format("/proc/{}/ns/user", keeper.pid), O_RDONLY);
  }();
  best_effort(send_signal(keeper.pidfd, SIGKILL));
  TRY(wait_for_exit(keeper.pid));
  return made;
}

Result<> in_user_namespace(const IdMaps& maps, const std::function<Result<>()>& work) {
  Pipe report = TRY(make_pipe()), orders = TRY(make_pipe());
  pid_t parent = getpid();
  auto child = clone_process({.flags = CLONE_NEWUSER | CLONE_NEWNS});
  if (!child)
    return with_context(std::move(child), "make a user namespace")
        .error()
        .with_cure(
            "sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone or "
            "kernel.apparmor_restrict_unprivileged_userns may forbid it");
  if (child->pid == 0) run_child(std::move(report), std::move(orders), parent, work);

  report.write.close();
  auto mapped = write_id_maps(child->pid, maps);
  // Our own reading end stays open, so that a child that has died makes this no SIGPIPE.
  if (mapped) mapped = write_all(orders.write, "g", "the child's pipe");
  orders.write.close();
  auto message = read_all(report.read, "the child's pipe");
  ExitStatus status = TRY(wait_for_exit(child->pid));
  TRY(std::move(mapped));
  if (status.ok()) return {};
  if (status.signal != 0)
    return fail(Code::failed, "the process in the user namespace was ended by signal {}", status.signal);
  auto error = unpack_error(TRY(std::move(message)));
  return error ? *error : fail(Code::failed, "the process in the user namespace ended with code {}", status.code);
}

}  // namespace gantry::linux
