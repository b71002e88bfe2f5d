#include "build/scheduler.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "build/cache_key.hpp"
#include "build/perform.hpp"
#include "store/pins.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace gantry::build {

namespace {

constexpr std::size_t kKeptLog = 64u << 10;
constexpr std::size_t kShownLines = 12;
constexpr int kTick = 100;  // milliseconds

std::string last_lines(std::string_view log) {
  auto lines = split(trim(log), '\n');
  if (lines.size() > kShownLines) lines.erase(lines.begin(), lines.end() - kShownLines);
  return join(lines, "\n");
}

}  // namespace

Result<std::optional<Failure>> Scheduler::run(const std::set<NodeId>& wanted, std::size_t jobs) {
  states_.assign(graph_.nodes.size(), State::unneeded);
  layers_.assign(graph_.nodes.size(), {});
  keys_.assign(graph_.nodes.size(), {});
  for (const NodeId node : wanted) choose(node);
  observer_.expect(static_cast<std::size_t>(std::ranges::count(states_, State::waiting)));
  TRY(begin_ready(jobs));
  while (!running_.empty() && !failure_) {
    TRY(wait());
    if (!failure_) TRY(begin_ready(jobs));
  }
  // What is still under way ends with its process, which leaves nothing.
  running_.clear();
  for (auto& context : contexts_)
    if (auto saved = context.save(); !saved) log::info("{}", saved.error().message());
  return std::move(failure_);
}

void Scheduler::choose(NodeId node) {
  if (states_[node] != State::unneeded) return;
  states_[node] = State::waiting;
  for (const NodeId input : inputs_of(graph_.nodes[node])) choose(input);
}

bool Scheduler::is_ready(NodeId node) const {
  return states_[node] == State::waiting && std::ranges::all_of(inputs_of(graph_.nodes[node]), [&](NodeId input) {
           return states_[input] == State::done;
         });
}

/// What a node needs comes before it in the graph, so one pass sees all that cached nodes make ready.
Result<> Scheduler::begin_ready(std::size_t jobs) {
  for (NodeId node = 0; node < states_.size() && !failure_; ++node)
    if (running_.size() < jobs && is_ready(node)) TRY(begin(node));
  return {};
}

void Scheduler::set_done(NodeId node, const oci::Digest& layer) {
  const Node& made = graph_.nodes[node];
  layers_[node] = made.base ? layers_[*made.base] : made.layers;
  if (!layer.empty()) layers_[node].push_back(layer);
  states_[node] = State::done;
}

bool Scheduler::has_layer(NodeId node) const {
  const auto& base = graph_.nodes[node].base;
  return layers_[node].size() > (base ? layers_[*base].size() : graph_.nodes[node].layers.size());
}

Result<> Scheduler::begin(NodeId node) {
  const Node& step = graph_.nodes[node];
  observer_.begin(node, step);
  if (step.steps.empty()) {
    set_done(node, {});
    observer_.end(node, Observer::End::done, 0);
    return {};
  }
  auto key = cache_key(step, situation(), contexts_);
  if (!key) {
    failure_ = Failure{.node = node, .status = 0, .reason = key.error().message(), .log = {}};
    observer_.end(node, Observer::End::failed, 0);
    return {};
  }
  keys_[node] = std::move(*key);
  if (step.uses_cache && take_cached(node, keys_[node].digest)) return {};
  return start(node, keys_[node].digest);
}

bool Scheduler::take_cached(NodeId node, const oci::Digest& key) {
  const auto pin = store::Pins(settings_.store.root()).find(key);
  if (!pin) return false;
  oci::Digest layer;
  if (!pin->layer.empty()) {
    auto parsed = oci::Digest::parse(pin->layer);
    if (!parsed || !settings_.store.layers().has(*parsed)) return false;
    layer = std::move(*parsed);
  }
  set_done(node, layer);
  observer_.end(node, Observer::End::cached, 0);
  return true;
}

