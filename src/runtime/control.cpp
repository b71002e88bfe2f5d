#include "linux/process.hpp"
#include "runtime/resources.hpp"
#include "runtime/runtime.hpp"
#include "runtime/scope.hpp"
#include "runtime/state_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace gantry::runtime {

namespace {

/// A container that is there, with what is known about it.
struct Subject {
  StateFolder folder;
  Record record;
  oci::Status status;
};

Result<Subject> open_subject(const Settings& settings, const std::string& id) {
  StateFolder folder = TRY(StateFolder::open(settings, id));
  Record record = TRY(folder.read());
  oci::Status status = status_of(folder, record);
  return Subject{std::move(folder), std::move(record), status};
}

Error not_in(const Subject& subject, std::string_view wanted) {
  return fail(Code::invalid, "container '{}' is {}, not {}", subject.record.id, oci::name_of(subject.status), wanted);
}

Result<linux::Cgroup> need_cgroup(const Subject& subject) {
  auto cgroup = TRY(cgroup_of(subject.record));
  if (!cgroup) return fail(Code::unsupported, "container '{}' has no cgroup", subject.record.id);
  return std::move(*cgroup);
}

/// Moves every process in `from` to `to`, also those that are forked meanwhile.
Result<> move_processes(const linux::Cgroup& from, const linux::Cgroup& to) {
  constexpr int kRounds = 100;  // against a fork bomb
  for (int round = 0; round < kRounds; ++round) {
    auto all = TRY(from.pids()), moved = TRY(to.pids());
    std::ranges::sort(moved);
    std::erase_if(all, [&](pid_t pid) { return std::ranges::binary_search(moved, pid); });
    if (all.empty()) return {};
    for (pid_t pid : all)
      if (auto added = to.add(pid); !added && added.error().os_error() != ESRCH) return added;
  }
  return fail(Code::busy, "the processes of cgroup {} fork faster than they can be moved", from.path());
}

/// A container is only in the v1 hierarchies that its config needs; new limits may need more of them.
Result<> join_further_hierarchies(Subject& subject, const linux::Cgroup& present, const oci::Resources& limits) {
  Record& record = subject.record;
  auto wanted = TRY(linux::Cgroup::create(record.cgroup, controllers_for(limits)));
  std::vector<std::string> fresh;
  for (auto& folder : wanted.folders())
    if (std::ranges::find(record.cgroup_folders, folder) == record.cgroup_folders.end())
      fresh.push_back(std::move(folder));
  if (fresh.empty()) return {};
  linux::Cgroup joined = TRY(linux::Cgroup::from_folders(record.cgroup, fresh));
  record.cgroup_folders.insert(record.cgroup_folders.end(), fresh.begin(), fresh.end());
  TRY(subject.folder.write(record));  // first, so that delete finds the new folders whatever happens
  return move_processes(present, joined);
}

}  // namespace

Result<> kill(const Settings& settings, const std::string& id, int signal, bool all) {
  Subject subject = TRY(open_subject(settings, id));
  auto cgroup = TRY(cgroup_of(subject.record));
  if (all && cgroup) return cgroup->kill_all(signal);
  if (subject.status == oci::Status::stopped) return not_in(subject, "running");
  Fd process = TRY(linux::open_pidfd(subject.record.pid));
  // The pid may have been given to another between the look at it and this.
  if (!linux::process_alive(subject.record.pid, subject.record.start_time)) return not_in(subject, "running");
  TRY(with_context(linux::send_signal(process, signal), "container '{}'", id));
  // A frozen process takes no signal but SIGKILL, and on v1 not even that.
  if (signal == SIGKILL && subject.status == oci::Status::paused && cgroup) TRY(cgroup->freeze(false));
  return {};
}

Result<std::vector<pid_t>> processes(const Settings& settings, const std::string& id) {
  Subject subject = TRY(open_subject(settings, id));
  return TRY(need_cgroup(subject)).pids();
}

Result<> pause(const Settings& settings, const std::string& id) {
  Subject subject = TRY(open_subject(settings, id));
  if (subject.status != oci::Status::running && subject.status != oci::Status::created)
    return not_in(subject, "running");
  return with_context(TRY(need_cgroup(subject)).freeze(true), "pause container '{}'", id);
}

Result<> resume(const Settings& settings, const std::string& id) {
  Subject subject = TRY(open_subject(settings, id));
  if (subject.status != oci::Status::paused) return not_in(subject, "paused");
  return with_context(TRY(need_cgroup(subject)).freeze(false), "resume container '{}'", id);
}

Result<> update(const Settings& settings, const std::string& id, const oci::Resources& resources) {
  Subject subject = TRY(open_subject(settings, id));
  if (subject.status == oci::Status::stopped) return not_in(subject, "running");
  oci::Resources limits = resources;
  // Memory without a limit fits below no limit of memory and swap together; runc lifts both as well.
  if (limits.memory && limits.memory->limit.value_or(0) < 0 && !limits.memory->swap) limits.memory->swap = -1;
  TRY(join_further_hierarchies(subject, TRY(need_cgroup(subject)), limits));
  if (!subject.record.unit.empty()) TRY(set_unit_limits(settings, subject.record.unit, limits));
  return with_context(apply_resources(TRY(need_cgroup(subject)), limits), "update container '{}'", id);
}

}  // namespace gantry::runtime
