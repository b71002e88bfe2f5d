#include "engine/run_folder.hpp"

#include "base/text.hpp"
#include "linux/process.hpp"
#include "wire/monitor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>

namespace gantry::engine {

namespace {

constexpr const char* kStartRecord = "start";

template <class Number>
bool read_number(std::string_view text, Number& number) {
  auto parsed = parse_unsigned(text);
  if (parsed) number = static_cast<Number>(*parsed);
  return parsed.has_value();
}

}  // namespace

Result<std::string> boot_id() {
  std::string text = TRY(read_file("/proc/sys/kernel/random/boot_id"));
  return std::string(trim(text));
}

bool StartRecord::alive() const {
  if (!init.alive()) return false;
  auto booted = gantry::engine::boot_id();
  return booted && *booted == boot_id;
}

Result<Fd> StartRecord::open() const {
  Fd pidfd = TRY(linux::open_pidfd(init.pid));
  // Looked at after it was opened: now it cannot become another process.
  if (!alive()) return fail(Code::not_found, "process {} has ended", init.pid);
  return pidfd;
}

std::string format_start_record(const StartRecord& record) {
  return fmt::format("{} {} {} {}\n", record.init.pid, record.init.start_time, record.time, record.boot_id);
}

std::optional<StartRecord> parse_start_record(std::string_view text) {
  const auto words = split(trim(text), ' ');
  StartRecord record;
  if (words.size() != 4 || !read_number(words[0], record.init.pid) || !read_number(words[1], record.init.start_time) ||
      !read_number(words[2], record.time))
    return {};
  record.boot_id = words[3];
  return record;
}

std::optional<Exit> parse_exit_record(std::string_view text) {
  const auto words = split(trim(text), ' ');
  Exit exit;
  if (words.size() != 3 || !read_number(words[0], exit.code.emplace()) || !read_number(words[1], exit.signal) ||
      !read_number(words[2], exit.time))
    return {};
  return exit;
}

Result<Fd> RunFolder::make() const {
  TRY(remove());
  return make_and_open_folder(path_, 0700);
}

Result<> RunFolder::set(std::string_view mark) const {
  TRY(open_file(file(mark), O_WRONLY | O_CREAT | O_TRUNC, 0600));
  return {};
}

Result<> RunFolder::write_start(const StartRecord& record) const {
  return replace_file(file(kStartRecord), format_start_record(record), 0600, Sync::no);
}

std::optional<StartRecord> RunFolder::start() const {
  auto text = read_file(file(kStartRecord));
  if (!text) return {};
  return parse_start_record(*text);
}

std::optional<Exit> RunFolder::exit() const {
  auto text = read_file(file(wire::kExitRecord));
  if (!text) return {};
  return parse_exit_record(*text);
}

Result<Fd> RunFolder::open_for_monitor() const {
  Fd folder = TRY(open_folder(path_));
  if (flock(folder.get(), LOCK_EX | LOCK_NB) < 0) return Error::system("lock {}", path_);
  return folder;
}

bool RunFolder::monitored() const {
  auto lock = Lock::try_take(path_, Lock::Mode::shared);
  return !lock && lock.error().code() == Code::busy;
}

Result<> RunFolder::wait_for_exit(const StartRecord& start) const {
  Fd events(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!events) return Error::system("watch {}", path_);
  // A folder that is gone was cleaned up.
  if (inotify_add_watch(events.get(), path_.c_str(), IN_MOVED_TO) < 0) return {};
  // The monitor may be killed too, which tells nobody: so look again from time to time.
  constexpr int kLookAgain = 100;  // milliseconds
  auto is_the_same = [&] {
    const auto now = this->start();
    return now && now->init.pid == start.init.pid && now->init.start_time == start.init.start_time;
  };
  while (!path_exists(file(wire::kExitRecord)) && monitored() && is_the_same()) {
    pollfd news{events.get(), POLLIN, 0};
    if (poll(&news, 1, kLookAgain) <= 0) continue;
    std::array<char, 4096> discarded;
    while (read(events.get(), discarded.data(), discarded.size()) > 0) continue;
  }
  return {};
}

}  // namespace gantry::engine
