// Instructions that a stage should not have, or not in this form.

#include "base/text.hpp"
#include "dockerfile/check_rules.hpp"
#include "dockerfile/show.hpp"

#include <algorithm>
#include <array>

namespace gantry::dockerfile {

namespace {

constexpr std::array<std::string_view, 10> kSecretWords = {"apikey",   "auth",  "credential", "credentials", "key",
                                                           "password", "pword", "passwd",     "secret",      "token"};
constexpr std::array<std::string_view, 3> kHarmlessWords = {"public", "file", "version"};

bool names_secret(std::string_view name) {
  const auto words = split(to_lower(name), '_');
  const auto has_one_of = [&](auto& wanted) {
    return std::ranges::any_of(
        words, [&](const std::string& word) { return std::ranges::find(wanted, word) != wanted.end(); });
  };
  return has_one_of(kSecretWords) && !has_one_of(kHarmlessWords);
}

class StageForms {
 public:
  explicit StageForms(std::vector<Finding>& found) : found_(found) {}

  /// A stage FROM another goes on with its shell and its working directory.
  StageForms based_on(const StageForms* base) && {
    if (base) {
      has_shell_ = base->has_shell_;
      has_workdir_ = base->has_workdir_;
    }
    return *this;
  }

  void look_at(const Instruction& instruction) {
    at_ = instruction.at;
    std::visit([this](const auto& operation) { check(operation); }, instruction.operation);
  }

 private:
  void add(std::string_view rule, std::string text, std::string cure, const Position& at) {
    found_.push_back({check_rule(rule), std::move(text), std::move(cure), at});
  }
  void check_once(std::optional<Position>& earlier, std::string_view name) {
    if (earlier) {
      add("MultipleInstructionsDisallowed", fmt::format("this {} is overridden by the one on line {}", name, at_.line),
          "drop it", *earlier);
    }
    earlier = at_;
  }
  void check_json(const Command& command, std::string_view name) {
    if (!command.is_shell || has_shell_) return;
    add("JSONArgsRecommended", fmt::format("{} runs in a shell, which keeps signals from the program", name),
        fmt::format("write {} [\"program\", \"argument\"]", name), at_);
  }
  void check_secret(std::string_view instruction, std::string_view name, const Position& at) {
    if (!names_secret(name)) return;
    add("SecretsUsedInArgOrEnv",
        fmt::format("{} {} looks like a secret, and stays in the image", instruction, quoted(name)),
        "give it with RUN --mount=type=secret", at);
  }
  void check_pairs(const std::vector<KeyValue>& pairs, std::string_view name) {
    for (const auto& pair : pairs) {
      if (!pair.is_old_form) continue;
      add("LegacyKeyValueFormat", fmt::format("{} has a blank between name and value", name),
          fmt::format("write {} {}=VALUE", name, printable(pair.key)), pair.at);
    }
  }

  void check(const Arg& arg) {
    for (const auto& one : arg.args) check_secret("ARG", one.name, one.at);
  }
  void check(const Env& env) {
    check_pairs(env.pairs, "ENV");
    for (const auto& pair : env.pairs) check_secret("ENV", pair.key, pair.at);
  }
  void check(const Label& label) { check_pairs(label.pairs, "LABEL"); }
  void check(const Shell&) { has_shell_ = true; }
  void check(const Cmd& cmd) {
    check_once(cmd_, "CMD");
    check_json(cmd.command, "CMD");
  }
  void check(const Entrypoint& entrypoint) {
    check_once(entrypoint_, "ENTRYPOINT");
    check_json(entrypoint.command, "ENTRYPOINT");
  }
  void check(const Healthcheck&) { check_once(healthcheck_, "HEALTHCHECK"); }
  void check(const Maintainer&) {
    add("MaintainerDeprecated", "MAINTAINER is out of use", "write LABEL org.opencontainers.image.authors=NAME", at_);
  }
  void check(const Expose& expose) {
    for (const auto& port : expose.ports) {
      const auto protocol = cut(port, '/').after;
      if (protocol != to_lower(protocol) && protocol.find('$') == protocol.npos) {
        add("ExposeProtoCasing", "the protocol of " + quoted(port) + " has capitals", "write it in lower case", at_);
      }
      if (port.find(':') != std::string::npos && port.find('$') == std::string::npos) {
        add("ExposeInvalidFormat", quoted(port) + " names an address or a port of the host",
            "name the container's port alone; run -p publishes it", at_);
      }
    }
  }
  void check(const Workdir& workdir) {
    if (!has_workdir_ && !workdir.path.starts_with('/') && !workdir.path.starts_with('$')) {
      add("WorkdirRelativePath", "where " + quoted(workdir.path) + " is depends on the base image",
          "write an absolute path", at_);
    }
    has_workdir_ = true;
  }
  template <class Other>
  void check(const Other&) {}

  std::vector<Finding>& found_;
  Position at_;
  bool has_shell_ = false;
  bool has_workdir_ = false;
  std::optional<Position> cmd_;
  std::optional<Position> entrypoint_;
  std::optional<Position> healthcheck_;
};

}  // namespace

void check_forms(const Dockerfile& file, std::vector<Finding>& found) {
  std::vector<StageForms> done;
  done.reserve(file.stages.size());
  for (const auto& instruction : file.globals) StageForms(found).look_at(instruction);
  for (const auto& stage : file.stages) {
    const auto base = file.find_stage(stage.from.image, static_cast<int>(done.size()));
    done.push_back(StageForms(found).based_on(base < 0 ? nullptr : &done[static_cast<std::size_t>(base)]));
    for (const auto& instruction : stage.instructions) done.back().look_at(instruction);
  }
}

}  // namespace gantry::dockerfile
