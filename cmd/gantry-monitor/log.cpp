#include "log.hpp"

#include "timestamp.hpp"
#include "tiny/text.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

namespace gantry::monitor {

namespace {

using tiny::Line;

iovec piece(std::string_view text) { return {const_cast<char*>(text.data()), text.size()}; }

}  // namespace

void Log::open(const wire::MonitorOrder& order) {
  fd_ = tiny::Fd(order.log_fd);
  folder_ = order.log_folder_fd;
  name_ = order.log_name;
  is_json_ = order.log_format == wire::LogFormat::json_file;
  max_size_ = order.log_max_size;
  struct stat file;
  if (fd_ && fstat(fd_.get(), &file) == 0) size_ = static_cast<std::uint64_t>(file.st_size);
}

void Log::write(std::string_view stream, std::string_view output) {
  if (!fd_) return;
  if (lost_ > 0 && !tell_of_loss()) {
    lost_ += output.size();
    return;
  }
  add_lines(stream, output);
  if (max_size_ > 0 && size_ > max_size_ && folder_ >= 0) rotate();
}

void Log::add_lines(std::string_view stream, std::string_view output) {
  Timestamp now(time_now());
  const Line<64> full(now, " ", stream, " F ");
  const Line<64> partial(now, " ", stream, " P ");
  const Line<96> ending("\",\"stream\":\"", stream, "\",\"time\":\"", now, "\"}\n");
  std::size_t count = 0;
  escaped_size_ = 0;
  while (!output.empty()) {
    std::size_t newline = output.find('\n');
    bool whole = newline != std::string_view::npos;
    std::string_view text = output.substr(0, whole ? newline + 1 : output.size());
    if (is_json_) records_[count++] = {piece("{\"log\":\""), piece(escape(text)), piece(ending)};
    else records_[count++] = {piece(whole ? full : partial), piece(text), piece(whole ? "" : "\n")};
    output.remove_prefix(text.size());
    if (count == kRecords || output.empty()) {
      put_or_lose({records_.data(), count});
      count = 0;
    }
  }
}

std::string_view Log::escape(std::string_view text) {
  constexpr const char* kFigures = "0123456789abcdef";
  char* const begin = escaped_ + escaped_size_;
  char* out = begin;
  for (char c : text) {
    if (c == '"' || c == '\\') {
      *out++ = '\\';
      *out++ = c;
    } else if (c == '\n') {
      *out++ = '\\';
      *out++ = 'n';
    } else if (static_cast<unsigned char>(c) < 0x20) {
      memcpy(out, "\\u00", 4);
      out[4] = kFigures[c >> 4];
      out[5] = kFigures[c & 15];
      out += kLongestEscape;
    } else {
      *out++ = c;
    }
  }
  const std::size_t size = static_cast<std::size_t>(out - begin);
  escaped_size_ += size;
  return {begin, size};
}

void Log::rotate() {
  const Line<260> old(name_, ".1");
  char old_name[261] = {};
  std::string_view(old).copy(old_name, sizeof old_name - 1);
  if (renameat(folder_, name_, folder_, old_name) < 0) return;
  // Without a new one the old one goes on, under its new name.
  tiny::Fd next(openat(folder_, name_, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  if (!next) return;
  fd_ = static_cast<tiny::Fd&&>(next);
  size_ = 0;
}

void Log::finish() {
  if (fd_ && lost_ > 0) tell_of_loss();
}

bool Log::tell_of_loss() {
  const Timestamp now(time_now());
  const Line<160> text("gantry-monitor: ", tiny::Decimal(static_cast<std::int64_t>(lost_)),
                       " bytes of output could not be logged here: ", strerror(lost_error_));
  const Line<64> header(now, " stderr F ");
  const Line<96> ending("\\n\",\"stream\":\"stderr\",\"time\":\"", now, "\"}\n");
  Record record{piece(header), piece(text), piece("\n")};
  if (is_json_) record = {piece("{\"log\":\""), piece(text), piece(ending)};
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
    size_ += size;
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
