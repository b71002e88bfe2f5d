#include "engine/stopping.hpp"

#include "base/file.hpp"
#include "engine/crew.hpp"
#include "linux/process.hpp"
#include "wire/monitor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>

namespace gantry::engine {

namespace {

/// A process in uninterruptible sleep may outlive SIGKILL.
constexpr std::int64_t kKillTimeout = 10 * kSecond;

Result<> send(const Fd& init, const std::string& name, int signal) {
  auto sent = linux::send_signal(init, signal);
  // It may have ended just now.
  if (!sent && sent.error().os_error() == ESRCH) return {};
  return with_context(std::move(sent), "container '{}'", name);
}

/// Tells the monitors of containers that are being stopped that we clean up after them, as long as we live. The marks
/// are names of one file, so that one lock does for any number of containers.
class StopMarks {
 public:
  Result<> put(const RunFolder& folder) {
    const std::string path = folder.file(wire::kStop);
    // Somebody else may be stopping it too: that mark is as good.
    if (!last_.empty() && (link(last_.c_str(), path.c_str()) == 0 || errno == EEXIST)) return {};
    Fd mark = TRY(open_file(path, O_WRONLY | O_CREAT, 0600));
    // Free, or of the same kind: the monitor alone wants it for itself, and then has nothing left to wait for.
    if (flock(mark.get(), LOCK_SH | LOCK_NB) < 0) return {};
    locked_.push_back(std::move(mark));
    last_ = path;
    return {};
  }

 private:
  std::string last_;  ///< a name of the file that was locked last; it goes with its container
  std::vector<Fd> locked_;
};

/// One of several containers that are being stopped: its end is waited for together with that of the others.
class Stopping {
 public:
  /// Sends the stop signal; without a timeout SIGKILL.
  static Result<Stopping> begin(Engine::State& state, const std::string& name, std::optional<unsigned> timeout,
                                StopMarks& marks) {
    Stopping one(state, name);
    one.record_ = TRY(TRY(state.records())->find(name));
    const RunFolder folder = state.run_folder(one.record_.id);
    Observation seen = state.look(one.record_.id);
    if (!observe(one.record_, seen).running() && folder.exists()) {
      TRY(one.cancel_restart(folder));
      seen = state.look(one.record_.id);
    }
    const Status status = observe(one.record_, seen).status;
    if (status != Status::running && status != Status::paused) return one;
    TRY(marks.put(folder));
    one.start_ = *seen.start;
    auto init = one.start_.open();
    if (!init) {
      // It has ended by itself, perhaps before the mark was there.
      TRY(folder.wait_for_exit(one.start_));
      TRY(one.cancel_restart(folder));
      return one;
    }
    one.init_ = std::move(*init);
    const unsigned seconds = timeout.value_or(one.record_.config.stop_timeout);
    if (seconds == 0) TRY(one.kill());
    else TRY(one.ask(seconds));
    // A paused one would not notice.
    if (status == Status::paused) best_effort(runtime::resume(state.runtime(), one.record_.id));
    state.report(one.record_, "stop");
    return one;
  }

  const std::string& name() const { return name_; }
  /// Readable when it has ended; -1: there is nothing to wait for.
  int fd() const { return init_.get(); }
  std::int64_t deadline() const { return deadline_; }

  /// At the deadline: kills it, or gives up.
  Result<> press() {
    if (!killed_) return kill();
    return fail(Code::busy, "container '{}' does not die: its process hangs in the kernel", name_);
  }
  /// It has ended.
  Result<> finish(const AfterStop& after) {
    if (init_) TRY(state_->run_folder(record_.id).wait_for_exit(start_));
    return after(record_.id);
  }

 private:
  Stopping(Engine::State& state, const std::string& name) : state_(&state), name_(name) {}

  /// Who removes these marks keeps the monitor from starting it again. Under the lock: a restart is over then, or will
  /// not happen.
  Result<> cancel_restart(const RunFolder& folder) {
    const auto held = TRY(state_->hold(record_.id));
    TRY(folder.clear(wire::kRestarting));
    return folder.clear(wire::kRestart);
  }
  Result<> ask(unsigned seconds) {
    deadline_ = monotonic() + std::min<std::int64_t>(seconds, 1'000'000) * kSecond;
    return send(init_, name_, TRY(linux::parse_signal(record_.config.stop_signal)));
  }
  Result<> kill() {
    killed_ = true;
    deadline_ = monotonic() + kKillTimeout;
    return send(init_, name_, SIGKILL);
  }

