#include "progress/meter.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "progress/counters.hpp"
#include "progress/line.hpp"
#include "progress/screen.hpp"
#include "progress/speed.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace gantry::progress {

namespace {

constexpr auto kPause = std::chrono::milliseconds(100);  ///< between two drawings
constexpr linux::WindowSize kUsual{24, 80};

double seconds_since(std::int64_t start) { return static_cast<double>(monotonic() - start) / kSecond; }

/// Something is moved by now.
struct Entry {
  std::string label;
  std::optional<std::uint64_t> whole;
  Counter* counter = nullptr;
  std::int64_t begun = 0;
  Speed speed;

  std::uint64_t done() const { return counter == nullptr ? 0 : counter->load(std::memory_order_relaxed); }
};

class CountedSource final : public Source {
 public:
  CountedSource(std::unique_ptr<Source> source, Counter& counter) : source_(std::move(source)), counter_(counter) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    auto got = source_->read(buffer);
    if (got) counter_.fetch_add(*got, std::memory_order_relaxed);
    return got;
  }

 private:
  std::unique_ptr<Source> source_;
  Counter& counter_;
};

}  // namespace

struct MeterState {
  MeterState(Style style, int fd) : style(style), fd(fd) {}

  const Style style;
  const int fd;
  Counters counters;
  std::mutex mutex;  ///< of all that follows
  std::condition_variable_any wake;
  std::map<std::size_t, Entry> entries;
  std::size_t next_id = 0;
  std::vector<std::string> settled;  ///< lines that are still to be written
  std::uint64_t expected = 0;        ///< bytes
  std::uint64_t begun = 0;           ///< bytes of all entries there have been
  std::uint64_t finished = 0;        ///< bytes of those that have come
  std::int64_t start = monotonic();
  Speed speed;
  Screen screen;
  bool drawn = false;

  void settle(std::string line);
  void end(std::size_t id, std::string_view outcome);
  void draw(bool last);
  std::vector<std::string> live_lines(linux::WindowSize window);
  void write(std::string_view text) const;
};

void MeterState::write(std::string_view text) const {
  while (!text.empty()) {
    ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno != EINTR) return;  // nobody looks any more, which is no reason to stop
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void MeterState::settle(std::string line) {
  if (style == Style::lines) write(line + "\n");
  else settled.push_back(std::move(line));
}

/// An empty outcome: it has failed.
void MeterState::end(std::size_t id, std::string_view outcome) {
  std::scoped_lock lock(mutex);
  auto found = entries.find(id);
  if (found == entries.end()) return;
  Entry entry = std::move(found->second);
  entries.erase(found);
  std::uint64_t done = std::max(entry.done(), outcome.empty() ? 0 : entry.whole.value_or(0));
  if (!outcome.empty()) finished += done;
  if (entry.counter != nullptr) counters.give_back(entry.counter);
  if (outcome.empty()) return;
  std::string label = style == Style::bars ? short_label(entry.label) : entry.label;
  std::string size = outcome == "done" ? fmt::format(" ({})", human_size(done)) : std::string();
  settle(fmt::format("{} {}{}", label, outcome, size));
}

std::vector<std::string> MeterState::live_lines(linux::WindowSize window) {
  std::size_t columns = std::max<std::size_t>(window.columns, 2) - 1;  // a full line would wrap
  std::int64_t time = monotonic();
  std::vector<std::string> lines;
  std::uint64_t done = finished;
  for (auto& [id, entry] : entries) {
    done += entry.done();
    lines.push_back(bar_line(entry.label, {entry.done(), entry.whole, entry.speed.at(entry.done(), time)}, columns));
  }
  std::uint64_t whole = std::max({expected, begun, done});
  if (!lines.empty()) lines.push_back(bar_line("Total", {done, whole, speed.at(done, time)}, columns));
  return lines;
}

void MeterState::draw(bool last) {
  auto window = linux::window_size(fd);
  linux::WindowSize size = window && window->rows > 1 && window->columns > 1 ? *window : kUsual;
  std::vector<std::string> live;
  if (!last) live = live_lines(size);
  if (settled.empty() && live.empty() && !drawn) return;
  write(screen.draw(settled, live, size));
  settled.clear();
  drawn = !live.empty();
}

Item::Item(Item&& other) noexcept : state_(std::move(other.state_)), id_(other.id_) { other.state_.reset(); }

Item& Item::operator=(Item&& other) noexcept {
  std::swap(state_, other.state_);
  std::swap(id_, other.id_);
  return *this;
}

Item::~Item() {
  if (state_) state_->end(id_, {});
}

std::unique_ptr<Source> Item::counted(std::unique_ptr<Source> source, std::uint64_t from) const {
  if (!state_) return source;
  std::scoped_lock lock(state_->mutex);
  auto entry = state_->entries.find(id_);
  if (entry == state_->entries.end() || entry->second.counter == nullptr) return source;
  entry->second.counter->store(from, std::memory_order_relaxed);
  return std::make_unique<CountedSource>(std::move(source), *entry->second.counter);
}

void Item::done() {
  if (auto state = std::exchange(state_, nullptr)) state->end(id_, "done");
}

void Item::skipped(const std::string& why) {
  if (auto state = std::exchange(state_, nullptr)) state->end(id_, "skipped: " + why);
}

Style style_for(bool quiet) {
  if (quiet) return Style::none;
  const char* terminal = getenv("TERM");
  bool can_move = isatty(STDERR_FILENO) && terminal != nullptr && std::string_view(terminal) != "dumb";
  // Who wants to read much of the log would find the bars in between.
  return can_move && log::settings().level >= log::Level::warning ? Style::bars : Style::lines;
}

Meter::Meter(Style style, int fd) {
  if (style == Style::none) return;
  state_ = std::make_shared<MeterState>(style, fd);
  if (style != Style::bars) return;
  drawer_ = std::jthread([state = state_](const std::stop_token& stop) {
    std::unique_lock lock(state->mutex);
    while (!stop.stop_requested()) {
      state->wake.wait_for(lock, stop, kPause, [] { return false; });
      state->draw(stop.stop_requested());
    }
  });
}

Meter::~Meter() {
  if (!state_) return;
  if (drawer_.joinable()) {
    drawer_.request_stop();
    drawer_.join();
  }
  std::scoped_lock lock(state_->mutex);
  double seconds = seconds_since(state_->start);
  if (state_->style != Style::bars || state_->finished == 0) return;
  auto speed = static_cast<std::uint64_t>(static_cast<double>(state_->finished) / std::max(seconds, 0.001));
  state_->settle(fmt::format("Total: {} in {:.1f} s, {}/s", human_size(state_->finished), seconds, human_size(speed)));
  state_->draw(true);
}

Item Meter::begin(std::string label, std::optional<std::uint64_t> size) {
  if (!state_) return {};
  std::scoped_lock lock(state_->mutex);
  state_->begun += size.value_or(0);
  std::size_t id = state_->next_id++;
  state_->entries[id] = {std::move(label), size, state_->counters.take(), monotonic(), {}};
  return Item(state_, id);
}

void Meter::expect(std::uint64_t bytes) {
  if (!state_) return;
  std::scoped_lock lock(state_->mutex);
  state_->expected += bytes;
}

void Meter::note(const std::string& line) {
  if (!state_) return;
  std::scoped_lock lock(state_->mutex);
  state_->settle(line);
}

Meter& silent() {
  static Meter meter;
  return meter;
}

}  // namespace gantry::progress
