// Variables of stages, and files that the context does not have.

#include "base/text.hpp"
#include "dockerfile/check_rules.hpp"
#include "dockerfile/show.hpp"

#include <algorithm>

namespace gantry::dockerfile {

namespace {

struct WalkedStage {
  StageScope scope;
  bool is_env_known = false;
};

void check_copied(const Transfer& transfer, const Position& at, const IgnoreRules& ignore,
                  std::vector<Finding>& found) {
  for (const auto& source : transfer.sources) {
    if (source.find("://") != std::string::npos || source.starts_with("git@") || has_wildcards(source)) continue;
    auto path = clean_path("/" + source).substr(1);
    if (path.empty() || !ignore.ignores(path)) continue;
    found.push_back({check_rule("CopyIgnoredFile"), quoted(source) + " is left out by the ignore file",
                     "take it back there with a line !" + printable(path), at});
  }
}

std::vector<std::string_view> known_names(const StageScope& scope) {
  std::vector<std::string_view> names;
  for (const auto& one : scope.env()) names.push_back(cut(one, '=').before);
  return names;
}

void report_unset(const WalkedStage& walked, std::size_t from, std::vector<Finding>& found) {
  if (!walked.is_env_known) return;
  const auto& declared = walked.scope.declared();
  for (std::size_t i = from; i < walked.scope.unset().size(); ++i) {
    const auto& unset = walked.scope.unset()[i];
    if (std::ranges::find(declared, unset.name) != declared.end()) continue;
    found.push_back({check_rule("UndefinedVar"), quoted("$" + unset.name) + " is set nowhere above",
                     did_you_mean(unset.name, known_names(walked.scope),
                                  fmt::format("write ARG {0} or ENV {0}=VALUE above it", printable(unset.name))),
                     unset.at});
  }
}

/// The scope with which a stage begins.
WalkedStage begin_stage(const Dockerfile& file, const Stage& stage, const Globals& globals, const CheckInputs& inputs,
                        const std::vector<WalkedStage>& walked) {
  const auto from = expand_from(file, stage, globals);
  if (!from) return {StageScope(file, globals, {}), false};
  const auto base = file.find_stage(from->image, static_cast<int>(walked.size()));
  if (base >= 0) return walked[static_cast<std::size_t>(base)];
  if (from->image == "scratch") return {StageScope(file, globals, {"PATH=/bin"}), true};
  auto env = inputs.base_env ? inputs.base_env(*from) : std::nullopt;
  return {StageScope(file, globals, env.value_or(std::vector<std::string>{})), env.has_value()};
}

}  // namespace

void check_variables(const Dockerfile& file, const CheckInputs& inputs, std::vector<Finding>& found) {
  const auto globals = expand_globals(file, inputs.build);
  if (!globals) return;  // the build itself says why
  std::vector<WalkedStage> walked;
  for (const auto& stage : file.stages) {
    auto current = begin_stage(file, stage, *globals, inputs, walked);
    const auto before = current.scope.unset().size();
    for (const auto& instruction : stage.instructions) {
      const auto expanded = current.scope.expand(instruction);
      if (!expanded) break;
      if (!inputs.ignore) continue;
      if (const auto* copy = std::get_if<Copy>(&expanded->operation); copy && copy->from.empty()) {
        check_copied(copy->transfer, instruction.at, *inputs.ignore, found);
      }
      if (const auto* add = std::get_if<Add>(&expanded->operation)) {
        check_copied(add->transfer, instruction.at, *inputs.ignore, found);
      }
    }
    report_unset(current, before, found);
    walked.push_back(std::move(current));
  }
}

}  // namespace gantry::dockerfile
