#include "dockerfile/parse.hpp"

#include "base/text.hpp"
#include "dockerfile/heredoc.hpp"
#include "dockerfile/instruction.hpp"
#include "dockerfile/show.hpp"

#include <algorithm>

namespace gantry::dockerfile {

namespace {

constexpr std::size_t kMaxSize = 16u << 20;
constexpr FlagRule kFromFlags[] = {{"platform"}};

/// Reads the contents of those heredocs that the line announces.
Result<> read_heredocs(LineReader& reader, const LogicalLine& line, Statement& statement) {
  auto name = statement.name;
  if (name == "ONBUILD") name = begin_statement(*statement.origin, line, statement.arguments_at).name;
  if (!takes_heredocs(name)) return {};
  for (auto& mark : find_heredocs(statement.arguments, statement.escape())) {
    TRY(reader.read_heredoc(mark.heredoc, line.at(statement.arguments_at + mark.offset, mark.width)));
    statement.heredocs.push_back(std::move(mark.heredoc));
  }
  return {};
}

/// `line` is the one that `statement` looks at; it is used up.
Result<Instruction> read_instruction(LineReader& reader, LogicalLine& line, Statement& statement) {
  TRY(read_heredocs(reader, line, statement));
  Instruction instruction{.operation = TRY(read_operation(statement)),
                          .keyword = statement.keyword,
                          .text = {},
                          .at = statement.at_keyword(),
                          .last_line = reader.line(),
                          .comments = std::move(line.comments)};
  if (statement.heredocs.empty()) instruction.last_line = line.last_line;
  instruction.text = std::move(line.text);
  return instruction;
}

bool is_stage_name(std::string_view name) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && is_letter(name.front()) && std::ranges::all_of(name, [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

Result<> read_stage_name(const Statement& statement, const std::vector<Word>& words, Stage& stage) {
  if (words.size() == 1) return {};
  if (words.size() != 3 || to_lower(words[1].text) != "as") {
    return statement.error(words[1], "FROM takes an image, and AS with a name behind it", "write FROM image AS name");
  }
  stage.as_keyword = words[1].text;
  stage.written_name = words[2].text;
  stage.from.name = to_lower(words[2].text);
  stage.name_at = statement.at(words[2]);
  if (is_stage_name(stage.from.name)) return {};
  return statement.error(words[2], quoted(words[2].text) + " is no name for a stage",
                         "it begins with a letter and has letters, digits, '-', '_' and '.'");
}

Result<Stage> read_from(Statement& statement, LogicalLine& line) {
  TRY(read_flags(statement, kFromFlags));
  const auto words = split_blanks(statement.arguments, statement.arguments_at);
  if (words.empty()) return statement.error("FROM has no image", "write FROM image, or FROM scratch for nothing");
  Stage stage;
  stage.from.image = words.front().text;
  stage.image_at = statement.at(words.front());
  TRY(read_stage_name(statement, words, stage));
  if (const auto* platform = statement.flag("platform")) {
    stage.from.platform = platform->value;
    stage.platform_at = statement.at(platform->word);
    if (platform->value.empty()) {
      return statement.error(platform->word, "--platform has no value", "as in --platform=linux/amd64");
    }
  }
  stage.keyword = statement.keyword;
  stage.at = statement.at_keyword();
  stage.last_line = line.last_line;
  stage.comments = std::move(line.comments);
  stage.text = std::move(line.text);
  return stage;
}

/// Puts one line where it belongs: globals, a new stage, or the stage that is last.
Result<> add_line(LineReader& reader, LogicalLine line, Dockerfile& file) {
  auto statement = begin_statement(reader.origin(), line, 0);
  if (statement.name == "FROM") {
    file.stages.push_back(TRY(read_from(statement, line)));
    return {};
  }
  auto instruction = TRY(read_instruction(reader, line, statement));
  if (!file.stages.empty()) {
    file.stages.back().instructions.push_back(std::move(instruction));
    return {};
  }
  if (!std::holds_alternative<Arg>(instruction.operation)) {
    return reader.origin().error(instruction.at, printable(instruction.keyword) + " stands before the first FROM",
                                 "only ARG may; begin with FROM image");
  }
  file.globals.push_back(std::move(instruction));
  return {};
}

}  // namespace

int Dockerfile::find_stage(std::string_view name, int before) const {
  const auto wanted = to_lower(name);
  const auto number = parse_unsigned(name);
  const auto count = std::min(before, static_cast<int>(stages.size()));
  for (int i = count - 1; i >= 0; --i) {
    if (stages[static_cast<std::size_t>(i)].from.name == wanted && !wanted.empty()) return i;
  }
  return number && *number < static_cast<std::uint64_t>(count) ? static_cast<int>(*number) : -1;
}

Result<Dockerfile> parse(std::string_view text, std::string_view file) {
  if (text.size() > kMaxSize) {
    return fail(Code::invalid, "{} has more than {} MiB", printable(file), kMaxSize >> 20)
        .with_cure("a Dockerfile is text; is this another file?");
  }
  Dockerfile dockerfile{.file = std::string(file),
                        .source = std::string(text),
                        .directives = {},
                        .globals = {},
                        .stages = {},
                        .empty_continuations = {}};
  LineReader reader(dockerfile.source, dockerfile.file);
  dockerfile.directives = TRY(reader.directives());
  while (auto line = TRY(reader.next())) TRY(add_line(reader, std::move(*line), dockerfile));
  dockerfile.empty_continuations = reader.empty_continuations();
  if (dockerfile.stages.empty()) {
    return error_at(file, {}, {}, "there is no FROM in it", "begin with FROM image, or FROM scratch for nothing");
  }
  return dockerfile;
}

Result<Instruction> parse_trigger(std::string_view text, std::string_view file) {
  LineReader reader(text, file);
  auto line = TRY(reader.next());
  if (!line) return error_at(file, text, {}, "an instruction of ONBUILD is empty", {});
  auto statement = begin_statement(reader.origin(), *line, 0);
  if (statement.name == "FROM" || statement.name == "ONBUILD" || statement.name == "MAINTAINER") {
    return statement.error(fmt::format("ONBUILD cannot have {} in it", statement.name));
  }
  auto instruction = TRY(read_instruction(reader, *line, statement));
  if (TRY(reader.next())) return error_at(file, text, {}, "an instruction of ONBUILD is followed by another", {});
  return instruction;
}

}  // namespace gantry::dockerfile
