#include "dockerfile/check.hpp"

#include "dockerfile/parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::dockerfile {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::vector<std::string> found(std::string_view text, const IgnoreRules* ignore = nullptr,
                               std::optional<std::vector<std::string>> env = std::vector<std::string>{"PATH=/bin"}) {
  const auto file = parse(text, "Dockerfile").value();
  CheckInputs inputs{.build = {.build_args = {},
                               .build_platform = *oci::parse_platform("linux/amd64"),
                               .target_platform = *oci::parse_platform("linux/amd64")},
                     .ignore = ignore,
                     .base_env = [&](const From&) { return env; }};
  std::vector<std::string> all;
  for (const auto& finding : check(file, inputs)) {
    all.push_back(std::string(finding.rule->name) + "@" + std::to_string(finding.at.line));
  }
  return all;
}

}  // namespace

TEST(Check, AFileThatIsWellHasNoFindings) {
  EXPECT_THAT(
      found("# syntax=docker/dockerfile:1\nARG V=1\nFROM --platform=$BUILDPLATFORM golang:$V AS build\nARG TARGETARCH\n"
            "WORKDIR /src\nCOPY . .\nRUN GOARCH=$TARGETARCH go build -o /x\nFROM scratch\nCOPY --from=build /x /x\n"
            "EXPOSE 80/tcp\nENTRYPOINT [\"/x\"]\n"),
      IsEmpty());
}

TEST(Check, NamesAndCases) {
  EXPECT_THAT(found("FROM a AS Build\n"), ElementsAre("StageNameCasing@1"));
  EXPECT_THAT(found("FROM a as b\n"), ElementsAre("FromAsCasing@1"));
  EXPECT_THAT(found("from a as b\nrun x"), IsEmpty());
  EXPECT_THAT(found("FROM a\nrun x\nRUN y"), ElementsAre("ConsistentInstructionCasing@2"));
  EXPECT_THAT(found("FROM a AS x\nFROM a AS x"), ElementsAre("DuplicateStageName@2"));
  EXPECT_THAT(found("FROM a AS scratch"), ElementsAre("ReservedStageName@1"));
  EXPECT_THAT(found("FROM a\nRUN x \\\n\n y"), ElementsAre("NoEmptyContinuation@3"));
  EXPECT_THAT(found("FROM a\nMAINTAINER me"), ElementsAre("MaintainerDeprecated@2"));
}

TEST(Check, DescriptionsOnlyWhenAsked) {
  EXPECT_THAT(found("# other\nFROM a AS b\n"), IsEmpty());
  EXPECT_THAT(found("# check=experimental=all\n# other\nFROM a AS b\n# c is\nARG c\n# d\nARG e"),
              ElementsAre("InvalidDefinitionDescription@3", "InvalidDefinitionDescription@7"));
}

TEST(Check, Forms) {
  EXPECT_THAT(found("FROM a\nCMD x"), ElementsAre("JSONArgsRecommended@2"));
  EXPECT_THAT(found("FROM a\nSHELL [\"/bin/bash\"]\nCMD x"), IsEmpty());
  EXPECT_THAT(found("FROM a AS b\nSHELL [\"/bin/bash\"]\nFROM b\nCMD x"), IsEmpty());
  EXPECT_THAT(found("FROM a\nCMD [\"x\"]\nCMD [\"y\"]"), ElementsAre("MultipleInstructionsDisallowed@2"));
  EXPECT_THAT(found("FROM a\nENV A b\nLABEL c d"), ElementsAre("LegacyKeyValueFormat@2", "LegacyKeyValueFormat@3"));
  EXPECT_THAT(found("FROM a\nWORKDIR x\nWORKDIR y"), ElementsAre("WorkdirRelativePath@2"));
  EXPECT_THAT(found("FROM a\nARG API_KEY\nENV DB_PASSWORD=x PUBLIC_KEY=y TOKENS=z"),
              ElementsAre("SecretsUsedInArgOrEnv@2", "SecretsUsedInArgOrEnv@3"));
  EXPECT_THAT(found("FROM a\nEXPOSE 80/TCP 1:2"), ElementsAre("ExposeInvalidFormat@2", "ExposeProtoCasing@2"));
}

TEST(Check, From) {
  EXPECT_THAT(found("ARG V=1\nFROM a:$W$V"), ElementsAre("UndefinedArgInFrom@2"));
  EXPECT_THAT(found("ARG V\nFROM a:$V"), ElementsAre("InvalidDefaultArgInFrom@2"));
  EXPECT_THAT(found("FROM --platform=$TARGETPLATFORM a"), ElementsAre("RedundantTargetPlatform@1"));
  EXPECT_THAT(found("FROM --platform=linux/arm64 a"), ElementsAre("FromPlatformFlagConstDisallowed@1"));
  EXPECT_THAT(found("FROM --platform=linux/arm64 a AS for-arm64"), IsEmpty());
}

TEST(Check, Variables) {
  EXPECT_THAT(found("FROM a\nENV A=$B"), ElementsAre("UndefinedVar@2"));
  EXPECT_THAT(found("FROM a\nARG B\nENV A=$B C=${D:-x}"), IsEmpty());
  EXPECT_THAT(found("FROM a AS b\nENV B=1\nFROM b\nENV A=$B"), IsEmpty());
  EXPECT_THAT(found("FROM a\nENV A=$B", nullptr, std::nullopt), IsEmpty());
  EXPECT_THAT(found("FROM scratch\nENV A=$B", nullptr, std::nullopt), ElementsAre("UndefinedVar@2"));
}

TEST(Check, CopiesOfIgnoredFiles) {
  const auto ignore = IgnoreRules::parse("*.md\n!README.md\ndist", ".dockerignore").value();
  EXPECT_THAT(found("FROM a\nCOPY a.md ./dist/x README.md src /x/\nADD https://a/a.md /b", &ignore),
              ElementsAre("CopyIgnoredFile@2", "CopyIgnoredFile@2"));
  EXPECT_THAT(found("FROM a AS b\nFROM b\nCOPY --from=b a.md /x/", &ignore), IsEmpty());
}

TEST(Check, DirectivesSkipRules) {
  EXPECT_THAT(found("# check=skip=StageNameCasing\nFROM a as Build\n"), ElementsAre("FromAsCasing@2"));
  EXPECT_THAT(found("# check=skip=all\nFROM a as Build\n"), IsEmpty());
}

TEST(Check, FindingsAsTextAndSarif) {
  const auto file = parse("FROM a AS Build\n", "Dockerfile").value();
  const auto findings = check(file, {.build = {}});
  const auto text = findings_text(file, findings);
  EXPECT_THAT(text,
              StartsWith("Dockerfile:1:11: warning: the stage's name 'Build' has capitals (write it in lower case) "
                         "[StageNameCasing]\n  1 | FROM a AS Build\n    |           ^~~~~\n"));
  const auto sarif = findings_sarif(file, findings, check_rules(), "1");
  EXPECT_THAT(sarif, HasSubstr(R"("$schema": "https://json.schemastore.org/sarif-2.1.0.json")"));
  EXPECT_THAT(sarif, HasSubstr(R"("ruleId": "StageNameCasing")"));
  EXPECT_THAT(sarif, HasSubstr(R"("startColumn": 11)"));
  EXPECT_EQ(findings_text(file, {}), "");
}

}  // namespace gantry::dockerfile
