#include "build_cli/progress.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "options/print.hpp"
#include "options/value.hpp"
#include "progress/meter.hpp"

#include <boost/describe/class.hpp>

#include <map>

namespace gantry::build_cli {

namespace {

using build::Node;
using build::NodeId;
using build::Observer;

class Silent final : public Observer {
 public:
  void expect(std::size_t) override {}
  void begin(NodeId, const Node&) override {}
  void output(NodeId, std::string_view) override {}
  void end(NodeId, End, std::int64_t) override {}
};

/// Nobody can be told that telling has failed.
void tell(const std::string& text) { best_effort(options::print_error(text)); }

/// Lines for logs: the beginning of a step, what it prints and its end, each with its number in front.
class Plain final : public Observer {
 public:
  void expect(std::size_t steps) override { count_ = steps; }

  void begin(NodeId node, const Node& step) override {
    Shown& shown = shown_[node];
    shown.number = shown_.size();
    tell(fmt::format("[{}/{}] {}\n", shown.number, count_, step_title(step)));
  }

  void output(NodeId node, std::string_view text) override {
    Shown& shown = shown_[node];
    shown.rest += text;
    std::string lines;
    std::size_t end;
    while ((end = shown.rest.find('\n')) != std::string::npos) {
      lines += fmt::format("[{}/{}] | {}\n", shown.number, count_, std::string_view(shown.rest).substr(0, end));
      shown.rest.erase(0, end + 1);
    }
    if (!lines.empty()) tell(lines);
  }

  void end(NodeId node, End how, std::int64_t nanoseconds) override {
    if (!shown_[node].rest.empty()) output(node, "\n");
    const std::size_t number = shown_[node].number;
    if (how == End::cached) tell(fmt::format("[{}/{}] cached\n", number, count_));
    else if (how == End::failed) tell(fmt::format("[{}/{}] failed\n", number, count_));
    else if (nanoseconds > 0)
      tell(fmt::format("[{}/{}] done in {:.2f}s\n", number, count_, static_cast<double>(nanoseconds) / 1e9));
  }

 private:
  struct Shown {
    std::size_t number = 0;
    std::string rest;  ///< a line that has not ended
  };
  std::size_t count_ = 0;
  std::map<NodeId, Shown> shown_;
};

/// What a line of "json" holds.
struct ProgressLine {
  std::uint64_t step = 0;
  std::uint64_t of = 0;
  std::string stage;
  std::string name;
  std::string state;  ///< "begun", "output", "done", "cached", "failed"
  std::string text;
  double seconds = 0;
};
BOOST_DESCRIBE_STRUCT(ProgressLine, (), (step, of, stage, name, state, text, seconds))

class Json final : public Observer {
 public:
  void expect(std::size_t steps) override { count_ = steps; }
  void begin(NodeId node, const Node& step) override {
    const std::size_t number = lines_.size() + 1;
    lines_[node] = {.step = number, .of = count_, .stage = step.stage, .name = step.label, .state = "begun"};
    write(lines_[node]);
  }
  void output(NodeId node, std::string_view text) override {
    ProgressLine line = lines_[node];
    line.state = "output";
    line.text = text;
    write(line);
  }
  void end(NodeId node, End how, std::int64_t nanoseconds) override {
    ProgressLine line = lines_[node];
    line.state = how == End::cached ? "cached" : how == End::failed ? "failed" : "done";
    line.seconds = static_cast<double>(nanoseconds) / 1e9;
    write(line);
  }

 private:
  static void write(const ProgressLine& line) { tell(json::encode(line) + "\n"); }
  std::size_t count_ = 0;
  std::map<NodeId, ProgressLine> lines_;
};

enum class ProgressStyle { chosen, plain, tree, lines_of_json, none };
constexpr options::Choice<ProgressStyle> kStyles[] = {
    {"auto", ProgressStyle::chosen},        {"plain", ProgressStyle::plain},           {"tty", ProgressStyle::tree},
    {"json", ProgressStyle::lines_of_json}, {"rawjson", ProgressStyle::lines_of_json}, {"none", ProgressStyle::none},
    {"quiet", ProgressStyle::none}};

}  // namespace

std::string step_title(const Node& step) {
  const std::string line(cut(step.label, '\n').before);
  return step.stage.empty() || !step.at.line ? line : fmt::format("{}: {}", step.stage, line);
}

std::unique_ptr<Observer> make_plain_observer() { return std::make_unique<Plain>(); }
std::unique_ptr<Observer> make_json_observer() { return std::make_unique<Json>(); }

Result<std::unique_ptr<Observer>> make_observer(const std::string& style, bool quiet) {
  auto chosen = TRY(with_context(options::read_choice<kStyles>(style.empty() ? "auto" : style), "--progress"));
  if (quiet) chosen = ProgressStyle::none;
  if (chosen == ProgressStyle::chosen)
    chosen = progress::style_for(false) == progress::Style::bars ? ProgressStyle::tree : ProgressStyle::plain;
  switch (chosen) {
    case ProgressStyle::none:
      return std::unique_ptr<Observer>(std::make_unique<Silent>());
    case ProgressStyle::lines_of_json:
      return make_json_observer();
    case ProgressStyle::tree:
      return make_tree_observer();
    default:
      return make_plain_observer();
  }
}

}  // namespace gantry::build_cli
