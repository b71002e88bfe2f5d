#include "dockerfile/ignore.hpp"

#include "base/text.hpp"
#include "dockerfile/show.hpp"

#include <algorithm>

namespace gantry::dockerfile {

Result<> IgnoreRules::add(std::string_view line) {
  const bool takes_back = line.starts_with('!');
  const auto text = takes_back ? trim(line.substr(1)) : line;
  if (text.empty()) return fail(Code::invalid, "'!' has no pattern behind it").with_cure("write !pattern");
  auto pattern = TRY(PathPattern::for_path(text));
  if (pattern.text().empty() || pattern.text() == ".") return {};  // as Docker: the context itself is never left out
  rules_.push_back({std::move(pattern), takes_back});
  return {};
}

Result<IgnoreRules> IgnoreRules::parse(std::string_view text, std::string_view name) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  IgnoreRules rules;
  int number = 0;
  for (const auto& whole : split(text, '\n')) {
    ++number;
    if (whole.starts_with('#')) continue;
    const auto line = trim(whole);
    if (!line.empty()) TRY(with_context(rules.add(line), "{}:{}", printable(name), number));
  }
  return rules;
}

Result<IgnoreRules> IgnoreRules::of(const std::vector<std::string>& patterns, std::string_view name) {
  IgnoreRules rules;
  for (const auto& pattern : patterns) {
    if (!trim(pattern).empty()) TRY(with_context(rules.add(trim(pattern)), "{}", name));
  }
  return rules;
}

bool IgnoreRules::ignores(std::string_view path) const {
  if (path.empty()) return false;  // the context itself
  // From the last rule on: the first that fits decides.
  const auto found = std::find_if(rules_.rbegin(), rules_.rend(),
                                  [&](const Rule& rule) { return rule.pattern.matches_or_contains(path); });
  return found != rules_.rend() && !found->takes_back;
}

bool IgnoreRules::ignores_all_below(std::string_view folder) const {
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    if (rule->takes_back && (rule->pattern.may_match_below(folder) || rule->pattern.matches_or_contains(folder))) {
      return false;
    }
    if (!rule->takes_back && rule->pattern.matches_or_contains(folder)) return true;
  }
  return false;
}

IgnoreFiles ignore_files(std::string_view dockerfile_path) {
  return {.beside = std::string(dockerfile_path) + ".dockerignore",
          .in_context = {".containerignore", ".dockerignore"}};
}

}  // namespace gantry::dockerfile
