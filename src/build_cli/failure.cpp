#include "build_cli/failure.hpp"

#include "base/text.hpp"
#include "options/print.hpp"

namespace gantry::build_cli {

namespace {

/// Gantry's own failure; a RUN that fails gives its command's.
constexpr int kOwnFailure = 125;

void print_shown(const std::string& text) { best_effort(options::print_error("gantry: error: " + text + "\n")); }

}  // namespace

int show_failure(const build::Built& built, const dockerfile::Dockerfile& file) {
  const auto& failure = *built.failure;
  std::string text;
  if (!failure.log.empty()) text = "its last lines:\n" + failure.log + "\n";
  const std::string step = fmt::format("{}: {}", std::string(cut(built.failed.label, '\n').before), failure.reason);
  if (built.failed.at.line != 0)
    print_shown(text + dockerfile::error_at(file.file, file.source, built.failed.at, step, "").message());
  else print_shown(text + step);
  return failure.status == 0 ? kOwnFailure : failure.status;
}

Result<int> show_excerpt(Result<int> status) {
  if (status || status.error().text().find('\n') == std::string::npos) return status;
  print_shown(status.error().message());
  return kOwnFailure;
}

}  // namespace gantry::build_cli
