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

}  // namespace

void configure(const Settings& settings) { current = settings; }
const Settings& settings() { return current; }

void write(Level level, std::string_view text) {
  std::string line;
  if (current.format == Format::json) {
    std::string message;
    json::append_quoted(message, text);
    line = fmt::format("{{\"level\":\"{}\",\"msg\":{},\"time\":\"{}\"}}\n", name_of(level), message, to_rfc3339(now()));
  } else if (level == Level::error) {
    line = fmt::format("{}: {}\n", current.program, printable(text));
  } else {
    line = fmt::format("{}: {}: {}\n", current.program, name_of(level), printable(text));
  }
  // Nothing can be done about a log that cannot be written.
  [[maybe_unused]] ssize_t written = ::write(current.fd, line.data(), line.size());
}

}  // namespace gantry::log
