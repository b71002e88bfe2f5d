// How stages and instructions are written.

#include "base/text.hpp"
#include "dockerfile/check_rules.hpp"
#include "dockerfile/show.hpp"

#include <algorithm>

namespace gantry::dockerfile {

namespace {

bool is_lower(std::string_view word) {
  return std::ranges::none_of(word, [](char c) { return c >= 'A' && c <= 'Z'; });
}
bool is_upper(std::string_view word) {
  return std::ranges::none_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
}

struct Keyword {
  std::string_view text;
  Position at;
};

std::vector<Keyword> keywords(const Dockerfile& file) {
  std::vector<Keyword> all;
  const auto add = [&](const std::vector<Instruction>& instructions) {
    for (const auto& one : instructions) all.push_back({one.keyword, one.at});
  };
  add(file.globals);
  for (const auto& stage : file.stages) {
    all.push_back({stage.keyword, stage.at});
    add(stage.instructions);
  }
  return all;
}

void check_casing(const Dockerfile& file, std::vector<Finding>& found) {
  const auto all = keywords(file);
  const auto lower = std::ranges::count_if(all, [](const Keyword& one) { return is_lower(one.text); });
  const auto upper = std::ranges::count_if(all, [](const Keyword& one) { return is_upper(one.text); });
  for (const auto& keyword : all) {
    if (lower > upper ? is_lower(keyword.text) : is_upper(keyword.text)) continue;
    found.push_back({check_rule("ConsistentInstructionCasing"),
                     quoted(keyword.text) + " is not in the case of most instructions",
                     lower > upper ? "write it in lower case" : "write it in capitals", keyword.at});
  }
}

void check_as(const Stage& stage, std::vector<Finding>& found) {
  const bool fits = (is_lower(stage.keyword) && is_lower(stage.as_keyword)) ||
                    (is_upper(stage.keyword) && is_upper(stage.as_keyword)) ||
                    (!is_lower(stage.keyword) && !is_upper(stage.keyword));
  if (fits || stage.as_keyword.empty()) return;
  found.push_back({check_rule("FromAsCasing"),
                   fmt::format("{} is not in the case of {}", quoted(stage.as_keyword), quoted(stage.keyword)),
                   "write both in capitals or both in lower case", stage.at});
}

void check_stage_names(const Dockerfile& file, std::vector<Finding>& found) {
  std::vector<std::string_view> seen;
  for (const auto& stage : file.stages) {
    check_as(stage, found);
    const std::string_view name = stage.from.name;
    if (name.empty()) continue;
    if (!is_lower(stage.written_name)) {
      found.push_back({check_rule("StageNameCasing"),
                       "the stage's name " + quoted(stage.written_name) + " has capitals", "write it in lower case",
                       stage.name_at});
    }
    if (name == "scratch" || name == "context") {
      found.push_back({check_rule("ReservedStageName"), "the stage's name " + quoted(name) + " means something else",
                       "give it another", stage.name_at});
    }
    if (std::ranges::find(seen, name) != seen.end()) {
      found.push_back({check_rule("DuplicateStageName"), "another stage above is called " + quoted(name),
                       "give it another name", stage.name_at});
    }
    seen.push_back(name);
  }
}

void check_description(const std::vector<std::string>& comments, const std::vector<std::string_view>& names,
                       std::string_view what, const Position& at, std::vector<Finding>& found) {
  if (comments.empty() || names.empty()) return;
  const auto first = cut(comments.back(), ' ').before;
  if (std::ranges::find(names, first) != names.end()) return;
  found.push_back(
      {check_rule("InvalidDefinitionDescription"), fmt::format("the comment above the {} is no description", what),
       fmt::format("write '# {} DESCRIPTION', or an empty line below the comment", printable(names.front())), at});
}

/// Only when a directive asks for it: any comment above an ARG would be found.
void check_descriptions(const Dockerfile& file, std::vector<Finding>& found) {
  const auto& wanted = file.directives.experimental_checks;
  const auto asks = [&](std::string_view name) { return std::ranges::find(wanted, name) != wanted.end(); };
  if (!asks("all") && !asks("InvalidDefinitionDescription")) return;
  const auto check_args = [&](const std::vector<Instruction>& instructions) {
    for (const auto& one : instructions) {
      const auto* arg = std::get_if<Arg>(&one.operation);
      if (!arg) continue;
      std::vector<std::string_view> names;
      for (const auto& each : arg->args) names.push_back(each.name);
      check_description(one.comments, names, "ARG", one.at, found);
    }
  };
  check_args(file.globals);
  for (const auto& stage : file.stages) {
    if (!stage.from.name.empty()) check_description(stage.comments, {stage.from.name}, "stage", stage.at, found);
    check_args(stage.instructions);
  }
}

}  // namespace

void check_names(const Dockerfile& file, std::vector<Finding>& found) {
  check_casing(file, found);
  check_stage_names(file, found);
  check_descriptions(file, found);
  for (const auto& at : file.empty_continuations) {
    found.push_back(
        {check_rule("NoEmptyContinuation"), "an empty line is in the middle of an instruction", "drop it", at});
  }
}

}  // namespace gantry::dockerfile
