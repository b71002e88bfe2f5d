#include "base/log.hpp"

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"

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

std::string json_string(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') (quoted += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20) quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else quoted += c;
  }
  return quoted + '"';
}

}  // namespace

void configure(const Settings& settings) { current = settings; }
const Settings& settings() { return current; }

void write(Level level, std::string_view text) {
  std::string line;
  if (current.format == Format::json) {
    line = fmt::format("{{\"level\":\"{}\",\"msg\":{},\"time\":\"{}\"}}\n", name_of(level), json_string(text),
                       to_rfc3339(now()));
  } else if (level == Level::error) {
    line = fmt::format("{}: {}\n", current.program, text);
  } else {
    line = fmt::format("{}: {}: {}\n", current.program, name_of(level), text);
  }
  // Nothing can be done about a log that cannot be written.
  [[maybe_unused]] ssize_t written = ::write(current.fd, line.data(), line.size());
}

}  // namespace gantry::log
