#pragma once

#include "tiny/fd.hpp"
#include "wire/monitor.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <sys/uio.h>

namespace gantry::monitor {

/// The container's log, a record a line, in one of two forms (wire::LogFormat). conmon's k8s-file:
/// `<time> <stdout|stderr> <F|P> <text>\n`, P where the line goes on in the stream's next record. docker's json-file:
/// `{"log":"<text>\\n","stream":"stdout","time":"<time>"}\n`, without the \\n where the line goes on.
///
/// What cannot be written (a full disk) is counted and dropped, since the container must go on; the log tells so in a
/// record of its own as soon as it takes records again. It never holds a part of a record.
///
/// A log that has grown past its greatest size becomes `<name>.1`, in place of the one before it, and a new one begins.
class Log {
 public:
  /// Without a log_fd nothing is logged.
  void open(const wire::MonitorOrder& order);

  /// One batch of output as records of one time, in one write. `stream` is "stdout" or "stderr".
  void write(std::string_view stream, std::string_view output);
  /// The last chance to tell of a loss.
  void finish();

 private:
  struct Record {
    iovec header;
    iovec text;
    iovec ending;
  };
  static constexpr std::size_t kRecords = 341;  // the most whose pieces one writev(2) takes
  static constexpr std::size_t kBatch = 16384;  // the most output at a time
  static constexpr std::size_t kLongestEscape = 6;

  void add_lines(std::string_view stream, std::string_view output);
  /// The text as a JSON string has it, in escaped_.
  std::string_view escape(std::string_view text);
  void rotate();

  /// Writes as many as there is room for and returns their number.
  std::size_t put(std::span<const Record> records);
  void put_or_lose(std::span<const Record> records);
  bool tell_of_loss();

  tiny::Fd fd_;
  int folder_ = -1;
  const char* name_ = nullptr;
  bool is_json_ = false;
  std::uint64_t size_ = 0;
  std::uint64_t max_size_ = 0;  ///< 0: no limit
  std::array<Record, kRecords> records_;
  std::uint64_t lost_ = 0;  ///< bytes of output
  int lost_error_ = 0;
  std::size_t escaped_size_ = 0;
  char escaped_[kLongestEscape * kBatch];
};

}  // namespace gantry::monitor
