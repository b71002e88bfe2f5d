#include "engine/state.hpp"

#include <poll.h>

#include <cerrno>
#include <thread>

namespace gantry::engine {

namespace {

/// Waits for the end of a container's init and for its record.
Result<> await_end(const RunFolder& folder, const Observation& seen) {
  if (!seen.start || !seen.alive) return {};
  if (auto init = seen.start->open()) {
    pollfd ended{init->get(), POLLIN, 0};
    while (poll(&ended, 1, -1) < 0 && errno == EINTR) continue;
  }
  return folder.wait_for_exit(*seen.start);
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
  TRY(await_end(state_->run_folder(record.id), seen));
  const Observation ended = state_->look(record.id);
  TRY(state_->clean_up(record.id));
  const auto after = TRY(records.get(record.id));
  const auto exit = ended.restarting ? ended.exit
                    : after          ? after->exit
                                     : TRY(records.past_exit(record.id)).value_or(Exit{});
  if (!exit->code) return unknown_exit(name);
  return *exit->code;
}

Result<std::optional<int>> Engine::wait_until(const std::string& name, const std::function<bool(const Container&)>& is,
                                              std::int64_t interval) {
  const std::string id = TRY(TRY(state_->records())->find(name)).id;
  while (true) {
    auto record = TRY(TRY(state_->records())->get(id));
    if (!record) return fail(Code::not_found, "container '{}' was removed", name);
    const Container container = state_->see(*record);
    if (is(container)) return container.exit_code;
    std::this_thread::sleep_for(std::chrono::nanoseconds(interval));
  }
}

}  // namespace gantry::engine
