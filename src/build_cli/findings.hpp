#pragma once

#include "build/job.hpp"
#include "store/store.hpp"

#include <optional>

namespace gantry::build_cli {

enum class ReportFormat { text, sarif };

/// What a Dockerfile is looked through for, instead of being built.
struct BuildReportOptions {
  std::optional<ReportFormat> check;  ///< BuildKit's checks
  std::optional<ReportFormat> lint;   ///< our own rules

  bool wanted() const { return check || lint; }
};

/// Prints what is found and tells the command's status: 1 when there is something. `job` has its first platform in the
/// request. Images of which the store knows nothing are not fetched.
Result<int> report_findings(const store::Store& store, const build::Job& job, const BuildReportOptions& options);

/// What `# check=error=true` asks for: Code::invalid with the findings of the checks, if there are any.
Result<> require_no_findings(const store::Store& store, const build::Job& job);

}  // namespace gantry::build_cli
