#include "engine/logs.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/state.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace gantry::engine {

std::optional<LogEntry> parse_log_entry(std::string_view line) {
  const Halves time = cut(line, ' ');
  const Halves stream = cut(time.after, ' ');
  const Halves tag = cut(stream.after, ' ');
  if (!tag.found || (stream.before != "stdout" && stream.before != "stderr") ||
      (tag.before != "F" && tag.before != "P"))
    return {};
  auto parsed = parse_rfc3339(time.before);
  if (!parsed) return {};
  return LogEntry{*parsed, stream.before == "stderr", tag.before == "P", tag.after};
}

namespace {

/// Where the last `count` lines of a log begin. A line may consist of several entries, all but its last partial; the
/// streams are counted together, as they are shown.
Result<off_t> find_tail(const Fd& log, std::uint64_t count) {
  constexpr off_t kBlock = 64 << 10;
  off_t end = lseek(log.get(), 0, SEEK_END);
  if (count == 0 || end <= 0) return end;
  // `text` is what lies from `begin` to `end`; it grows to the front until it holds enough whole lines.
  for (off_t begin = end; begin > 0;) {
    begin = std::max<off_t>(begin - std::max(kBlock, end - begin), 0);
    std::string text(static_cast<std::size_t>(end - begin), '\0');
    const ssize_t got = pread(log.get(), text.data(), text.size(), begin);
    if (got < 0) return Error::system("read the log");
    text.resize(static_cast<std::size_t>(got));
    std::uint64_t lines = 0;
    std::size_t line_end = text.size();
    if (line_end > 0 && text[line_end - 1] == '\n') --line_end;
    while (line_end != std::string::npos && line_end > 0) {
      const std::size_t newline = text.rfind('\n', line_end - 1);
      // The first line of the block may have begun before it.
      if (newline == std::string::npos && begin > 0) break;
      const std::size_t line_begin = newline == std::string::npos ? 0 : newline + 1;
      const auto entry = parse_log_entry(std::string_view(text).substr(line_begin, line_end - line_begin));
      if (entry && !entry->partial && ++lines > count) return begin + static_cast<off_t>(line_end) + 1;
      if (newline == std::string::npos) break;
      line_end = newline;
    }
  }
  return 0;
}

/// Reads a log that grows, entry by entry.
class LogReader {
 public:
  LogReader(const Fd& log, const LogOptions& options, const LogSink& sink)
      : log_(log), options_(options), sink_(sink) {}

  /// All that is there now. False when `until` is over.
  Result<bool> read_on() {
    std::array<char, 32 << 10> block;
    while (true) {
      const ssize_t got = read(log_.get(), block.data(), block.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return Error::system("read the log");
      if (got == 0) return true;
      buffer_.append(block.data(), static_cast<std::size_t>(got));
      if (!TRY(pass_lines())) return false;
    }
  }

 private:
  Result<bool> pass_lines() {
    std::size_t begin = 0;
    for (std::size_t end; (end = buffer_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      const auto entry = parse_log_entry(std::string_view(buffer_).substr(begin, end - begin));
      if (!entry || (options_.since && entry->time < *options_.since)) continue;
      if (options_.until && entry->time > *options_.until) return false;
      TRY(sink_(*entry));
    }
    buffer_.erase(0, begin);
    return true;
  }

  const Fd& log_;
  const LogOptions& options_;
  const LogSink& sink_;
  std::string buffer_;  ///< the beginning of a line whose end is not there yet
};

}  // namespace

Result<> read_log(const std::string& path, const LogOptions& options, const LogSink& sink,
                  const std::function<bool()>& goes_on) {
  const Fd file = TRY(open_file(path, O_RDONLY));
  if (options.tail) {
    const off_t begin = TRY(find_tail(file, *options.tail));
    if (lseek(file.get(), begin, SEEK_SET) < 0) return Error::system("read {}", path);
  }
  LogReader reader(file, options, sink);
  if (!options.follow) {
    TRY(reader.read_on());
    return {};
  }
  // Watched before it is read, so that no entry comes in between.
  Fd events(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!events || inotify_add_watch(events.get(), path.c_str(), IN_MODIFY) < 0) return Error::system("watch {}", path);
  while (true) {
    const bool last = !goes_on();
    if (!TRY(reader.read_on()) || last) return {};
    // The end of the container writes nothing: so look from time to time.
    constexpr int kLookAgain = 200;  // milliseconds
    pollfd news{events.get(), POLLIN, 0};
    if (poll(&news, 1, kLookAgain) <= 0) continue;
    std::array<char, 4096> discarded;
    while (read(events.get(), discarded.data(), discarded.size()) > 0) {
    }
  }
}

Result<> Engine::logs(const std::string& name, const LogOptions& options, const LogSink& sink) {
  const Record record = TRY(TRY(state_->records())->find(name));
  const std::string path = state_->log_path(record.id);
  if (!path_exists(path)) return {};  // it was never started
  return read_log(path, options, sink, [&] { return state_->see(record).running(); });
}

}  // namespace gantry::engine
