#include "options/help.hpp"

#include <algorithm>

namespace gantry::options {

namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kWidestLabel = 30;

struct Row {
  std::string label;
  std::string_view text;
};

/// Two columns; a label that is too wide has a line of its own.
void add_rows(std::string& out, const std::vector<Row>& rows) {
  std::size_t column = 0;
  for (const auto& row : rows)
    if (row.label.size() <= kWidestLabel) column = std::max(column, row.label.size());
  column += 4;
  for (const auto& row : rows) {
    (out += "  ") += row.label;
    std::size_t used = row.label.size() + 2;
    if (used + 2 > column) {
      out += '\n';
      used = 0;
    }
    out.append(column - used, ' ');
    (out += wrap(row.text, kWidth - column, column)) += '\n';
  }
}

void add_section(std::string& out, std::string_view title, const std::vector<Row>& rows) {
  if (rows.empty()) return;
  out += fmt::format("\n{}:\n", title);
  add_rows(out, rows);
}

void add_commands(std::string& out, const Command& command) {
  std::vector<Row> rows;
  for (const Command* each : command.commands)
    if (!each->hidden) rows.push_back({std::string(each->name), each->summary});
  add_section(out, "Commands", rows);
}

void add_options(std::string& out, const Command& command, std::string_view usual_title) {
  for (const Group& group : command.groups) {
    std::vector<Row> rows;
    for (const Option& option : group.options)
      if (!option.hidden) rows.push_back({option_label(option), option.help});
    add_section(out, group.title.empty() ? usual_title : group.title, rows);
  }
}

}  // namespace

std::string wrap(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t column = 0;
  while (!text.empty()) {
    auto end = text.find_first_of(" \n");
    std::string_view word = text.substr(0, end);
    if (column > 0 && column + 1 + word.size() > width) {
      out.append(1, '\n').append(indent, ' ');
      column = 0;
    }
    if (column > 0) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    if (end == text.npos) break;
    if (text[end] == '\n') {
      out.append(1, '\n').append(indent, ' ');
      column = 0;
    }
    text.remove_prefix(end + 1);
  }
  return out;
}

std::string option_label(const Option& option) {
  std::string label = option.letter ? fmt::format("-{}, ", option.letter) : "    ";
  label += fmt::format("--{}", option.name);
  bool optional = !option.value.empty() && !option.bare.empty();
  if (optional) label += fmt::format("[={}]", option.value);
  else if (!option.value.empty()) label += fmt::format(" {}", option.value);
  return label;
}

std::string help_text(const Call& call) {
  const Command& command = call.command();
  std::string out = fmt::format("Usage: {} {}\n", call.name(), command.synopsis);
  if (!command.summary.empty()) out += fmt::format("\n{}\n", command.summary);
  if (!command.description.empty()) out += fmt::format("\n{}\n", wrap(command.description, kWidth, 0));
  add_commands(out, command);
  bool is_root = &command == call.path()[0];
  add_options(out, command, is_root ? "Global options" : "Options");
  if (!is_root) add_options(out, *call.path()[0], "Global options");
  if (!command.examples.empty()) out += "\nExamples:\n";
  for (const Example& example : command.examples) out += fmt::format("  # {}\n  {}\n", example.effect, example.command);
  return out;
}

}  // namespace gantry::options
