#include "build_cli/findings.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "build/plan.hpp"
#include "build/sources.hpp"
#include "dockerfile/check.hpp"
#include "dockerfile/lint.hpp"
#include "options/print.hpp"

#include <fcntl.h>

#include <algorithm>

namespace gantry::build_cli {

namespace {

using dockerfile::Finding;

std::optional<std::vector<std::string>> env_of(const store::Store& store, const dockerfile::From& from) {
  if (from.image == "scratch") return std::vector<std::string>{};
  auto image = store.images().find(from.image);
  if (!image) return {};
  return std::move(image->config.config.env);
}

Result<std::vector<Finding>> find_checks(const store::Store& store, const build::Job& job,
                                         const dockerfile::IgnoreRules& ignored) {
  return dockerfile::check(job.request.file, {.build = build::inputs_of(job.request),
                                              .ignore = &ignored,
                                              .base_env = [&](const auto& from) { return env_of(store, from); }});
}

Result<dockerfile::ContextSize> measure(const build::Job& job, const dockerfile::IgnoreRules& ignored) {
  const Fd root = TRY(with_context(open_file(job.sources.context, O_RDONLY | O_DIRECTORY), "the build context"));
  dockerfile::ContextSize size{.has_ignore_file = !ignored.empty()};
  for (const auto& match : TRY(build::find_sources(root, "/", {.ignored = &ignored}))) {
    for (const auto& entry : match.entries) {
      if (!S_ISREG(entry.info.st_mode)) continue;
      ++size.files;
      size.bytes += static_cast<std::uint64_t>(entry.info.st_size);
    }
  }
  return size;
}

/// What was looked for, and what was found.
struct Report {
  std::vector<dockerfile::Rule> rules;
  std::vector<Finding> findings;

  void add(std::span<const dockerfile::Rule> looked_for, std::vector<Finding> found) {
    rules.insert(rules.end(), looked_for.begin(), looked_for.end());
    std::ranges::move(found, std::back_inserter(findings));
  }
};

Result<std::string> shown(const build::Job& job, const BuildReportOptions& options, Report report) {
  const auto& file = job.request.file;
  const auto format = options.check.value_or(options.lint.value_or(ReportFormat::text));
  if (options.lint.value_or(format) != format)
    return fail(Code::invalid, "--check and --lint are printed together").with_cure("give both the same format");
  report.findings = dockerfile::sorted_findings(std::move(report.findings), file.directives);
  if (format == ReportFormat::sarif)
    return dockerfile::findings_sarif(file, report.findings, report.rules, version()) + "\n";
  if (report.findings.empty()) return fmt::format("{}: nothing was found\n", file.file);
  return dockerfile::findings_text(file, report.findings);
}

}  // namespace

Result<int> report_findings(const store::Store& store, const build::Job& job, const BuildReportOptions& options) {
  const auto ignored = TRY(build::read_ignore_rules(job.sources, job.request.file.file));
  Report report;
  if (options.check) report.add(dockerfile::check_rules(), TRY(find_checks(store, job, ignored)));
  if (options.lint) {
    const dockerfile::LintInputs inputs{.context = TRY(measure(job, ignored))};
    report.add(dockerfile::lint_rules(), dockerfile::lint(job.request.file, inputs));
  }
  const bool is_clean = report.findings.empty();
  TRY(options::print(TRY(shown(job, options, std::move(report)))));
  return is_clean ? 0 : 1;
}

Result<> require_no_findings(const store::Store& store, const build::Job& job) {
  const auto& file = job.request.file;
  if (!file.directives.checks_are_errors) return {};
  const auto ignored = TRY(build::read_ignore_rules(job.sources, file.file));
  const auto found = TRY(find_checks(store, job, ignored));
  if (found.empty()) return {};
  return fail(Code::invalid, "{}\n{} says that findings of checks are errors", findings_text(file, found), file.file)
      .with_cure("mend them, leave them out with '# check=skip=NAME', or drop '# check=error=true'");
}

}  // namespace gantry::build_cli
