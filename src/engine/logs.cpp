#include "engine/logs.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/log_parser.hpp"
#include "engine/state.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

namespace gantry::engine {

namespace {

/// Where the last lines of a log begin.
struct Tail {
  off_t begin = 0;
  std::uint64_t lines = 0;  ///< how many there are from there on
};

/// Of the last `count` lines. A line may consist of several entries, all but its last partial; the streams are counted
/// together, as they are shown.
Result<Tail> find_tail(const Fd& log, std::uint64_t count) {
  constexpr off_t kBlock = 64 << 10;
  off_t end = lseek(log.get(), 0, SEEK_END);
  Tail tail{.begin = std::max<off_t>(end, 0)};
  if (count == 0 || end <= 0) return tail;
  LogParser parser;
  // `text` is what lies from `begin` to `end`; it grows to the front until it holds enough whole lines.
  for (off_t begin = end; begin > 0;) {
    begin = std::max<off_t>(begin - std::max(kBlock, end - begin), 0);
    std::string text(static_cast<std::size_t>(end - begin), '\0');
    const ssize_t got = pread(log.get(), text.data(), text.size(), begin);
    if (got < 0) return Error::system("read the log");
    text.resize(static_cast<std::size_t>(got));
    tail.lines = 0;
    std::size_t line_end = text.size();
    if (line_end > 0 && text[line_end - 1] == '\n') --line_end;
    while (line_end != std::string::npos && line_end > 0) {
      const std::size_t newline = text.rfind('\n', line_end - 1);
      // The first line of the block may have begun before it.
      if (newline == std::string::npos && begin > 0) break;
      const std::size_t line_begin = newline == std::string::npos ? 0 : newline + 1;
      const auto entry = parser.parse(std::string_view(text).substr(line_begin, line_end - line_begin));
      if (entry && !entry->partial) {
        if (tail.lines == count) {
          tail.begin = begin + static_cast<off_t>(line_end) + 1;
          return tail;
        }
        ++tail.lines;
      }
      if (newline == std::string::npos) break;
      line_end = newline;
    }
  }
  tail.begin = 0;
  return tail;
}

/// Reads a log that grows, entry by entry.
class LogReader {
 public:
  LogReader(const LogOptions& options, const LogSink& sink) : options_(options), sink_(sink), buffer_(kBlock) {}

  /// All that is there now. False when `until` is over.
  Result<bool> read_on(const Fd& log) {
    while (true) {
      // A line that does not fit.
      if (size_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
      const ssize_t got = read(log.get(), buffer_.data() + size_, buffer_.size() - size_);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return Error::system("read the log");
      if (got == 0) return true;
      size_ += static_cast<std::size_t>(got);
      if (!TRY(pass_lines())) return false;
    }
  }

 private:
  static constexpr std::size_t kBlock = 256 << 10;

  Result<bool> pass_lines() {
    std::string_view rest(buffer_.data(), size_);
    for (std::size_t end; (end = rest.find('\n')) != std::string_view::npos; rest.remove_prefix(end + 1)) {
      const auto entry = parser_.parse(rest.substr(0, end));
      if (!entry || (options_.since && entry->time < *options_.since)) continue;
      if (options_.until && entry->time > *options_.until) return false;
      TRY(sink_(*entry));
    }
    std::ranges::copy(rest, buffer_.begin());
    size_ = rest.size();
    return true;
  }

  const LogOptions& options_;
  const LogSink& sink_;
  LogParser parser_;
  std::vector<char> buffer_;
  std::size_t size_ = 0;  ///< of the beginning of a line in the buffer, whose end is not there yet
};

Result<> seek(const Fd& log, off_t begin) {
  if (lseek(log.get(), begin, SEEK_SET) < 0) return Error::system("read the log");
  return {};
}

bool is_still(const Fd& file, const std::string& path) {
  struct stat open, named;
  return fstat(file.get(), &open) == 0 && stat(path.c_str(), &named) == 0 && open.st_ino == named.st_ino;
}

/// A log and the file that came before it.
class LogFiles {
 public:
  explicit LogFiles(std::string path) : path_(std::move(path)) {}

  Result<> open() {
    current_ = TRY(open_file(path_, O_RDONLY));
    auto old = open_file(path_ + ".1", O_RDONLY);
    if (!old && old.error().code() != Code::not_found) return std::move(old.error());
    if (old) old_ = std::move(*old);
    return {};
  }
  Result<> seek_tail(std::uint64_t count) {
    const Tail tail = TRY(find_tail(current_, count));
    TRY(seek(current_, tail.begin));
    if (!old_) return {};
    return seek(old_, TRY(find_tail(old_, count - tail.lines)).begin);
  }
  const Fd& old() const { return old_; }
  const Fd& current() const { return current_; }
  /// True when the log was rotated; current() is the new one then.
  Result<bool> move_on() {
    if (is_still(current_, path_)) return false;
    auto next = open_file(path_, O_RDONLY);
    if (!next) return false;  // removed, or about to be made
    current_ = std::move(*next);
    return true;
  }

 private:
  std::string path_;
  Fd old_;
  Fd current_;
};

/// Waits a moment for the log to grow.
void wait_for_more(const Fd& events) {
  // The end of the container writes nothing: so look from time to time.
  constexpr int kLookAgain = 200;  // milliseconds
  pollfd news{events.get(), POLLIN, 0};
  if (poll(&news, 1, kLookAgain) <= 0) return;
  std::array<char, 4096> discarded;
  while (read(events.get(), discarded.data(), discarded.size()) > 0) {
  }
}

}  // namespace

Result<> read_log(const std::string& path, const LogOptions& options, const LogSink& sink,
                  const std::function<bool()>& goes_on) {
  LogFiles files(path);
  TRY(files.open());
  if (options.tail) TRY(files.seek_tail(*options.tail));
  LogReader reader(options, sink);
  if (files.old() && !TRY(reader.read_on(files.old()))) return {};
  if (!options.follow) {
    TRY(reader.read_on(files.current()));
    return {};
  }
  // Watched before it is read, so that no entry comes in between.
  Fd events(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!events || inotify_add_watch(events.get(), path.c_str(), IN_MODIFY) < 0) return Error::system("watch {}", path);
  while (true) {
    const bool last = !goes_on();
    if (!TRY(reader.read_on(files.current()))) return {};
    if (TRY(files.move_on())) {
      inotify_add_watch(events.get(), path.c_str(), IN_MODIFY);
      continue;
    }
    if (last) return {};
    wait_for_more(events);
  }
}

Result<> Engine::logs(const std::string& name, const LogOptions& options, const LogSink& sink) {
  const Record record = TRY(TRY(state_->records())->find(name));
  if (record.config.log.driver == "none")
    return fail(Code::unsupported, "container '{}' has no log", name).with_cure("it was made with --log-driver none");
  const std::string path = state_->log_path(record);
  if (!path_exists(path)) return {};  // it was never started
  return read_log(path, options, sink, [&] {
    const Container container = state_->see(record);
    return container.running() || container.status == Status::restarting;
  });
}

}  // namespace gantry::engine
