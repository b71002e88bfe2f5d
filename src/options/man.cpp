#include "options/man.hpp"

namespace gantry::options {

namespace {

/// Text as roff shows it literally.
std::string escape(std::string_view text) {
  std::string out;
  bool line_starts = true;
  for (char c : text) {
    if (line_starts && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') out += "\\e";
    else if (c == '-') out += "\\-";
    else out += c;
    line_starts = c == '\n';
  }
  return out;
}

std::string to_upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return upper;
}

/// "gantry-image-rm".
std::string page_name(const Call& call) {
  std::string name = call.name();
  for (char& c : name)
    if (c == ' ') c = '-';
  return name;
}

int manual_of(const Call& call) { return call.path()[0]->manual; }

std::string paragraphs(std::string_view text) {
  std::string out = escape(text);
  for (std::size_t at = 0; (at = out.find('\n', at)) != out.npos; at += 5) out.replace(at, 1, "\n.PP\n");
  return out;
}

void add_options(std::string& out, const Command& command, std::string_view usual_title) {
  std::string_view last_title;
  for (const Group& group : command.groups) {
    std::string rows;
    for (const Option& option : group.options) {
      if (option.hidden) continue;
      rows += ".TP\n";
      if (option.letter) rows += fmt::format("\\fB\\-{}\\fR, ", option.letter);
      rows += fmt::format("\\fB\\-\\-{}\\fR", escape(option.name));
      bool optional = !option.value.empty() && !option.bare.empty();
      if (optional) rows += fmt::format("[=\\fI{}\\fR]", escape(option.value));
      else if (!option.value.empty()) rows += fmt::format("=\\fI{}\\fR", escape(option.value));
      rows += fmt::format("\n{}.\n", escape(option.help));
    }
    if (rows.empty()) continue;
    std::string_view title = group.title.empty() ? usual_title : group.title;
    if (title != last_title) out += fmt::format(".SH {}\n", to_upper(title));
    last_title = title;
    out += rows;
  }
}

void add_commands(std::string& out, const Call& call) {
  if (call.command().commands.empty()) return;
  out += ".SH COMMANDS\n";
  for (const Command* each : call.command().commands)
    if (!each->hidden)
      out += fmt::format(".TP\n\\fB{}\\-{}\\fR({})\n{}.\n", escape(page_name(call)), escape(each->name),
                         manual_of(call), escape(each->summary));
}

void add_examples(std::string& out, const Command& command) {
  if (command.examples.empty()) return;
  out += ".SH EXAMPLES\n";
  for (const Example& example : command.examples)
    out += fmt::format(".PP\n{}:\n.PP\n.in +4n\n.nf\n{}\n.fi\n.in\n", escape(example.effect), escape(example.command));
}

void add_see_also(std::string& out, const Call& call) {
  if (call.path().size() < 2) return;
  std::string page = page_name(call);
  page.resize(page.size() - call.command().name.size() - 1);
  out += fmt::format(".SH SEE ALSO\n\\fB{}\\fR({})\n", escape(page), manual_of(call));
}

}  // namespace

std::string man_page(const Call& call) {
  const Command& command = call.command();
  std::string name = page_name(call);
  std::string out = fmt::format(".TH {} {} \"\" \"Gantry\" \"Gantry Manual\"\n.SH NAME\n{} \\- {}\n",
                                escape(to_upper(name)), manual_of(call), escape(name), escape(command.summary));
  out += fmt::format(".SH SYNOPSIS\n\\fB{}\\fR {}\n", escape(call.name()), escape(command.synopsis));
  out += fmt::format(".SH DESCRIPTION\n{}\n", paragraphs(command.description));
  add_commands(out, call);
  bool is_root = call.path().size() == 1;
  add_options(out, command, is_root ? "Global options" : "Options");
  if (!is_root) add_options(out, *call.path()[0], "Global options");
  for (const ManSection& section : command.sections)
    out += fmt::format(".SH {}\n{}\n", to_upper(section.title), paragraphs(section.text));
  add_examples(out, command);
  add_see_also(out, call);
  return out;
}

}  // namespace gantry::options
