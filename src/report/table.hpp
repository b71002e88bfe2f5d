#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gantry::report {

/// Rows of text in aligned columns, two blanks apart, as docker and podman print them. Control characters, which an
/// image's author could have put into a command, are shown and not sent to the terminal.
class Table {
 public:
  void add(std::vector<std::string> row);
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// Columns on a terminal, if every character is one wide.
std::size_t display_width(std::string_view text);

/// At most `longest` bytes, of which the last three are "..." when something was cut off.
std::string shortened(std::string text, std::size_t longest);

/// "\x1b[1m" for ESC [ 1 m: text that does nothing to a terminal.
std::string harmless(std::string_view text);

}  // namespace gantry::report
