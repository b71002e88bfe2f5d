#pragma once

#include "linux/terminal.hpp"

#include <string>
#include <vector>

namespace gantry::progress {

/// The last lines of a terminal, which are written anew again and again. The cursor stays below them, so that whatever
/// else ends the program leaves the terminal as it should be.
class Screen {
 public:
  /// What to write so that `settled` lines stay for good, above `live` ones, which replace those from before. Of live
  /// lines that do not fit into the window the first are shown, and the last; the caller sees to their width.
  std::string draw(const std::vector<std::string>& settled, const std::vector<std::string>& live,
                   linux::WindowSize window);

 private:
  std::size_t rows_taken(linux::WindowSize window) const;
  std::vector<std::size_t> drawn_;  ///< widths of the live lines that are there now
};

}  // namespace gantry::progress
