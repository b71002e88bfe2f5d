#include "engine/container.hpp"

#include "engine/observe.hpp"

namespace gantry::engine {

std::string_view status_name(Status status) {
  switch (status) {
    case Status::creating:
      return "creating";
    case Status::created:
      return "created";
    case Status::running:
      return "running";
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
      return fmt::format("Up {}", human_age(now - container.started));
    case Status::exited: {
      const std::string code = container.exit_code ? fmt::format("{}", *container.exit_code) : "unknown";
      if (container.finished == 0) return fmt::format("Exited ({})", code);
      return fmt::format("Exited ({}) {} ago", code, human_age(now - container.finished));
    }
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
    } else if (seen.alive) {
      container.status = Status::running;
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