std::optional<CachedStep> Scheduler::cached_step(NodeId node) const {
  const StepKey& key = keys_[node];
  if (states_[node] != State::done || key.digest.empty() || !key.is_portable) return {};
  return CachedStep{.key = key.digest.text(),
                    .layer = has_layer(node) ? layers_[node].back().text() : std::string(),
                    .blob = {},
                    .description = graph_.nodes[node].label};
}

Result<Performed> Scheduler::perform_or_fetch(NodeId node, const ImportedSteps::Found* found, const Fd& out) const {
  const Node& step = graph_.nodes[node];
  static const std::vector<oci::Digest> kNothing;
  if (found != nullptr) {
    auto fetched = fetch_step(settings_.store, *found);
    if (fetched) return fetched;
    // A cache is a help; without it the step is done here.
    best_effort(write_all(out, fmt::format("{}\n", fetched.error().message()), "the step's output"));
  }
  return perform(step, step.base ? layers_[*step.base] : kNothing, situation(), out);
}

Result<> Scheduler::start(NodeId node, const oci::Digest& key) {
  Pipe output = TRY(make_pipe());
  TRY(set_nonblocking(output.read.get(), true));
  const auto* found = graph_.nodes[node].uses_cache ? imported_.find(key) : nullptr;
  auto task = TRY(transfer::Task::start([&]() -> Result<std::string> {
    output.read.close();
    return json::encode(TRY(perform_or_fetch(node, found, output.write)));
  }));
  states_[node] = State::running;
  running_.push_back(Running{
      .node = node, .key = key, .task = std::move(task), .output = std::move(output.read), .begun = monotonic()});
  return {};
}

void Scheduler::drain(Running& running, Observer& observer) {
  std::array<char, 16384> buffer;
  while (true) {
    const ssize_t got = read(running.output.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      if (got == 0) running.output.close();
      return;
    }
    const std::string_view text(buffer.data(), static_cast<std::size_t>(got));
    observer.output(running.node, text);
    running.log += text;
    if (running.log.size() > 2 * kKeptLog) running.log.erase(0, running.log.size() - kKeptLog);
  }
}

/// Until one more step has ended, or a moment has passed.
Result<> Scheduler::wait() {
  std::vector<pollfd> waited;
  for (const auto& running : running_) {
    waited.push_back({.fd = running.task.report().get(), .events = POLLIN, .revents = 0});
    waited.push_back({.fd = running.output.get(), .events = POLLIN, .revents = 0});
  }
  if (poll(waited.data(), waited.size(), kTick) < 0 && errno != EINTR) return Error::system("poll");
  std::size_t at = 0;
  for (auto running = running_.begin(); running != running_.end();) {
    const auto current = running++;
    if (waited[at + 1].revents != 0) drain(*current, observer_);
    if (waited[at].revents != 0) TRY(finish(current));
    at += 2;
    if (failure_) return {};
  }
  observer_.tick();
  return {};
}

void Scheduler::fail_step(const Running& running, int status, std::string reason) {
  failure_ =
      Failure{.node = running.node, .status = status, .reason = std::move(reason), .log = last_lines(running.log)};
  observer_.end(running.node, Observer::End::failed, monotonic() - running.begun);
}

Result<> Scheduler::finish(std::list<Running>::iterator running) {
  auto told = running->task.finish();
  drain(*running, observer_);
  if (!told) {
    fail_step(*running, 0, told.error().message());
    return {};
  }
  const auto performed = TRY(json::decode<Performed>(*told, "the step's report"));
  if (performed.status != 0) {
    fail_step(*running, performed.status, fmt::format("its command ended with status {}", performed.status));
    return {};
  }
  oci::Digest layer;
  if (!performed.layer.empty()) layer = TRY(oci::Digest::parse(performed.layer));
  const std::string& label = graph_.nodes[running->node].label;
  TRY(store::Pins(settings_.store.root())
          .put(running->key,
               {.layer = performed.layer, .size = performed.size, .description = label, .created = now()}));
  set_done(running->node, layer);
  observer_.end(running->node, performed.is_fetched ? Observer::End::cached : Observer::End::done,
                monotonic() - running->begun);
  running_.erase(running);
  return {};
}

}  // namespace gantry::build
