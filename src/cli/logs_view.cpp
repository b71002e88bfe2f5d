#include "cli/logs_view.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/log_printer.hpp"
#include "cli/moment.hpp"

#include <array>
#include <thread>

namespace gantry::cli {

namespace {

Result<engine::LogOptions> log_options(const LogsOptions& asked) {
  engine::LogOptions options{.follow = asked.follow, .tail = {}, .since = {}, .until = {}};
  if (asked.tail != "all" && asked.tail != "-1")
    options.tail = TRY(with_context(parse_unsigned(asked.tail), "option --tail"));
  const Timestamp start = now();
  if (!asked.since.empty()) options.since = TRY(with_context(read_moment(asked.since, start), "option --since"));
  if (!asked.until.empty()) options.until = TRY(with_context(read_moment(asked.until, start), "option --until"));
  return options;
}

/// What stands in front of the lines of the container with this number.
std::string prefix_of(const engine::Container& container, const LogsOptions& options, std::size_t number, bool alone) {
  if (alone && !options.names && !options.color) return {};
  const std::string label = options.names ? container.name : short_id(container.id);
  if (!options.color) return label + " ";
  constexpr std::array<int, 6> kColors{31, 32, 33, 34, 35, 36};
  return fmt::format("\x1b[{}m{}\x1b[0m ", kColors[number % kColors.size()], label);
}

Result<> show_one(engine::Engine& engine, const LogsOptions& options, const std::string& name, std::size_t number,
                  bool alone) {
  const auto container = TRY(engine.find(name));
  const auto how = TRY(log_options(options));
  LogPrinter printer({.timestamps = options.timestamps,
                      .at_once = options.follow,
                      .prefix = prefix_of(container, options, number, alone)});
  TRY(engine.logs(container.id, how, [&](const engine::LogEntry& entry) { return printer.add(entry); }));
  return printer.flush();
}

int follow_all(const Globals& globals, const LogsOptions& options, const std::vector<std::string>& names) {
  std::vector<int> failed(names.size(), 0);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < names.size(); ++i)
      threads.emplace_back([&, i] {
        // An engine is of one thread.
        auto engine = open_engine(globals);
        auto shown = engine ? show_one(*engine, options, names[i], i, false) : Result<>(engine.error());
        if (shown) return;
        log::error("{}", shown.error().message());
        failed[i] = 125;
      });
  }
  for (int status : failed)
    if (status != 0) return status;
  return 0;
}

}  // namespace

Result<int> show_logs(const Globals& globals, const LogsOptions& options, const std::vector<std::string>& names) {
  TRY(log_options(options));
  if (options.follow && names.size() > 1) return follow_all(globals, options, names);
  auto engine = TRY(open_engine(globals));
  std::size_t number = 0;
  for (const auto& name : names) TRY(show_one(engine, options, name, number++, names.size() == 1));
  return 0;
}

}  // namespace gantry::cli