  Engine::State* state_;
  std::string name_;
  Record record_;
  StartRecord start_;
  Fd init_;
  std::int64_t deadline_ = 0;  ///< monotonic()
  bool killed_ = false;
};

/// Waits until one of them has ended or is at its deadline.
std::vector<pollfd> wait_for_one(const std::vector<Stopping>& all) {
  std::vector<pollfd> polled;
  std::int64_t next = INT64_MAX;
  bool any_over = false;
  for (const Stopping& one : all) {
    polled.push_back({one.fd(), POLLIN, 0});
    any_over |= one.fd() < 0;
    if (one.fd() >= 0) next = std::min(next, one.deadline());
  }
  const std::int64_t left = any_over ? 0 : std::clamp<std::int64_t>((next - monotonic()) / 1'000'000 + 1, 0, INT_MAX);
  while (poll(polled.data(), polled.size(), static_cast<int>(left)) < 0 && errno == EINTR) continue;
  return polled;
}

/// All by this process.
void stop_share(Engine::State& state, const std::vector<std::string>& names, std::optional<unsigned> timeout,
                const AfterStop& after, const NameSink& done) {
  StopMarks marks;
  std::vector<Stopping> all;
  for (const auto& name : names) {
    auto begun = Stopping::begin(state, name, timeout, marks);
    if (begun) all.push_back(std::move(*begun));
    else done(name, std::move(begun.error()));
  }
  while (!all.empty()) {
    const std::vector<pollfd> polled = wait_for_one(all);
    std::vector<Stopping> rest;
    for (std::size_t i = 0; i < all.size(); ++i) {
      Stopping& one = all[i];
      if (polled[i].fd < 0 || polled[i].revents != 0) {
        done(one.name(), one.finish(after));
      } else if (auto pressed = monotonic() < one.deadline() ? Result<>() : one.press(); pressed) {
        rest.push_back(std::move(one));
      } else {
        done(one.name(), std::move(pressed));
      }
    }
    all = std::move(rest);
  }
}

}  // namespace

void stop_all(Engine::State& state, const std::vector<std::string>& names, std::optional<unsigned> timeout,
              const AfterStop& after, const NameSink& done) {
  // Each container costs a few milliseconds, half of them waiting for the kernel.
  constexpr std::size_t kWorthwhile = 8, kMost = 4;
  const std::size_t processes = std::min(names.size() / kWorthwhile, kMost);
  if (processes < 2) return stop_share(state, names, timeout, after, done);
  state.opened_records.reset();
  share_out(
      names, processes,
      [&](const std::vector<std::string>& share, const NameSink& tell) {
        stop_share(state, share, timeout, after, tell);
      },
      done);
}

Result<> Engine::stop(const std::string& name, std::optional<unsigned> timeout) {
  Result<> done;
  stop(std::vector{name}, timeout, [&](const std::string&, Result<> result) { done = std::move(result); });
  return done;
}

void Engine::stop(const std::vector<std::string>& names, std::optional<unsigned> timeout, const NameSink& done) {
  stop_all(
      *state_, names, timeout, [this](const std::string& id) { return state_->clean_up(id); }, done);
}

Result<> Engine::kill(const std::string& name, int signal) {
  const Record record = TRY(TRY(state_->records())->find(name));
  const Observation seen = state_->look(record.id);
  if (!observe(record, seen).running())
    return fail(Code::failed, "container '{}' is not running", name).with_cure("`gantry ps` lists those that run");
  auto init = seen.start->open();
  if (!init) return {};  // it has ended by itself
  TRY(send(*init, name, signal));
  // On cgroup v1 a paused one would not even notice SIGKILL.
  if (signal == SIGKILL && seen.paused) best_effort(runtime::resume(state_->runtime(), record.id));
  state_->report(record, "kill", {.attributes = {{"signal", linux::signal_name(signal)}}});
  return {};
}

}  // namespace gantry::engine
