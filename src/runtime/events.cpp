#include "runtime/events.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "linux/process.hpp"
#include "runtime/state_folder.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

namespace gantry::runtime {

namespace {

/// A container that runs: its cgroup, and a descriptor that tells when it ends.
struct Running {
  linux::Cgroup cgroup;
  Fd init;
};

Result<Running> open_running(const Settings& settings, const std::string& id) {
  // Not held any longer: watching takes as long as the container lives.
  StateFolder folder = TRY(StateFolder::open(settings, id));
  Record record = TRY(folder.read());
  if (status_of(folder, record) == oci::Status::stopped) return fail(Code::invalid, "container '{}' is stopped", id);
  auto cgroup = TRY(cgroup_of(record));
  if (!cgroup) return fail(Code::unsupported, "container '{}' has no cgroup", id);
  Fd init = TRY(linux::open_pidfd(record.pid));
  if (!linux::process_alive(record.pid, record.start_time)) return fail(Code::invalid, "container '{}' is stopped", id);
  return Running{std::move(*cgroup), std::move(init)};
}

/// Becomes readable when the kernel kills for want of memory, and perhaps at other times: see take().
class OomNotice {
 public:
  static Result<OomNotice> open(const linux::Cgroup& cgroup) {
    OomNotice notice(cgroup);
    if (!cgroup.has("memory")) return notice;
    TRY(cgroup.is_v2("memory") ? notice.watch_v2() : notice.watch_v1());
    notice.kills_ = cgroup.oom_kills();
    return notice;
  }

  int fd() const { return fd_.get(); }

  /// How many kills there were since the last call.
  std::uint64_t take() {
    char ignored[4096];
    while (read(fd_.get(), ignored, sizeof ignored) > 0) {
    }
    std::uint64_t all = cgroup_.oom_kills(), fresh = all > kills_ ? all - kills_ : 0;
    kills_ = std::max(all, kills_);
    return fresh;
  }

 private:
  explicit OomNotice(const linux::Cgroup& cgroup) : cgroup_(cgroup) {}

  Result<> watch_v2() {
    fd_ = Fd(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    std::string file = cgroup_.folder("memory") + "/memory.events";
    if (!fd_.valid() || inotify_add_watch(fd_.get(), file.c_str(), IN_MODIFY) < 0)
      return Error::system("watch {}", file);
    return {};
  }

  Result<> watch_v1() {
    fd_ = Fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!fd_.valid()) return Error::system("make an eventfd");
    control_ = TRY(open_file(cgroup_.folder("memory") + "/memory.oom_control", O_RDONLY));
    return cgroup_.write("memory", "cgroup.event_control", fmt::format("{} {}", fd_.get(), control_.get()));
  }

  const linux::Cgroup& cgroup_;
  Fd fd_, control_;
  std::uint64_t kills_ = 0;
};

}  // namespace

Result<Stats> stats(const Settings& settings, const std::string& id) {
  return read_stats(TRY(open_running(settings, id)).cgroup);
}

Result<> watch(const Settings& settings, const std::string& id, std::int64_t interval, const Watcher& watcher) {
  Running running = TRY(open_running(settings, id));
  OomNotice notice = TRY(OomNotice::open(running.cgroup));
  std::int64_t next = monotonic() + interval;
  while (true) {
    std::array<pollfd, 2> ready{pollfd{running.init.get(), POLLIN, 0}, pollfd{notice.fd(), POLLIN, 0}};
    constexpr std::int64_t kMillisecond = 1'000'000;
    std::int64_t left = std::clamp<std::int64_t>((next - monotonic()) / kMillisecond + 1, 0, INT_MAX);
    if (poll(ready.data(), ready.size(), static_cast<int>(left)) < 0 && errno != EINTR)
      return Error::system("watch container '{}'", id);
    for (auto kills = notice.take(); kills > 0; --kills) TRY(watcher.on_oom());
    if (ready[0].revents != 0) return {};
    if (monotonic() < next) continue;
    TRY(watcher.on_stats(read_stats(running.cgroup)));
    next += interval;
  }
}

}  // namespace gantry::runtime
