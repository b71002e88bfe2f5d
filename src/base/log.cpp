#include "base/log.hpp"

#include "base/clock.hpp"
#include "base/json_name.hpp"

#include <unistd.h>

namespace gantry::log {

namespace {

constinit Settings current;

constexpr std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
  }
  return "error";
}

/// Names from images and configurations go into messages: they must not move the cursor or fake a second line.
std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) shown += fmt::format("\\x{:02x}", byte);
    else shown += c;
  }
  return shown;
}

std::string json_line(Level level, std::string_view text) {
  std::string message;
  json::append_quoted(message, text);
  return fmt::format("{{\"level\":\"{}\",\"msg\":{},\"time\":\"{}\"}}\n", name_of(level), message, to_rfc3339(now()));
}

std::string text_line(Level level, std::string_view text) {
  if (level == Level::error) return fmt::format("{}: {}\n", current.program, printable(text));
  return fmt::format("{}: {}: {}\n", current.program, name_of(level), printable(text));
}

void put(int fd, const std::string& line) {
  // Nothing can be done about a log that cannot be written.
  [[maybe_unused]] ssize_t written = ::write(fd, line.data(), line.size());
}

}  // namespace

void configure(const Settings& settings) { current = settings; }
const Settings& settings() { return current; }

void write(Level level, std::string_view text) {
  put(current.fd, current.format == Format::json ? json_line(level, text) : text_line(level, text));
  if (level == Level::error && current.errors_to_stderr) put(STDERR_FILENO, text_line(level, text));
}

}  // namespace gantry::log
