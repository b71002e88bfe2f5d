#include "progress/line.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace gantry::progress {

namespace {

constexpr std::size_t kShortDigest = 12;
constexpr std::size_t kMinBar = 10;
constexpr std::size_t kMaxBar = 40;
constexpr double kMaxTime = 100.0 * 3600;

std::string amount(const Advance& advance) {
  if (!advance.whole) return human_size(advance.done);
  return fmt::format("{} / {}", human_size(advance.done), human_size(*advance.whole));
}

/// Speed and the time that is left, in columns of their own so that they do not jump about.
std::string pace(const Advance& advance) {
  if (advance.speed < 1) return {};
  std::string speed = human_size(static_cast<std::uint64_t>(advance.speed)) + "/s";
  if (!advance.whole) return fmt::format("{:>8}", speed);
  double left = static_cast<double>(*advance.whole - std::min(advance.done, *advance.whole));
  return fmt::format("{:>8} {:>6}", speed, clock_time(left / advance.speed));
}

std::string bar(const Advance& advance, std::size_t width) {
  double share =
      *advance.whole == 0 ? 1 : std::min(1.0, static_cast<double>(advance.done) / static_cast<double>(*advance.whole));
  auto inner = width - 2;
  auto filled = static_cast<std::size_t>(share * static_cast<double>(inner));
  std::string text(filled, '=');
  if (filled < inner) text += '>';
  text.resize(inner, ' ');
  return "[" + text + "]";
}

}  // namespace

std::string clock_time(double seconds) {
  if (!(seconds < kMaxTime)) return "--:--";
  auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string short_label(std::string_view label) {
  auto [before, digest, found] = cut_last(label, ':');
  bool is_digest = found && digest.size() >= 2 * kShortDigest &&
                   digest.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (!is_digest) return std::string(label);
  auto algorithm = before.rfind(' ');
  std::string_view words = algorithm == std::string_view::npos ? std::string_view() : before.substr(0, algorithm + 1);
  return fmt::format("{}{}", words, digest.substr(0, kShortDigest));
}

std::string bar_line(std::string_view label, const Advance& advance, std::size_t columns) {
  std::string line = short_label(label);
  std::string size = amount(advance), speed = pace(advance);
  std::size_t texts = line.size() + 1 + size.size() + (speed.empty() ? 0 : 2 + speed.size());
  if (advance.whole && columns >= texts + kMinBar + 1)
    line += " " + bar(advance, std::min(columns - texts - 1, kMaxBar));
  if (line.size() + 1 + size.size() <= columns) line += " " + size;
  if (!speed.empty() && line.size() + 2 + speed.size() <= columns) line += "  " + speed;
  if (line.size() > columns) line.resize(columns);
  return line;
}

}  // namespace gantry::progress
