#include "options/help.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace gantry::options {

namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kWidestLabel = 30;

struct Row {
  std::string label;
  std::string_view text;
};
struct Section {
  std::string_view title;
  std::vector<Row> rows;
};

Section command_section(const Command& command) {
  Section section{"Commands", {}};
  for (const Command* each : command.commands)
    if (!each->hidden) section.rows.push_back({std::string(each->name), each->summary});
  return section;
}

void add_options(std::vector<Section>& sections, const Command& command, std::string_view usual_title) {
  for (const Group& group : command.groups) {
    std::string_view title = group.title.empty() ? usual_title : group.title;
    if (sections.empty() || sections.back().title != title) sections.push_back({title, {}});
    for (const Option& option : group.options)
      if (!option.hidden) sections.back().rows.push_back({option_label(option), option.help});
  }
}

/// Two columns, the same in every section; a label that is too wide has a line of its own.
void print_sections(std::string& out, const std::vector<Section>& sections) {
  std::size_t column = 0;
  for (const auto& section : sections)
    for (const auto& row : section.rows)
      if (row.label.size() <= kWidestLabel) column = std::max(column, row.label.size());
  column += 4;
  for (const auto& section : sections) {
    if (!section.rows.empty()) out += fmt::format("\n{}:\n", section.title);
    for (const auto& row : section.rows) {
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
}

}  // namespace

std::string wrap(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t column = 0;
  while (!text.empty()) {
    auto end = text.find(' ');
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
  for (std::string_view rest = command.description; !rest.empty();) {
    auto [paragraph, after, found] = cut(rest, '\n');
    out += fmt::format("\n{}\n", wrap(paragraph, kWidth, 0));
    rest = after;
  }
  print_sections(out, {command_section(command)});
  std::vector<Section> sections;
  bool is_root = &command == call.path()[0];
  add_options(sections, command, is_root ? "Global options" : "Options");
  if (!is_root) add_options(sections, *call.path()[0], "Global options");
  print_sections(out, sections);
  if (!command.examples.empty()) out += "\nExamples:\n";
  for (const Example& example : command.examples) out += fmt::format("  # {}\n  {}\n", example.effect, example.command);
  return out;
}

}  // namespace gantry::options
