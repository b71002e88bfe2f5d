#include "dockerfile/finding.hpp"

#include "dockerfile/show.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace gantry::dockerfile {

std::vector<Finding> sorted_findings(std::vector<Finding> findings, const Directives& directives) {
  const auto& skipped = directives.skipped_checks;
  std::erase_if(findings, [&](const Finding& finding) {
    return std::ranges::find(skipped, "all") != skipped.end() ||
           std::ranges::find(skipped, finding.rule->name) != skipped.end();
  });
  std::ranges::stable_sort(findings, [](const Finding& a, const Finding& b) {
    return std::tuple(a.at.line, a.at.column, a.rule->name) < std::tuple(b.at.line, b.at.column, b.rule->name);
  });
  return findings;
}

std::string findings_text(const Dockerfile& file, std::span<const Finding> findings) {
  std::string text;
  for (const auto& finding : findings) {
    const auto place = finding.at.line > 0 ? fmt::format(":{}:{}", finding.at.line, finding.at.column) : std::string();
    const auto cure = finding.cure.empty() ? std::string() : fmt::format(" ({})", finding.cure);
    text +=
        fmt::format("{}{}: warning: {}{} [{}]\n", printable(file.file), place, finding.text, cure, finding.rule->name);
    const auto shown = excerpt(file.source, finding.at);
    if (!shown.empty()) text += shown + "\n";
  }
  return text;
}

}  // namespace gantry::dockerfile
