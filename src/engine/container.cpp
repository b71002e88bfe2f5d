#include "engine/container.hpp"

#include "engine/observe.hpp"

namespace gantry::engine {

namespace {

std::string ended_text(std::string_view word, const Container& container, Timestamp now) {
  const std::string code = container.exit_code ? fmt::format("{}", *container.exit_code) : "unknown";
  if (container.finished == 0) return fmt::format("{} ({})", word, code);
  return fmt::format("{} ({}) {} ago", word, code, human_age(now - container.finished));
}

}  // namespace

std::string_view status_name(Status status) {
  switch (status) {
    case Status::creating:
      return "creating";
    case Status::created:
      return "created";
    case Status::running:
      return "running";
    case Status::paused:
      return "paused";
    case Status::restarting:
      return "restarting";
    case Status::exited:
      return "exited";
    case Status::removing:
      return "removing";
  }
  return "unknown";
}

std::vector<std::string> Container::argv() const {
  std::vector<std::string> all = config.entrypoint.value_or(std::vector<std::string>{});
  all.insert(all.end(), config.command.begin(), config.command.end());
  return all;
}

std::string status_text(const Container& container, Timestamp now) {
  switch (container.status) {
    case Status::running:
      return fmt::format("Up {}{}", human_age(now - container.started),
                         container.health.empty() ? "" : " (" + container.health + ")");
    case Status::paused:
      return "Paused";
    case Status::restarting:
      return ended_text("Restarting", container, now);
    case Status::exited:
      return ended_text("Exited", container, now);
    case Status::creating:
      return "Creating";
    case Status::created:
      return "Created";
    case Status::removing:
      return "Removing";
  }
  return {};
}

Container observe(const Record& record, const Observation& seen) {
  Container container{.id = record.id,
                      .name = record.name,
                      .image_id = record.image_id,
                      .image_name = record.image_name,
                      .created = record.created,
                      .started = record.started,
                      .restarts = record.restarts,
                      .config = record.config};
  auto ended = [&](const Exit& exit) {
    container.status = Status::exited;
    container.exit_code = exit.code;
    container.finished = exit.time;
    container.oom_killed = exit.oom_killed;
  };
  if (record.state == Record::State::removing) {
    container.status = Status::removing;
  } else if (seen.start) {
    // Later than the database: the record is written at the start, its row and the cleanup follow.
    container.started = seen.start->time;
    if (seen.exit) {
      ended(*seen.exit);
      if (seen.restarting) container.status = Status::restarting;
    } else if (seen.alive) {
      container.status = seen.paused ? Status::paused : Status::running;
      container.pid = seen.start->init.pid;
    } else {
      ended({});
    }
  } else if (record.state == Record::State::creating) {
    container.status = Status::creating;
  } else if (record.state == Record::State::created) {
    container.status = Status::created;
  } else {
    // `started` without a run folder: the machine went down with it.
    ended(record.exit);
  }
  return container;
}

}  // namespace gantry::engine
