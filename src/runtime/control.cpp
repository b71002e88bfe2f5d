#include "linux/process.hpp"
#include "runtime/resources.hpp"
#include "runtime/runtime.hpp"
#include "runtime/state_folder.hpp"

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
  auto cgroup = cgroup_of(subject.record);
  if (!cgroup) return fail(Code::unsupported, "container '{}' has no cgroup", subject.record.id);
  return std::move(*cgroup);
}

}  // namespace

Result<> kill(const Settings& settings, const std::string& id, int signal, bool all) {
  Subject subject = TRY(open_subject(settings, id));
  auto cgroup = cgroup_of(subject.record);
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
  return with_context(apply_resources(TRY(need_cgroup(subject)), resources), "update container '{}'", id);
}

}  // namespace gantry::runtime
