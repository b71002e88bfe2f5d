#include "engine/events.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace gantry::engine {

namespace {

constexpr const char* kLog = "/log";
constexpr const char* kOldLog = "/log.1";
constexpr std::array<std::string_view, 7> kKeys{"container", "event", "image", "label", "pod", "type", "volume"};

bool has_label(const Event& event, std::string_view wanted) {
  const Halves halves = cut(wanted, '=');
  const auto found = event.attributes.find(std::string(halves.before));
  return found != event.attributes.end() && (!halves.found || found->second == halves.after);
}

bool is_of(const Event& event, std::string_view type, std::string_view value) {
  return event.type == type && (event.name == value || (!value.empty() && event.id.starts_with(value)));
}

bool is_of_image(const Event& event, std::string_view value) {
  const std::string& image = event.type == "image" ? event.name : event.image;
  const std::string ending = "/" + std::string(value);
  const std::string_view untagged = cut_last(image, ':').before;
  return image == value || image.ends_with(ending) || untagged == value || untagged.ends_with(ending);
}

bool is_status(const Event& event, std::string_view value) {
  // docker's words for podman's.
  if (value == "die") value = "died";
  if (value == "destroy") value = "remove";
  return event.status == value;
}

bool holds(const Event& event, std::string_view key, std::string_view value) {
  if (key == "container") return is_of(event, "container", value);
  if (key == "event") return is_status(event, value);
  if (key == "image") return is_of_image(event, value);
  if (key == "label") return has_label(event, value);
  if (key == "type") return event.type == value;
  return is_of(event, key, value);
}

/// Reads the lines of a log that grows, from one file to its successor.
class EventReader {
 public:
  EventReader(const EventQuery& query, const EventSink& sink) : query_(query), sink_(sink) {}

  /// All that is there now. False when `until` is over.
  Result<bool> read_on(const Fd& file) {
    std::array<char, 32 << 10> block;
    while (true) {
      const ssize_t got = ::read(file.get(), block.data(), block.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return Error::system("read the events");
      if (got == 0) return true;
      buffer_.append(block.data(), static_cast<std::size_t>(got));
      if (!TRY(pass_lines())) return false;
    }
  }
  /// The beginning of a line that has no end in a file that is over.
  void forget_torn() { buffer_.clear(); }

 private:
  Result<bool> pass_lines() {
    std::size_t begin = 0;
    for (std::size_t end; (end = buffer_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      auto event = json::decode<Event>(std::string_view(buffer_).substr(begin, end - begin), "an event");
      if (!event) continue;
      if (query_.until && event->time > *query_.until) return false;
      if (matches(*event, query_)) TRY(sink_(*event));
    }
    buffer_.erase(0, begin);
    return true;
  }

  const EventQuery& query_;
  const EventSink& sink_;
  std::string buffer_;
};

bool is_file(const Fd& file, const std::string& path) {
  struct stat open, named;
  return file && fstat(file.get(), &open) == 0 && stat(path.c_str(), &named) == 0 && open.st_ino == named.st_ino &&
         open.st_dev == named.st_dev;
}

Result<Fd> open_if_there(const std::string& path) {
  auto file = open_file(path, O_RDONLY);
  if (!file && file.error().code() == Code::not_found) return Fd();
  return file;
}

/// Waits for news in the folder, until `until` at most; false when that is over.
bool wait_for_news(const Fd& events, std::optional<Timestamp> until) {
  int milliseconds = -1;
  if (until) milliseconds = static_cast<int>(std::clamp<Timestamp>((*until - now()) / 1'000'000 + 1, 0, 60'000));
  pollfd news{events.get(), POLLIN, 0};
  if (poll(&news, 1, milliseconds) > 0) {
    std::array<char, 4096> discarded;
    while (::read(events.get(), discarded.data(), discarded.size()) > 0) {
    }
  }
  return !until || now() < *until;
}

}  // namespace

Result<> check_event_conditions(const EventQuery& query) {
  for (const auto& [key, value] : query.conditions)
    if (std::ranges::find(kKeys, key) == kKeys.end())
      return fail(Code::invalid, "there is no filter '{}' of events", key)
          .with_cure("filters are container, event, image, label, pod, type and volume");
  return {};
}

bool matches(const Event& event, const EventQuery& query) {
  if (query.since && event.time < *query.since) return false;
  for (std::string_view key : kKeys) {
    bool asked = false, any = false, all = true;
    for (const auto& [name, value] : query.conditions) {
      if (name != key) continue;
      const bool one = holds(event, key, value);
      asked = true;
      any |= one;
      all &= one;
    }
    if (asked && !(key == "label" ? all : any)) return false;
  }
  return true;
}

Result<> EventLog::append(const Event& event) const {
  const std::string path = folder_ + kLog;
  auto file = open_file(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
  if (!file && file.error().code() == Code::not_found) {
    TRY(make_folders(folder_, 0700));
    file = open_file(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
  }
  const Fd log = TRY(std::move(file));
  TRY(write_all(log, json::encode(event) + "\n", path));
  struct stat info;
  if (fstat(log.get(), &info) == 0 && static_cast<std::uint64_t>(info.st_size) > size_) TRY(rotate());
  return {};
}

Result<> EventLog::rotate() const {
  const Lock lock = TRY(Lock::take(folder_, Lock::Mode::exclusive));
  struct stat info;
  const std::string path = folder_ + kLog;
  // Somebody else may have done it meanwhile.
  if (stat(path.c_str(), &info) < 0 || static_cast<std::uint64_t>(info.st_size) <= size_) return {};
  if (rename(path.c_str(), (folder_ + kOldLog).c_str()) < 0) return Error::system("put the old events aside");
  return {};
}

Result<> EventLog::read(const EventQuery& query, const EventSink& sink) const {
  TRY(check_event_conditions(query));
  EventReader reader(query, sink);
  Fd news;
  if (query.follow) {
    // Watched before it is read, so that no event comes in between.
    TRY(make_folders(folder_, 0700));
    news = Fd(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!news || inotify_add_watch(news.get(), folder_.c_str(), IN_MODIFY | IN_CREATE | IN_MOVE) < 0)
      return Error::system("watch {}", folder_);
  }
  if (Fd old = TRY(open_if_there(folder_ + kOldLog))) {
    if (!TRY(reader.read_on(old))) return {};
    reader.forget_torn();
  }
  const std::string path = folder_ + kLog;
  Fd log = TRY(open_if_there(path));
  while (true) {
    if (log && !TRY(reader.read_on(log))) return {};
    if (!is_file(log, path)) {
      // It was put aside: what came into it before that is read, the rest is in its successor.
      if (log && !TRY(reader.read_on(log))) return {};
      Fd next = TRY(open_if_there(path));
      const bool found = next.valid();
      log = std::move(next);
      reader.forget_torn();
      if (found) continue;
    }
    if (!query.follow || !wait_for_news(news, query.until)) return {};
  }
}

}  // namespace gantry::engine
