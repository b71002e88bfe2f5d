#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "options/print.hpp"
#include "report/listing.hpp"

namespace gantry::cli {

namespace {

struct Check {
  bool repair = false;
  bool quiet = false;
  std::string format;
};

constexpr report::Column kColumns[] = {
    {"Severity", "SEVERITY"}, {"Object", "OBJECT"}, {"Problem", "PROBLEM"}, {"Repaired", "REPAIRED"}};

std::string_view severity_name(store::Severity severity) {
  switch (severity) {
    case store::Severity::info:
      return "info";
    case store::Severity::warning:
      return "warning";
    case store::Severity::error:
      return "error";
  }
  return "error";
}

/// What a person reads, where nothing else was asked for.
std::string finding_lines(const std::vector<store::Finding>& findings) {
  std::string text;
  for (const auto& finding : findings)
    text += fmt::format("{}: {}: {}{}\n", severity_name(finding.severity), finding.object, finding.text,
                        finding.repaired     ? " (repaired)"
                        : finding.repairable ? " (--repair can repair it)"
                                             : "");
  return text.empty() ? "nothing is wrong\n" : text;
}

Result<int> check(const Globals& globals, const Check& arguments) {
  auto listing = TRY(report::Listing::make({.format = arguments.format}, kColumns, ""));
  auto engine = TRY(open_starting_engine(globals));
  const auto findings = TRY(engine.check(arguments.repair));
  bool sound = true;
  for (const auto& finding : findings) {
    sound = sound && (finding.repaired || finding.severity == store::Severity::info);
    listing.add({{"Severity", severity_name(finding.severity)},
                 {"Object", finding.object},
                 {"Problem", finding.text},
                 {"Repaired", finding.repaired}});
  }
  if (!arguments.quiet) TRY(arguments.format.empty() ? options::print(finding_lines(findings)) : listing.print());
  return sound ? 0 : 1;
}

constexpr options::Option kCheckOptions[] = {
    options::flag<&Check::repair>('r', "repair", "Repair what can be repaired"),
    options::flag<&Check::quiet>('q', "quiet", "Tell by the exit status alone"),
    options::option<&Check::format>(0, "format", "FORMAT", "Print as \"json\", or by a Go template"),
};
constexpr options::Group kCheckGroups[] = {options::group(kCheckOptions)};
constexpr options::Example kCheckExamples[] = {
    {"gantry system check", "Look for damage, as after a crash of the machine"},
    {"gantry system check --repair", "Remove or repair what is damaged"},
};
constinit const Command kCheck = options::command<check>({
    .name = "check",
    .summary = "Look for damage in the state of containers and images",
    .synopsis = "[OPTIONS]",
    .description = "Compares containers, images, layers and what is left of them on disk, and prints what is wrong. "
                   "The exit status is 1 when something is damaged and was not repaired, and else 0.",
    .examples = kCheckExamples,
    .groups = kCheckGroups,
});

constexpr const Command* kCommands[] = {&kCheck, &kSystemDf, &kInfo, &kSystemPrune};

}  // namespace

constinit const Command kSystem = {
    .name = "system",
    .summary = "Look after the whole of containers and images",
    .synopsis = "COMMAND",
    .description = "Commands that are about no container or image in particular.",
    .commands = kCommands,
};

}  // namespace gantry::cli
