#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>

namespace gantry::log {

enum class Level { debug, info, warning, error };
enum class Format { text, json };

struct Settings {
  Level level = Level::warning;
  Format format = Format::text;
  int fd = 2;                           ///< where lines go; not owned
  bool errors_to_stderr = false;        ///< besides `fd`, as text
  std::string_view program = "gantry";  ///< a literal
};

/// For the whole process; call it once, early.
void configure(const Settings& settings);
const Settings& settings();

/// One line in one write(2), control characters shown as \x0a. Text: `gantry: warning: …`; JSON:
/// `{"level":…,"msg":…,"time":…}`.
void write(Level level, std::string_view text);

template <class... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  if (settings().level <= Level::debug) write(Level::debug, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  if (settings().level <= Level::info) write(Level::info, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
  if (settings().level <= Level::warning) write(Level::warning, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::error, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace gantry::log
