// The instructions that change nothing but the configuration of the image.

#include "base/clock.hpp"
#include "base/text.hpp"
#include "dockerfile/instruction.hpp"
#include "dockerfile/show.hpp"

namespace gantry::dockerfile {

namespace {

constexpr std::int64_t kMillisecond = 1'000'000;

Result<std::vector<std::string>> some_words(const Statement& statement, std::string_view example) {
  std::vector<std::string> texts;
  for (auto& word : TRY(word_list(statement))) {
    if (trim(word.text).empty()) return statement.error(word, "an argument is empty", fmt::format("write {}", example));
    texts.push_back(std::move(word.text));
  }
  if (texts.empty()) return statement.error(statement.name + " has no argument", fmt::format("write {}", example));
  return texts;
}

Result<std::chrono::nanoseconds> read_time(const Statement& statement, std::string_view name) {
  const auto* flag = statement.flag(name);
  if (!flag || flag->value.empty()) return std::chrono::nanoseconds{};
  const auto time = parse_duration(flag->value);
  if (!time || (*time != 0 && *time < kMillisecond)) {
    return statement.error(flag->word,
                           fmt::format("--{} takes a time of at least 1ms, not {}", name, quoted(flag->value)),
                           "as in 30s, 1m30s, 500ms");
  }
  return std::chrono::nanoseconds(*time);
}

Result<int> read_retries(const Statement& statement) {
  const auto* flag = statement.flag("retries");
  if (!flag || flag->value.empty()) return 0;
  const auto number = parse_unsigned(flag->value);
  if (!number || *number > INT32_MAX) {
    return statement.error(flag->word, "--retries takes a number, not " + quoted(flag->value), "as in --retries=3");
  }
  return static_cast<int>(*number);
}

Result<Command> command_or_cure(const Statement& statement) {
  if (statement.arguments.empty()) {
    return statement.error(
        statement.name + " has no command",
        fmt::format("write {} [\"program\", \"argument\"], or {} [] for none", statement.name, statement.name));
  }
  return read_command(statement);
}

}  // namespace

Result<Operation> read_workdir(const Statement& statement) {
  auto path = TRY(one_argument(statement, "WORKDIR /path"));
  return Operation(Workdir{std::move(path)});
}

Result<Operation> read_user(const Statement& statement) {
  auto user = TRY(one_argument(statement, "USER name[:group]"));
  return Operation(User{std::move(user)});
}

Result<Operation> read_stop_signal(const Statement& statement) {
  auto signal = TRY(one_argument(statement, "STOPSIGNAL SIGTERM"));
  return Operation(StopSignal{std::move(signal)});
}

Result<Operation> read_maintainer(const Statement& statement) {
  auto name = TRY(one_argument(statement, "LABEL org.opencontainers.image.authors=…, which took MAINTAINER's place"));
  return Operation(Maintainer{std::move(name)});
}

Result<Operation> read_expose(const Statement& statement) {
  Expose expose;
  for (auto& word : split_blanks(statement.arguments, statement.arguments_at))
    expose.ports.push_back(std::move(word.text));
  if (expose.ports.empty()) return statement.error("EXPOSE has no port", "write EXPOSE 80 or EXPOSE 53/udp");
  return Operation(std::move(expose));
}

Result<Operation> read_volume(const Statement& statement) {
  auto paths = TRY(some_words(statement, "VOLUME /path"));
  return Operation(Volume{std::move(paths)});
}

Result<Operation> read_cmd(const Statement& statement) {
  auto command = TRY(command_or_cure(statement));
  return Operation(Cmd{std::move(command)});
}

Result<Operation> read_entrypoint(const Statement& statement) {
  auto command = TRY(command_or_cure(statement));
  return Operation(Entrypoint{std::move(command)});
}

Result<Operation> read_shell(const Statement& statement) {
  auto words = json_words(statement.arguments);
  if (!words || !*words || (*words)->empty()) {
    return statement.error("SHELL takes a JSON list with at least one word", "write SHELL [\"/bin/bash\", \"-c\"]");
  }
  return Operation(Shell{std::move(**words)});
}

Result<Operation> read_healthcheck(const Statement& statement) {
  const auto text = statement.arguments;
  std::size_t end = 0;
  while (end < text.size() && !is_blank(text[end])) ++end;
  const auto type = text.substr(0, end);
  const Word type_word{std::string(type), statement.arguments_at, end};
  const auto type_name = to_lower(type);
  while (end < text.size() && is_blank(text[end])) ++end;
  const bool has_more = end < text.size();

  Healthcheck check;
  if (type_name == "none") {
    if (has_more) return statement.error(type_word, "HEALTHCHECK NONE takes nothing behind it", "drop the rest");
    check.is_none = true;
    return Operation(std::move(check));
  }
  if (type_name != "cmd") {
    return statement.error(type.empty() ? Word{{}, statement.keyword_at, statement.keyword.size()} : type_word,
                           "HEALTHCHECK takes CMD or NONE" + (type.empty() ? std::string() : ", not " + quoted(type)),
                           "write HEALTHCHECK [--interval=30s …] CMD command");
  }
  if (!has_more) return statement.error(type_word, "HEALTHCHECK CMD has no command", "write it behind CMD");
  check.command = TRY(read_command(statement, end));
  if (check.command.words.empty())
    return statement.error(type_word, "HEALTHCHECK CMD has no command", "write it in the list");
  check.interval = TRY(read_time(statement, "interval"));
  check.timeout = TRY(read_time(statement, "timeout"));
  check.start_period = TRY(read_time(statement, "start-period"));
  check.start_interval = TRY(read_time(statement, "start-interval"));
  check.retries = TRY(read_retries(statement));
  return Operation(std::move(check));
}

Result<Operation> read_on_build(const Statement& statement) {
  if (statement.arguments.empty()) return statement.error("ONBUILD has no instruction", "write ONBUILD RUN …");
  auto inner = begin_statement(*statement.origin, *statement.line, statement.arguments_at);
  inner.heredocs = statement.heredocs;
  if (inner.name == "ONBUILD" || inner.name == "FROM" || inner.name == "MAINTAINER") {
    return inner.error(fmt::format("ONBUILD cannot have {} in it", inner.name), "any other instruction can be there");
  }
  TRY(read_operation(inner));  // a mistake shows now, not in the image that builds on this one
  OnBuild on_build{std::string(statement.arguments)};
  for (const auto& heredoc : statement.heredocs) on_build.instruction += "\n" + heredoc.content + heredoc.name;
  return Operation(std::move(on_build));
}

}  // namespace gantry::dockerfile
