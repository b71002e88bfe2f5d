#include "engine/state.hpp"

#include "base/file.hpp"
#include "engine/health.hpp"
#include "linux/process.hpp"
#include "wire/monitor.hpp"

#include <sys/stat.h>

namespace gantry::engine {

Engine::Engine(Settings settings) : state_(std::make_unique<State>()) { state_->settings = std::move(settings); }
Engine::Engine(Engine&&) noexcept = default;
Engine::~Engine() = default;

Result<Records*> Engine::State::records() {
  if (!opened_records) {
    auto opened = Records::open(settings.root + "/gantry.db");
    if (!opened && opened.error().code() == Code::not_found) {
      TRY(make_folders(settings.root, 0700));
      opened = Records::open(settings.root + "/gantry.db");
    }
    opened_records = TRY(std::move(opened));
  }
  return &*opened_records;
}

Result<store::Store*> Engine::State::store() {
  if (!opened_store) opened_store = TRY(store::Store::open(settings.root));
  return &*opened_store;
}

namespace {

/// Between the start of a container's process and its start record only the runtime knows of it; for good when the
/// process in between was killed.
std::optional<StartRecord> start_from_runtime(const runtime::Settings& settings, const std::string& id,
                                              const RunFolder& folder) {
  struct stat info;
  if (stat(folder.path().c_str(), &info) < 0) return {};
  auto found = runtime::state(settings, id);
  auto boot = boot_id();
  if (!found || found->state.status != oci::Status::running || !boot) return {};
  const auto process = linux::process_stat(found->state.pid);
  if (!process) return {};
  return StartRecord{.init = {found->state.pid, process->start_time},
                     .time = info.st_mtim.tv_sec * kSecond + info.st_mtim.tv_nsec,
                     .boot_id = std::move(*boot)};
}

}  // namespace

Observation Engine::State::look(const std::string& id) const {
  const RunFolder folder = run_folder(id);
  Observation seen{.start = folder.start()};
  if (!seen.start) seen.start = start_from_runtime(runtime(), id, folder);
  if (!seen.start) return seen;
  seen.exit = folder.exit();
  if (seen.exit) {
    seen.restarting = folder.has(wire::kRestarting) && folder.monitored();
    return seen;
  }
  seen.alive = seen.start->alive();
  seen.paused = seen.alive && folder.has(kPaused);
  if (seen.alive) return seen;
  // It ended meanwhile, or the monitor is about to record its end: then it has not ended yet for us.
  const bool monitored = folder.monitored();
  seen.exit = folder.exit();
  seen.alive = !seen.exit && monitored;
  return seen;
}

Result<Container> Engine::State::find(const std::string& name) {
  Container container = see(TRY(TRY(records())->find(name)));
  // As for `ps`: half made, it is not a container yet, and never will be if its maker is dead.
  if (container.status == Status::creating)
    return fail(Code::not_found, "no container '{}'", name).with_cure("`gantry ps -a` lists them");
  return container;
}

Result<Container> Engine::State::find_running(const std::string& name) {
  Container container = TRY(find(name));
  if (container.running()) return container;
  return fail(Code::failed, "container '{}' is not running: it is {}", name, status_name(container.status))
      .with_cure(fmt::format("start it with: gantry start {}", name));
}

Result<pid_t> Engine::State::running_pid(const std::string& id) { return TRY(find_running(id)).pid; }

Result<std::optional<Held>> Engine::State::hold(const std::string& id) {
  auto lock = Lock::take(folder(id) + "/work", Lock::Mode::exclusive);
  if (!lock && lock.error().code() != Code::not_found) return std::move(lock.error());
  auto record = TRY(TRY(records())->get(id));
  std::optional<Held> held;
  if (!record) return held;
  held.emplace().record = std::move(*record);
  if (lock) held->lock = std::move(*lock);
  held->seen = look(id);
  return held;
}

Container Engine::State::see(const Record& record) const {
  Container container = observe(record, look(record.id));
  if (container.running() && has_health_check(container.config.health))
    container.health = read_health(health_path(record.id)).status;
  return container;
}

Result<Record> Engine::State::find_record(const std::string& name) { return TRY(records())->find(name); }

std::string Engine::State::log_path(const Record& record) const {
  return record.config.log.path.empty() ? folder(record.id) + "/log" : record.config.log.path;
}

namespace {

void report_to(const EventLog& log, const std::map<std::string, std::string>& labels, std::string_view what,
               Event event) {
  event.time = now();
  event.status = what;
  event.attributes.insert(labels.begin(), labels.end());
  // What has happened has happened, also where nobody can be told.
  best_effort(log.append(event));
}

}  // namespace

void Engine::State::report(const Record& record, std::string_view what, Event event) const {
  event.id = record.id;
  event.name = record.name;
  event.image = record.image_name;
  report_to(events(), record.config.labels, what, std::move(event));
}

void Engine::State::report(const Container& container, std::string_view what, Event event) const {
  event.id = container.id;
  event.name = container.name;
  event.image = container.image_name;
  report_to(events(), container.config.labels, what, std::move(event));
}

Result<Held> Engine::State::hold_by_name(const std::string& name) {
  const Record record = TRY(TRY(records())->find(name));
  auto held = TRY(hold(record.id));
  if (!held) return fail(Code::not_found, "container '{}' was removed just now", name);
  return std::move(*held);
}

Result<Container> Engine::find(const std::string& name) { return state_->find(name); }

Result<store::Store*> Engine::images() { return state_->store(); }

Result<> Engine::events(const EventQuery& query, const EventSink& sink) { return state_->events().read(query, sink); }

}  // namespace gantry::engine
