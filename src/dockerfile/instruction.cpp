#include "dockerfile/instruction.hpp"

#include "base/text.hpp"
#include "dockerfile/show.hpp"

#include <algorithm>
#include <array>

namespace gantry::dockerfile {

namespace {

using Kind = FlagRule::Kind;

constexpr FlagRule kRunFlags[] = {{"mount", Kind::list}, {"network"}, {"security"}, {"device", Kind::list}};
constexpr FlagRule kCopyFlags[] = {
    {"from"}, {"chown"}, {"chmod"}, {"link", Kind::boolean}, {"parents", Kind::boolean}, {"exclude", Kind::list}};
constexpr FlagRule kAddFlags[] = {{"chown"},
                                  {"chmod"},
                                  {"link", Kind::boolean},
                                  {"checksum"},
                                  {"keep-git-dir", Kind::boolean},
                                  {"unpack", Kind::boolean},
                                  {"exclude", Kind::list}};
constexpr FlagRule kHealthcheckFlags[] = {{"interval"}, {"timeout"}, {"start-period"}, {"start-interval"}, {"retries"}};

struct InstructionRule {
  std::string_view name;
  Result<Operation> (*read)(const Statement&);
  std::span<const FlagRule> flags;
  bool takes_heredocs = false;
};

constexpr InstructionRule kInstructions[] = {
    {"ADD", read_add, kAddFlags, true},
    {"ARG", read_arg, {}},
    {"CMD", read_cmd, {}},
    {"COPY", read_copy, kCopyFlags, true},
    {"ENTRYPOINT", read_entrypoint, {}},
    {"ENV", read_env, {}},
    {"EXPOSE", read_expose, {}},
    {"HEALTHCHECK", read_healthcheck, kHealthcheckFlags},
    {"LABEL", read_label, {}},
    {"MAINTAINER", read_maintainer, {}},
    {"ONBUILD", read_on_build, {}},
    {"RUN", read_run, kRunFlags, true},
    {"SHELL", read_shell, {}},
    {"STOPSIGNAL", read_stop_signal, {}},
    {"USER", read_user, {}},
    {"VOLUME", read_volume, {}},
    {"WORKDIR", read_workdir, {}},
};

constexpr auto kNames = [] {
  std::array<std::string_view, std::size(kInstructions) + 1> names;
  std::size_t at = 0;
  for (const auto& rule : kInstructions) names[at++] = rule.name;
  names[at] = "FROM";
  return names;
}();

const InstructionRule* find_rule(std::string_view name) {
  const auto* found = std::ranges::find(kInstructions, name, &InstructionRule::name);
  return found == std::end(kInstructions) ? nullptr : found;
}

}  // namespace

std::span<const std::string_view> instruction_names() { return kNames; }

bool takes_heredocs(std::string_view name) {
  const auto* rule = find_rule(name);
  return rule && rule->takes_heredocs;
}

Result<Operation> read_operation(Statement& statement) {
  const auto* rule = find_rule(statement.name);
  if (!rule) {
    return statement.error(
        quoted(statement.keyword) + " is no instruction",
        did_you_mean(statement.keyword, kNames,
                     "a line that goes on the one above needs an escape character at that one's end"));
  }
  TRY(read_flags(statement, rule->flags));
  return rule->read(statement);
}

Result<Command> read_command(const Statement& statement, std::size_t from) {
  const auto text = statement.arguments.substr(from);
  auto words = json_words(text);
  if (!words) {
    return statement.error(Word{{}, statement.arguments_at + from, text.size()}, words.error().text(),
                           "put each word in double quotes");
  }
  Command command;
  if (*words) {
    command.words = std::move(**words);
    return command;
  }
  command.is_shell = true;
  command.words.emplace_back(text);
  command.heredocs = statement.heredocs;
  return command;
}

Result<std::string> one_argument(const Statement& statement, std::string_view example) {
  if (!statement.arguments.empty()) return std::string(statement.arguments);
  return statement.error(statement.name + " has no argument", fmt::format("write it as {}", example));
}

Result<std::vector<Word>> word_list(const Statement& statement) {
  auto words = json_words(statement.arguments);
  if (!words) {
    return statement.error(Word{{}, statement.arguments_at, statement.arguments.size()}, words.error().text(),
                           "put each word in double quotes");
  }
  if (!*words) return split_blanks(statement.arguments, statement.arguments_at);
  std::vector<Word> list;
  for (auto& word : **words) list.push_back({std::move(word), statement.arguments_at, statement.arguments.size()});
  return list;
}

}  // namespace gantry::dockerfile
