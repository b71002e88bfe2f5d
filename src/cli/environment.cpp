#include "cli/environment.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

namespace gantry::cli {

namespace {

Result<> add_variable(std::vector<std::string>& variables, std::string_view word) {
  auto [name, value, has_value] = cut(word, '=');
  if (name.empty()) return fail(Code::invalid, "'{}' names no variable", word).with_cure("write NAME=value");
  if (has_value) {
    variables.emplace_back(word);
  } else if (name.ends_with('*')) {
    name.remove_suffix(1);
    for (char** each = environ; *each; ++each)
      if (std::string_view(*each).starts_with(name)) variables.emplace_back(*each);
  } else if (const char* own = getenv(std::string(name).c_str())) {
    variables.push_back(fmt::format("{}={}", name, own));
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> read_lines(const std::string& path) {
  auto fd = TRY(open_file(path, O_RDONLY));
  auto text = TRY(read_all(fd, path, 1u << 20));
  std::vector<std::string> lines;
  for (std::string_view rest = text; !rest.empty();) {
    auto [line, after, found] = cut(rest, '\n');
    rest = after;
    if (line.ends_with('\r')) line.remove_suffix(1);
    auto start = line.find_first_not_of(" \t");
    if (start == line.npos || line[start] == '#') continue;
    lines.emplace_back(line.substr(start));
  }
  return lines;
}

Result<std::vector<std::string>> read_environment(const std::vector<std::string>& files,
                                                  const std::vector<std::string>& words) {
  std::vector<std::string> variables;
  for (const auto& file : files)
    for (const auto& line : TRY(with_context(read_lines(file), "option --env-file")))
      TRY(with_context(add_variable(variables, line), "option --env-file: {}", file));
  for (const auto& word : words) TRY(with_context(add_variable(variables, word), "option --env"));
  return variables;
}

}  // namespace gantry::cli
