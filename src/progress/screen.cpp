#include "progress/screen.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace gantry::progress {

namespace {

/// As many as the window has rows for, and the last one, which sums up.
std::vector<std::string> fitting(const std::vector<std::string>& live, std::size_t rows) {
  if (live.size() <= rows) return live;
  std::vector<std::string> shown;
  if (rows >= 3) {
    shown.assign(live.begin(), live.begin() + static_cast<std::ptrdiff_t>(rows - 2));
    shown.push_back(fmt::format("({} more)", live.size() - 1 - shown.size()));
  }
  shown.push_back(live.back());
  return shown;
}

}  // namespace

std::size_t Screen::rows_taken(linux::WindowSize window) const {
  std::size_t rows = 0;
  // A window that has become narrower has broken the lines.
  for (auto width : drawn_) rows += std::max<std::size_t>(1, (width + window.columns - 1) / window.columns);
  return std::min<std::size_t>(rows, window.rows - 1u);
}

std::string Screen::draw(const std::vector<std::string>& settled, const std::vector<std::string>& live,
                         linux::WindowSize window) {
  std::string text;
  if (std::size_t rows = rows_taken(window); rows > 0) text += fmt::format("\x1b[{}A\r\x1b[J", rows);
  drawn_.clear();
  for (const auto& line : settled) text += line + "\n";
  for (const auto& line : fitting(live, window.rows - 1u)) {
    text += line + "\n";
    drawn_.push_back(line.size());
  }
  return text;
}

}  // namespace gantry::progress
