#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "linux/cgroup.hpp"
#include "linux/process.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <set>

// The half of Cgroup that is about the processes inside: to list, stop, signal and outlive them.

namespace gantry::linux {

namespace {

constexpr std::int64_t kMillisecond = kSecond / 1000;
constexpr std::int64_t kFreezeTime = 10 * kSecond;
constexpr std::int64_t kSignalTime = 10 * kSecond;
constexpr std::int64_t kRemoveTime = 2 * kSecond;

void pause_for_a_millisecond() {
  timespec pause{0, kMillisecond};
  nanosleep(&pause, nullptr);
}

int milliseconds_until(std::int64_t deadline) {
  return static_cast<int>(std::clamp<std::int64_t>((deadline - monotonic()) / kMillisecond, 0, 60000));
}

/// A cgroup may go at any time: then it has nothing.
bool is_gone(const Error& error) { return error.os_error() == ENOENT || error.os_error() == ENODEV; }

std::vector<std::string> cgroups_below(const std::string& folder) {
  std::vector<std::string> found;
  std::unique_ptr<DIR, int (*)(DIR*)> stream(opendir(folder.c_str()), closedir);
  if (!stream) return found;
  while (const dirent* entry = readdir(stream.get())) {
    std::string_view name = entry->d_name;
    if (entry->d_type == DT_DIR && name != "." && name != "..") found.push_back(fmt::format("{}/{}", folder, name));
  }
  return found;
}

Result<> collect_pids(const std::string& folder, std::vector<pid_t>& pids) {
  auto text = read_file(folder + "/cgroup.procs");
  // Threaded cgroups do not list processes: the one above them does (cgroups(7)).
  if (!text && text.error().os_error() != EOPNOTSUPP && !is_gone(text.error())) return std::move(text.error());
  if (text)
    for (const auto& line : split(trim(*text), '\n'))
      // A process of a foreign pid namespace is listed as 0, and signals to 0 would reach ourselves.
      if (auto pid = parse_unsigned(line); pid && *pid != 0) pids.push_back(static_cast<pid_t>(*pid));
  for (const auto& below : cgroups_below(folder)) TRY(collect_pids(below, pids));
  return {};
}

bool says(std::string_view events, std::string_view line) {
  auto at = events.find(line);
  return at != std::string_view::npos && (at == 0 || events[at - 1] == '\n');
}

/// Waits on the file that the kernel notifies of (cgroup-v2.rst, "cgroup.events").
Result<> wait_until_frozen_v2(const std::string& folder) {
  std::string path = folder + "/cgroup.events";
  Fd events = TRY(open_file(path, O_RDONLY));
  std::int64_t deadline = monotonic() + kFreezeTime;
  while (true) {
    if (lseek(events.get(), 0, SEEK_SET) < 0) return Error::system("rewind {}", path);
    if (says(TRY(read_all(events, path)), "frozen 1")) return {};
    pollfd changed{events.get(), POLLPRI, 0};
    if (poll(&changed, 1, milliseconds_until(deadline)) == 0)
      return fail(Code::busy, "not all processes of cgroup {} stop", folder);
  }
}

/// v1 has no event, and a process may slip through while the state is FREEZING: so it is written again.
Result<> freeze_v1(const std::string& folder) {
  std::string path = folder + "/freezer.state";
  for (std::int64_t deadline = monotonic() + kFreezeTime; monotonic() < deadline; pause_for_a_millisecond()) {
    TRY(write_value(path, "FROZEN"));
    if (trim(TRY(read_file(path))) == "FROZEN") return {};
  }
  return fail(Code::busy, "not all processes of cgroup {} stop", folder);
}

/// Waits until one of the processes that keep `folder` busy has ended, or a moment.
void wait_for_an_exit(const std::string& folder, std::int64_t deadline) {
  std::vector<pid_t> pids;
  best_effort(collect_pids(folder, pids));
  auto process = pids.empty() ? Result<Fd>(Fd()) : open_pidfd(pids.front());
  if (process && process->valid()) {
    pollfd ended{process->get(), POLLIN, 0};
    poll(&ended, 1, milliseconds_until(deadline));
  } else {
    // It is past its exit and about to leave, or not ours to see: the kernel tells nobody when.
    pause_for_a_millisecond();
  }
}

Result<> remove_folder(const std::string& folder, std::int64_t deadline) {
  while (rmdir(folder.c_str()) < 0) {
    if (errno == ENOENT) return {};
    if (errno != EBUSY && errno != ENOTEMPTY) return Error::system("remove cgroup {}", folder);
    if (monotonic() >= deadline)
      return Error::from_errno(EBUSY, "remove cgroup " + folder).with_cure("end the processes in it first");
    auto below = cgroups_below(folder);
    for (const auto& one : below) TRY(remove_folder(one, deadline));
    if (below.empty()) wait_for_an_exit(folder, deadline);
  }
  return {};
}

}  // namespace

const Cgroup::Part& Cgroup::tracking_part() const {
  const Part* v2 = part_of("");
  return v2 != nullptr ? *v2 : parts_.front();
}

const Cgroup::Part* Cgroup::freezing_part() const {
  const Part* v2 = part_of("");
  if (v2 != nullptr && path_exists(v2->folder + "/cgroup.freeze")) return v2;  // Linux 5.2
  const Part* v1 = part_of("freezer");
  return v1 != nullptr && !v1->v2 ? v1 : nullptr;
}

std::uint64_t Cgroup::oom_kills() const {
  if (!has("memory")) return 0;
  // Both files have a line "oom_kill N".
  auto text = read("memory", is_v2("memory") ? "memory.events" : "memory.oom_control");
  for (const auto& line : text ? split(*text, '\n') : std::vector<std::string>())
    if (auto [key, count, found] = cut(line, ' '); key == "oom_kill") return parse_unsigned(count).value_or(0);
  return 0;
}

Result<std::vector<pid_t>> Cgroup::pids() const {
  std::vector<pid_t> pids;
  TRY(with_context(collect_pids(tracking_part().folder, pids), "list the processes of cgroup {}", path_));
  return pids;
}

Result<> Cgroup::freeze(bool frozen) const {
  const Part* part = freezing_part();
  if (part == nullptr)
    return fail(Code::unsupported, "cgroup {} cannot stop its processes", path_)
        .with_cure("this takes cgroup v2 or the v1 controller 'freezer'");
  if (!frozen)
    return part->v2 ? write_value(part->folder + "/cgroup.freeze", "0")
                    : write_value(part->folder + "/freezer.state", "THAWED");
  if (part->v2) TRY(write_value(part->folder + "/cgroup.freeze", "1"));
  auto done = part->v2 ? wait_until_frozen_v2(part->folder) : freeze_v1(part->folder);
  if (!done) best_effort(freeze(false));
  return done;
}

Result<bool> Cgroup::frozen() const {
  const Part* part = freezing_part();
  if (part == nullptr) return false;
  if (part->v2) return says(TRY(read_file(part->folder + "/cgroup.events")), "frozen 1");
  return trim(TRY(read_file(part->folder + "/freezer.state"))) != "THAWED";
}

Result<> Cgroup::kill_all(int signal) const {
  const Part& part = tracking_part();
  if (part.v2 && signal == SIGKILL) {
    auto killed = write_value(part.folder + "/cgroup.kill", "1");  // Linux 5.14
    bool too_old = !killed && killed.error().os_error() == ENOENT && path_exists(part.folder);
    if (!too_old) return killed || is_gone(killed.error()) ? Result<>() : killed;
  }
  // What is stopped cannot fork.
  bool was_frozen = frozen().value_or(false);
  bool stopped = was_frozen || freeze(true);
  auto done = signal_everyone(signal);
  // v1's frozen processes die only when they run again.
  if (stopped && (!was_frozen || signal == SIGKILL)) {
    auto thawed = freeze(false);
    if (done && !thawed && !is_gone(thawed.error())) return thawed;
  }
  return done;
}

Result<> Cgroup::signal_everyone(int signal) const {
  std::set<pid_t> signalled;
  std::int64_t deadline = monotonic() + kSignalTime;
  // A round that finds nobody new is the last one: who has a signal to die from does not get through fork(2) any more.
  while (true) {
    auto before = signalled.size();
    for (pid_t pid : TRY(pids())) {
      if (!signalled.insert(pid).second) continue;
      if (kill(pid, signal) < 0 && errno != ESRCH)
        return Error::system("send {} to process {} of cgroup {}", signal_name(signal), pid, path_);
    }
    if (signalled.size() == before) return {};
    if (monotonic() >= deadline)
      return fail(Code::busy, "the processes of cgroup {} multiply faster than they can be signalled", path_)
          .with_cure("limit their number with pids.max");
  }
}

Result<> Cgroup::remove() const {
  Result<> done;
  std::int64_t deadline = monotonic() + kRemoveTime;
  for (const Part& part : parts_)
    if (auto removed = remove_folder(part.folder, deadline); !removed && done) done = std::move(removed);
  return done;
}

}  // namespace gantry::linux
