#include "cli/log_printer.hpp"

#include "options/print.hpp"

namespace gantry::cli {

Result<> LogPrinter::add(const engine::LogEntry& entry) {
  constexpr std::size_t kEnough = 64 << 10;
  // What goes to the two streams must come out in its order, as they may be the same terminal.
  if (entry.error != error_ || buffer_.size() > kEnough) TRY(flush());
  error_ = entry.error;
  bool& line_open = line_open_[entry.error];
  if (!line_open) {
    buffer_ += style_.prefix;
    if (style_.timestamps) (buffer_ += to_rfc3339(entry.time)) += ' ';
  }
  buffer_ += entry.text;
  line_open = entry.partial;
  if (!entry.partial) buffer_ += '\n';
  return style_.at_once ? flush() : Result<>();
}

Result<> LogPrinter::flush() {
  if (buffer_.empty()) return {};
  auto printed = error_ ? options::print_error(buffer_) : options::print(buffer_);
  buffer_.clear();  // and keep its memory
  return printed;
}

}  // namespace gantry::cli
