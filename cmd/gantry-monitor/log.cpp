#include "log.hpp"

#include "timestamp.hpp"
#include "tiny/text.hpp"

#include <cerrno>
#include <cstring>

#include <limits.h>
#include <sys/stat.h>

namespace gantry::monitor {

namespace {

using tiny::Line;

iovec piece(std::string_view text) { return {const_cast<char*>(text.data()), text.size()}; }

}  // namespace

void Log::write(std::string_view stream, std::string_view output) {
  if (!fd_) return;
  if (lost_ > 0 && !tell_of_loss()) {
    lost_ += output.size();
    return;
  }
  Timestamp now(time_now());
  const Line<64> full(now, " ", stream, " F ");
  const Line<64> partial(now, " ", stream, " P ");
  std::size_t count = 0;
  while (!output.empty()) {
    std::size_t newline = output.find('\n');
    bool whole = newline != std::string_view::npos;
    std::size_t size = whole ? newline + 1 : output.size();
    records_[count++] = {piece(whole ? full : partial), piece({output.data(), size}), piece(whole ? "" : "\n")};
    output.remove_prefix(size);
    if (count == kRecords || output.empty()) {
      put_or_lose({records_.data(), count});
      count = 0;
    }
  }
}

void Log::finish() {
  if (fd_ && lost_ > 0) tell_of_loss();
}

bool Log::tell_of_loss() {
  const Line<64> header(Timestamp(time_now()), " stderr F ");
  const Line<160> text("gantry-monitor: ", tiny::Decimal(static_cast<std::int64_t>(lost_)),
                       " bytes of output could not be logged here: ", strerror(lost_error_));
  const Record record{piece(header), piece(text), piece("\n")};
  if (put({&record, 1}) == 0) return false;
  lost_ = 0;
  return true;
}

void Log::put_or_lose(std::span<const Record> records) {
  for (const Record& record : records.last(records.size() - put(records))) lost_ += record.text.iov_len;
}

std::size_t Log::put(std::span<const Record> records) {
  static_assert(sizeof(Record) == 3 * sizeof(iovec) && 3 * kRecords <= IOV_MAX);
  const ssize_t result =
      tiny::retry([&] { return writev(fd_.get(), &records.data()->header, static_cast<int>(3 * records.size())); });
  // A short write gives no reason; on a regular file it is a full disk or quota.
  lost_error_ = result < 0 ? errno : ENOSPC;
  std::size_t rest = result < 0 ? 0 : static_cast<std::size_t>(result);
  std::size_t whole = 0;
  for (const Record& record : records) {
    std::size_t size = record.header.iov_len + record.text.iov_len + record.ending.iov_len;
    if (rest < size) break;
    rest -= size;
    whole++;
  }
  struct stat file;
  if (rest > 0 && fstat(fd_.get(), &file) == 0 && S_ISREG(file.st_mode)) {
    // Failing leaves a part of a record, which readers must bear after a crash anyway.
    [[maybe_unused]] int ignored = ftruncate(fd_.get(), file.st_size - static_cast<off_t>(rest));
  }
  return whole;
}

}  // namespace gantry::monitor
