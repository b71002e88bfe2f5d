#pragma once

#include "tiny/fd.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <sys/uio.h>

namespace gantry::monitor {

/// The container's log in conmon's k8s-file format, a record a line:
/// `<time> <stdout|stderr> <F|P> <text>\n`, P where the line goes on in the stream's next record.
///
/// What cannot be written (a full disk) is counted and dropped, since the container must go on; the log tells so in a
/// record of its own as soon as it takes records again. It never holds a part of a record.
class Log {
 public:
  /// With -1 nothing is logged.
  void open(int fd) { fd_ = tiny::Fd(fd); }

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

  /// Writes as many as there is room for and returns their number.
  std::size_t put(std::span<const Record> records);
  void put_or_lose(std::span<const Record> records);
  bool tell_of_loss();

  tiny::Fd fd_;
  std::array<Record, kRecords> records_;
  std::uint64_t lost_ = 0;  ///< bytes of output
  int lost_error_ = 0;
};

}  // namespace gantry::monitor
