#include "engine/state.hpp"
#include "linux/process.hpp"

#include <poll.h>

#include <cerrno>
#include <csignal>

namespace gantry::engine {

namespace {

constexpr int kForever = -1;
/// A process in uninterruptible sleep may outlive SIGKILL.
constexpr int kKillTimeout = 10'000;  // milliseconds

/// Waits for the end of a container's init and for its record. False when the time is up.
Result<bool> await_end(const RunFolder& folder, const Observation& seen, int milliseconds) {
  if (!seen.start || !seen.alive) return true;
  if (auto init = seen.start->open()) {
    pollfd ended{init->get(), POLLIN, 0};
    int got;
    do {
      got = poll(&ended, 1, milliseconds);
    } while (got < 0 && errno == EINTR);
    if (got == 0) return false;
  }
  TRY(folder.wait_for_exit());
  return true;
}

Result<> send(const Observation& seen, const std::string& name, int signal) {
  auto init = seen.start->open();
  if (!init) return {};  // it has ended by itself
  auto sent = linux::send_signal(*init, signal);
  // It may have ended just now.
  if (!sent && sent.error().os_error() == ESRCH) return {};
  return with_context(std::move(sent), "container '{}'", name);
}

Error unknown_exit(const std::string& name) {
  return fail(Code::failed, "the exit code of container '{}' is not known: it ended while nobody watched it", name);
}

}  // namespace

Result<int> Engine::wait(const std::string& name) {
  Records& records = *TRY(state_->records());
  const Record record = TRY(records.find(name));
  const Observation seen = state_->look(record.id);
  const Status status = observe(record, seen).status;
  if (status == Status::created || status == Status::creating)
    return fail(Code::failed, "container '{}' was never started", name);
  TRY(await_end(state_->run_folder(record.id), seen, kForever));
  TRY(state_->clean_up(record.id));
  const auto after = TRY(records.get(record.id));
  const auto exit = after ? after->exit : TRY(records.past_exit(record.id)).value_or(Exit{});
  if (!exit.code) return unknown_exit(name);
  return *exit.code;
}

Result<> Engine::kill(const std::string& name, int signal) {
  const Record record = TRY(TRY(state_->records())->find(name));
  const Observation seen = state_->look(record.id);
  if (!observe(record, seen).running())
    return fail(Code::failed, "container '{}' is not running", name).with_cure("`gantry ps` lists those that run");
  return send(seen, name, signal);
}

Result<> Engine::stop(const std::string& name, std::optional<unsigned> timeout) {
  const Record record = TRY(TRY(state_->records())->find(name));
  const Observation seen = state_->look(record.id);
  if (observe(record, seen).running()) {
    const RunFolder folder = state_->run_folder(record.id);
    TRY(send(seen, name, TRY(linux::parse_signal(record.config.stop_signal))));
    const auto milliseconds = std::min<std::uint64_t>(timeout.value_or(record.config.stop_timeout), 1'000'000) * 1000;
    if (!TRY(await_end(folder, seen, static_cast<int>(milliseconds)))) {
      TRY(send(seen, name, SIGKILL));
      if (!TRY(await_end(folder, seen, kKillTimeout)))
        return fail(Code::busy, "container '{}' does not die: its process {} hangs in the kernel", name,
                    seen.start->init.pid);
    }
  }
  return state_->clean_up(record.id);
}

}  // namespace gantry::engine
