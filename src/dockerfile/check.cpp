#include "dockerfile/check.hpp"

#include "dockerfile/check_rules.hpp"

#include <algorithm>

namespace gantry::dockerfile {

namespace {

constexpr Rule kCheckRules[] = {
    {"ConsistentInstructionCasing", "All instructions of a file are in capitals, or none is"},
    {"CopyIgnoredFile", "What is copied is not left out by the ignore file"},
    {"DuplicateStageName", "Names of stages are unique"},
    {"ExposeInvalidFormat", "EXPOSE names ports of the container, without addresses and ports of the host"},
    {"ExposeProtoCasing", "The protocol of EXPOSE is in lower case"},
    {"FromAsCasing", "AS is in the case of its FROM"},
    {"FromPlatformFlagConstDisallowed", "The platform of FROM is no constant"},
    {"InvalidDefaultArgInFrom", "The defaults of global ARGs make a valid image name"},
    {"InvalidDefinitionDescription", "A comment above a stage or an ARG begins with its name"},
    {"JSONArgsRecommended", "CMD and ENTRYPOINT are lists, so that signals reach the program"},
    {"LegacyKeyValueFormat", "Names and values of ENV and LABEL have '=' between them"},
    {"MaintainerDeprecated", "A label names the author"},
    {"MultipleInstructionsDisallowed", "What only counts once in a stage is there once"},
    {"NoEmptyContinuation", "A line that goes on is not followed by an empty one"},
    {"RedundantTargetPlatform", "The platform of FROM is not the one that it is anyway"},
    {"ReservedStageName", "Stages are not called scratch or context"},
    {"SecretsUsedInArgOrEnv", "Secrets are in neither ARG nor ENV, which are part of the image"},
    {"StageNameCasing", "Names of stages are in lower case"},
    {"UndefinedArgInFrom", "The variables of FROM are declared before it"},
    {"UndefinedVar", "Variables are set before they are used"},
    {"WorkdirRelativePath", "The first WORKDIR of a stage is absolute"},
};

}  // namespace

std::span<const Rule> check_rules() { return kCheckRules; }

const Rule* check_rule(std::string_view name) {
  return std::ranges::find(kCheckRules, name, &Rule::name);  // a name of the table: tests look for each
}

std::vector<Finding> check(const Dockerfile& file, const CheckInputs& inputs) {
  std::vector<Finding> found;
  check_names(file, found);
  check_forms(file, found);
  check_from(file, inputs, found);
  check_variables(file, inputs, found);
  return sorted_findings(std::move(found), file.directives);
}

}  // namespace gantry::dockerfile
