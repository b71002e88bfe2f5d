// Dockerfiles that users get from others: whatever one is, it is read or refused, its places are in the text, and what
// can be read can be expanded, checked and shown.

#include "dockerfile/check.hpp"
#include "dockerfile/ignore.hpp"
#include "dockerfile/lint.hpp"
#include "dockerfile/parse.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace gantry::dockerfile;

void check_places(const Dockerfile& file) {
  const auto lines = std::ranges::count(file.source, '\n') + 1;
  int last = 0;
  for (const auto& stage : file.stages) {
    if (stage.at.line <= last || stage.at.line > lines) std::abort();
    last = stage.last_line;
    for (const auto& one : stage.instructions) {
      if (one.at.line <= last || one.at.column < 1 || one.last_line > lines) std::abort();
      last = one.last_line;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto rules = IgnoreRules::parse(text.substr(0, 4096), "ignore")) {
    if (rules->ignores_all_below("a/b") && !rules->ignores("a/b/c")) std::abort();
  }
  const auto file = parse(text, "Dockerfile");
  if (!file) return 0;
  check_places(*file);
  const auto ignore = IgnoreRules::parse("*.md\n!a", "ignore");
  const CheckInputs inputs{.build = {}, .ignore = &*ignore, .base_env = {}};
  findings_text(*file, check(*file, inputs));
  findings_sarif(*file, lint(*file, {}), lint_rules(), "1");
  return 0;
}
