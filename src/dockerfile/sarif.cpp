// Findings as SARIF 2.1.0: docs.oasis-open.org/sarif/sarif/v2.1.0.

#include "base/json.hpp"
#include "dockerfile/finding.hpp"

#include <boost/describe/class.hpp>

#include <algorithm>
#include <optional>

namespace gantry::dockerfile {

namespace {

struct SarifText {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(SarifText, (), (text))

struct SarifRule {
  std::string id;
  SarifText short_description;
};
BOOST_DESCRIBE_STRUCT(SarifRule, (), (id, short_description))

struct SarifDriver {
  std::string name = "gantry";
  std::string version;
  std::vector<SarifRule> rules;
};
BOOST_DESCRIBE_STRUCT(SarifDriver, (), (name, version, rules))
constexpr json::Options json_options(const SarifDriver*) { return {.required = {"rules"}}; }

struct SarifTool {
  SarifDriver driver;
};
BOOST_DESCRIBE_STRUCT(SarifTool, (), (driver))

struct SarifRegion {
  int start_line = 1;
  int start_column = 1;
  int end_column = 1;
};
BOOST_DESCRIBE_STRUCT(SarifRegion, (), (start_line, start_column, end_column))

struct SarifArtifact {
  std::string uri;
};
BOOST_DESCRIBE_STRUCT(SarifArtifact, (), (uri))

struct SarifPhysicalLocation {
  SarifArtifact artifact_location;
  std::optional<SarifRegion> region;
};
BOOST_DESCRIBE_STRUCT(SarifPhysicalLocation, (), (artifact_location, region))

struct SarifLocation {
  SarifPhysicalLocation physical_location;
};
BOOST_DESCRIBE_STRUCT(SarifLocation, (), (physical_location))

struct SarifResult {
  std::string rule_id;
  int rule_index = 0;
  std::string level = "warning";
  SarifText message;
  std::vector<SarifLocation> locations;
};
BOOST_DESCRIBE_STRUCT(SarifResult, (), (rule_id, rule_index, level, message, locations))
constexpr json::Options json_options(const SarifResult*) { return {.required = {"rule_index"}}; }

struct SarifRun {
  SarifTool tool;
  std::string column_kind = "unicodeCodePoints";
  std::vector<SarifResult> results;
};
BOOST_DESCRIBE_STRUCT(SarifRun, (), (tool, column_kind, results))
constexpr json::Options json_options(const SarifRun*) { return {.required = {"results"}}; }

struct SarifLog {
  std::string schema = "https://json.schemastore.org/sarif-2.1.0.json";
  std::string version = "2.1.0";
  std::vector<SarifRun> runs;
};
BOOST_DESCRIBE_STRUCT(SarifLog, (), (schema, version, runs))
constexpr json::Options json_options(const SarifLog*) { return {.names = {{"schema", "$schema"}}}; }

SarifResult result_of(const Dockerfile& file, const Finding& finding, std::span<const Rule> rules) {
  SarifResult result;
  result.rule_id = finding.rule->name;
  const auto found = std::ranges::find(rules, finding.rule->name, &Rule::name);
  result.rule_index = found == rules.end() ? -1 : static_cast<int>(found - rules.begin());
  result.message.text = finding.cure.empty() ? finding.text : finding.text + " (" + finding.cure + ")";
  SarifPhysicalLocation place{.artifact_location = {file.file}, .region = {}};
  if (finding.at.line > 0) {
    place.region = {finding.at.line, finding.at.column, finding.at.column + std::max(finding.at.width, 1)};
  }
  result.locations.push_back({std::move(place)});
  return result;
}

}  // namespace

std::string findings_sarif(const Dockerfile& file, std::span<const Finding> findings, std::span<const Rule> rules,
                           std::string_view version) {
  SarifRun run;
  run.tool.driver.version = version;
  for (const auto& rule : rules)
    run.tool.driver.rules.push_back({std::string(rule.name), {std::string(rule.description)}});
  for (const auto& finding : findings) run.results.push_back(result_of(file, finding, rules));
  SarifLog log;
  log.runs.push_back(std::move(run));
  return json::encode_pretty(log);
}

}  // namespace gantry::dockerfile
