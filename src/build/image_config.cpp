#include "build/image_config.hpp"

#include "base/text.hpp"
#include "linux/path.hpp"
#include "linux/process.hpp"

namespace gantry::build {

namespace {

Result<std::uint16_t> read_port(std::string_view text, const std::string& whole) {
  constexpr std::uint64_t kMost = 65535;
  auto port = parse_unsigned(text);
  if (!port || *port > kMost)
    return fail(Code::invalid, "'{}' is no port", whole).with_cure("as 80, 53/udp or 8000-8010");
  return static_cast<std::uint16_t>(*port);
}

}  // namespace

Result<> ImageConfigEditor::apply(const dockerfile::Operation& operation) {
  return std::visit([this](const auto& known) { return take(known); }, operation);
}

std::vector<std::string> ImageConfigEditor::shell_words(const std::string& line) const {
  std::vector<std::string> words = config_.shell;
  if (words.empty()) words = {"/bin/sh", "-c"};
  words.push_back(line);
  return words;
}

std::vector<std::string> ImageConfigEditor::words_of(const dockerfile::Command& command) const {
  if (!command.is_shell || command.words.empty()) return command.words;
  return shell_words(command.words.front());
}

Result<> ImageConfigEditor::take(const dockerfile::Label& label) {
  for (const auto& pair : label.pairs) config_.labels[pair.key] = pair.value;
  return {};
}

Result<> ImageConfigEditor::take(const dockerfile::Workdir& workdir) {
  const std::string base = config_.working_dir.empty() ? "/" : config_.working_dir;
  config_.working_dir = linux::clean_path(workdir.path.starts_with('/') ? workdir.path : base + "/" + workdir.path);
  return {};
}

Result<> ImageConfigEditor::take(const dockerfile::User& user) {
  config_.user = user.user;
  return {};
}

Result<> ImageConfigEditor::take(const dockerfile::Expose& expose) {
  for (const auto& word : expose.ports) {
    const auto [ports, protocol, has_protocol] = cut(word, '/');
    const auto [first, last, is_range] = cut(ports, '-');
    const std::uint16_t begin = TRY(read_port(first, word));
    const std::uint16_t end = is_range ? TRY(read_port(last, word)) : begin;
    if (end < begin) return fail(Code::invalid, "'{}' ends before it begins", word);
    for (unsigned port = begin; port <= end; ++port)
      config_.exposed_ports[fmt::format("{}/{}", port, has_protocol ? to_lower(protocol) : "tcp")] = {};
  }
  return {};
}

Result<> ImageConfigEditor::take(const dockerfile::Volume& volume) {
  for (const auto& path : volume.paths) config_.volumes[path] = {};
  return {};
}

Result<> ImageConfigEditor::take(const dockerfile::Cmd& cmd) {
  config_.cmd = words_of(cmd.command);
  has_cmd_ = true;
  return {};
}

/// The base's CMD was meant for the base's ENTRYPOINT.
Result<> ImageConfigEditor::take(const dockerfile::Entrypoint& entrypoint) {
  config_.entrypoint = words_of(entrypoint.command);
  if (!has_cmd_) config_.cmd.clear();
  return {};
}

Result<> ImageConfigEditor::take(const dockerfile::Shell& shell) {
  config_.shell = shell.words;
  return {};
}

Result<> ImageConfigEditor::take(const dockerfile::StopSignal& signal) {
  TRY(linux::parse_signal(signal.signal));
  config_.stop_signal = signal.signal;
  return {};
}

Result<> ImageConfigEditor::take(const dockerfile::Healthcheck& check) {
  oci::Healthcheck health;
  if (check.is_none) {
    health.test = {"NONE"};
  } else {
    health.test = {check.command.is_shell ? "CMD-SHELL" : "CMD"};
    health.test.insert(health.test.end(), check.command.words.begin(), check.command.words.end());
    health.interval = check.interval.count();
    health.timeout = check.timeout.count();
    health.start_period = check.start_period.count();
    health.start_interval = check.start_interval.count();
    health.retries = check.retries;
  }
  config_.healthcheck = std::move(health);
  return {};
}

Result<> ImageConfigEditor::take(const dockerfile::OnBuild& trigger) {
  config_.on_build.push_back(trigger.instruction);
  return {};
}

Result<> ImageConfigEditor::take(const dockerfile::Maintainer& maintainer) {
  image_.author = maintainer.name;
  return {};
}

}  // namespace gantry::build
