#include "restart.hpp"

#include "clock.hpp"
#include "tiny/fd.hpp"
#include "tiny/text.hpp"

#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace gantry::monitor {

namespace {

using wire::RestartPolicy;

// docker's: twice as long each time, and from the beginning once a container has run well.
constexpr std::int64_t kFirstDelay = 100;
constexpr std::int64_t kLongestDelay = 60'000;
constexpr std::int64_t kRanWell = 10'000;

bool is_there(int folder, const char* name) { return faccessat(folder, name, F_OK, 0) == 0; }

}  // namespace

Restart::Restart(const wire::MonitorOrder& order) : order_(order), started_(monotonic_milliseconds()) {}

Restart::Policy Restart::policy_now() const {
  Policy policy{order_.restart_policy, order_.restart_tries};
  tiny::Fd file(openat(order_.run_fd, wire::kPolicy, O_RDONLY | O_CLOEXEC));
  char text[32] = {};
  if (!file || read(file.get(), text, sizeof text - 1) <= 0) return policy;
  char* end = nullptr;
  const unsigned long kind = strtoul(text, &end, 10);
  if (kind > static_cast<unsigned long>(RestartPolicy::always)) return policy;
  return {static_cast<RestartPolicy>(kind), static_cast<std::uint32_t>(strtoul(end, nullptr, 10))};
}

bool Restart::plan(const Children& children) {
  const Policy policy = policy_now();
  if (policy.kind == RestartPolicy::no || is_there(order_.run_fd, wire::kStop)) return false;
  if (policy.kind == RestartPolicy::on_failure) {
    if (children.code() == 0) return false;
    if (policy.tries > 0 && order_.restarts >= policy.tries) return false;
  }
  bool ran_well = monotonic_milliseconds() - started_ >= kRanWell;
  delay_ = ran_well || order_.restart_delay == 0 ? kFirstDelay : 2 * std::int64_t{order_.restart_delay};
  if (delay_ > kLongestDelay) delay_ = kLongestDelay;
  tiny::Fd file(openat(order_.run_fd, wire::kRestarting, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  return file && tiny::write_all(file.get(), tiny::Line<32>(tiny::Decimal(delay_), "\n"));
}

bool Restart::wait() const {
  // A change in the folder is the only sign of who takes the container over.
  tiny::Fd events(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  const tiny::Line<40> path("/proc/self/fd/", tiny::Decimal(order_.run_fd));
  char name[41] = {};
  std::string_view(path).copy(name, sizeof name - 1);
  if (events) inotify_add_watch(events.get(), name, IN_DELETE | IN_MOVED_FROM | IN_ONLYDIR);
  std::int64_t end = monotonic_milliseconds() + delay_;
  while (is_there(order_.run_fd, wire::kRestarting)) {
    std::int64_t left = end - monotonic_milliseconds();
    if (left <= 0) return renameat(order_.run_fd, wire::kRestarting, order_.run_fd, wire::kRestart) == 0;
    pollfd news{events.get(), POLLIN, 0};
    poll(&news, 1, static_cast<int>(left));
    char discarded[1024];
    while (read(events.get(), discarded, sizeof discarded) > 0) continue;
  }
  return false;
}

}  // namespace gantry::monitor
