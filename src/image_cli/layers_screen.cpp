#include "image_cli/layers_screen.hpp"

#include "base/text.hpp"
#include "options/print.hpp"
#include "report/table.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace gantry::image_cli {

namespace {

using view::Change;

// Sequences of ECMA-48, and xterm's second screen, which leaves the first as it was.
constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view kLeave = "\x1b[?25h\x1b[?1049l";
constexpr std::string_view kHome = "\x1b[H";
constexpr std::string_view kRestOfLine = "\x1b[K";
constexpr std::string_view kInverse = "\x1b[7m";
constexpr std::string_view kPlain = "\x1b[0m";

constexpr linux::WindowSize kUsual = {.rows = 24, .columns = 80};
constexpr std::size_t kFixedRows = 4;  ///< title, two headings, the line of keys

/// As much of it as fits, without what could move the cursor.
std::string fitted(std::string_view text, std::size_t columns) {
  std::string line = report::harmless(text);
  if (report::display_width(line) <= columns) return line;
  std::size_t end = 0;
  for (std::size_t width = 0; end < line.size() && width < columns; ++width) do
      ++end;
    while (end < line.size() && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80);
  return line.substr(0, end);
}

std::string line_of(const view::LayerReport& layer, std::size_t number) {
  return fmt::format("{:>3}  {:>8}  {:>6}  {:>6}  {:>6}  {}", number, human_size(layer.size), layer.added,
                     layer.changed, layer.removed, layer.created_by);
}

std::string line_of(const Change& change) {
  char letter = 'D';
  if (change.kind != Change::Kind::removed) letter = change.kind == Change::Kind::added ? 'A' : 'C';
  return fmt::format("{}  {:>8}  /{}{}", letter, human_size(change.size), change.path,
                     change.file == archive::Kind::directory ? "/" : "");
}

std::size_t moved(std::size_t from, std::ptrdiff_t by, std::size_t end) {
  const auto last = static_cast<std::ptrdiff_t>(end) - 1;
  return static_cast<std::size_t>(
      std::clamp(static_cast<std::ptrdiff_t>(from) + by, std::ptrdiff_t{0}, std::max(last, std::ptrdiff_t{0})));
}

/// Of the first key: one byte, or a sequence that begins with ESC [ or ESC O.
std::size_t length_of_key(std::string_view keys) {
  if (keys[0] != '\x1b' || keys.size() < 3 || (keys[1] != '[' && keys[1] != 'O')) return 1;
  std::size_t end = 2;
  while (end + 1 < keys.size() && (keys[end] < '@' || keys[end] > '~')) ++end;
  return end + 1;
}

/// Undoes what kEnter does, however the view ends.
class SecondScreen {
 public:
  SecondScreen() { best_effort(options::print(kEnter)); }
  SecondScreen(const SecondScreen&) = delete;
  SecondScreen& operator=(const SecondScreen&) = delete;
  ~SecondScreen() { best_effort(options::print(kLeave)); }
};

}  // namespace

void LayersScreen::move_layer(std::ptrdiff_t by) {
  layer_ = moved(layer_, by, report_.layers.size());
  file_ = 0;
}

void LayersScreen::move_files(std::ptrdiff_t by) {
  const std::size_t all = report_.layers.empty() ? 0 : report_.layers[layer_].changes.size();
  file_ = moved(file_, by, all > rows_of_files_ ? all - rows_of_files_ + 1 : 1);
}

bool LayersScreen::press(std::string_view keys) {
  while (!keys.empty()) {
    const std::size_t length = length_of_key(keys);
    if (!press_one(keys.substr(0, length))) return false;
    keys.remove_prefix(length);
  }
  return true;
}

bool LayersScreen::press_one(std::string_view key) {
  const auto page = static_cast<std::ptrdiff_t>(rows_of_files_);
  if (key == "q" || key == "\x1b" || key == "\x03" || key == "\x04") return false;
  if (key == "\x1b[A" || key == "\x1bOA" || key == "k") move_layer(-1);
  else if (key == "\x1b[B" || key == "\x1bOB" || key == "j") move_layer(1);
  else if (key == "\x1b[5~" || key == "b") move_files(-page);
  else if (key == "\x1b[6~" || key == " ") move_files(page);
  else if (key == "K") move_files(-1);
  else if (key == "J" || key == "\r") move_files(1);
  return true;
}

std::string LayersScreen::draw(linux::WindowSize size) {
  const std::size_t columns = std::max<std::size_t>(size.columns, 20);
  const std::size_t rows = std::max<std::size_t>(size.rows, 8);
  const std::size_t layer_rows = std::min(report_.layers.size(), (rows - kFixedRows) / 2);
  rows_of_files_ = rows - kFixedRows - layer_rows;
  first_layer_ = std::clamp(first_layer_, layer_ + 1 > layer_rows ? layer_ + 1 - layer_rows : 0, layer_);
  std::string screen;
  auto add = [&](std::string_view text, bool inverse = false) {
    if (inverse) screen += kInverse;
    (screen += fitted(text, columns)) += kRestOfLine;
    if (inverse) screen += kPlain;
    screen += "\r\n";
  };
  add(fmt::format("{} in all, {} wasted: efficiency {:.1f} %   {}", human_size(report_.size),
                  human_size(report_.wasted), report_.efficiency() * 100, title_));
  add("  #      SIZE   ADDED CHANGED REMOVED  CREATED BY");
  for (std::size_t i = first_layer_; i < first_layer_ + layer_rows; ++i)
    add(line_of(report_.layers[i], i + 1), i == layer_);
  static const std::vector<Change> kNone;
  const auto& changes = report_.layers.empty() ? kNone : report_.layers[layer_].changes;
  add(fmt::format("-- files {} to {} of {}", changes.empty() ? 0 : file_ + 1,
                  std::min(changes.size(), file_ + rows_of_files_), changes.size()));
  for (std::size_t i = file_; i < file_ + rows_of_files_; ++i) add(i < changes.size() ? line_of(changes[i]) : "");
  screen += fitted("up, down: layer   page up, page down, J, K: files   q: end", columns);
  return screen + std::string(kRestOfLine);
}

Result<> show_layers(const std::string& title, const view::ImageReport& report) {
  if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1)
    return fail(Code::invalid, "--interactive needs a terminal").with_cure("--format table or html");
  auto raw = TRY(linux::RawTerminal::enter(STDIN_FILENO));
  SecondScreen second;
  LayersScreen screen(title, report);
  while (true) {
    auto size = linux::window_size(STDOUT_FILENO);
    std::string text = screen.draw(size && size->rows > 0 ? *size : kUsual);
    TRY(options::print(std::string(kHome) + text));
    char key[16];
    ssize_t got = read(STDIN_FILENO, key, sizeof key);
    if (got < 0 && errno == EINTR) continue;  // as when the window has another size
    if (got < 0) return Error::system("cannot read from the terminal");
    if (got == 0 || !screen.press({key, static_cast<std::size_t>(got)})) return {};
  }
}

}  // namespace gantry::image_cli
