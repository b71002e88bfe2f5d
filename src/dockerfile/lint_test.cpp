#include "dockerfile/lint.hpp"

#include "dockerfile/parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::dockerfile {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> found(std::string_view text, const LintInputs& inputs = {}) {
  const auto file = parse(text, "Dockerfile").value();
  std::vector<std::string> all;
  for (const auto& finding : lint(file, inputs)) {
    all.push_back(std::string(finding.rule->name) + "@" + std::to_string(finding.at.line));
  }
  return all;
}

}  // namespace

TEST(Lint, BaseImagesHaveATag) {
  EXPECT_THAT(found("FROM a"), ElementsAre("LatestTag@1"));
  EXPECT_THAT(found("FROM a:latest AS b\nFROM b"), ElementsAre("LatestTag@1"));
  EXPECT_THAT(found("FROM a:1\nFROM localhost:5000/a:2\nFROM scratch\nFROM $X"), IsEmpty());
  EXPECT_THAT(found("FROM a@sha256:" + std::string(64, 'a')), IsEmpty());
}

TEST(Lint, WhatRunsIsNotRoot) {
  EXPECT_THAT(found("FROM a:1\nCMD [\"x\"]"), ElementsAre("RootUser@1"));
  EXPECT_THAT(found("FROM a:1\nUSER x\nUSER 0:1\nCMD [\"x\"]"), ElementsAre("RootUser@3"));
  EXPECT_THAT(found("FROM a:1\nUSER x\nCMD [\"x\"]"), IsEmpty());
  EXPECT_THAT(found("FROM a:1 AS b\nUSER x\nFROM b\nCMD [\"x\"]"), IsEmpty());
}

TEST(Lint, PackageManagersLeaveNothing) {
  EXPECT_THAT(found("FROM a:1\nRUN apt-get update && apt-get install -y x"), ElementsAre("PackageListsLeft@2"));
  EXPECT_THAT(found("FROM a:1\nRUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/*"), IsEmpty());
  EXPECT_THAT(found("FROM a:1\nRUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install x"),
              IsEmpty());
  EXPECT_THAT(found("FROM a:1\nRUN apk add x"), ElementsAre("PackageListsLeft@2"));
  EXPECT_THAT(found("FROM a:1\nRUN apk add --no-cache x"), IsEmpty());
  EXPECT_THAT(found("FROM a:1\nRUN <<E\npip install x\nE"), ElementsAre("PackageListsLeft@2"));
  EXPECT_THAT(found("FROM a:1\nRUN echo apt-get-update"), IsEmpty());
  EXPECT_THAT(found("FROM a:1\nRUN apt-get update; rm -rf /var/lib/apt/lists/x"), ElementsAre("PackageUpdateAlone@2"));
}

TEST(Lint, SecretsStayOut) {
  EXPECT_THAT(found("FROM a:1\nCOPY id_rsa /root/.ssh/"), ElementsAre("SecretInLayer@2"));
  EXPECT_THAT(found("FROM a:1\nCOPY conf/x.pem app.js /x/\nADD .aws/config /y"),
              ElementsAre("SecretInLayer@2", "AddInsteadOfCopy@3", "SecretInLayer@3"));
  EXPECT_THAT(found("FROM a:1\nRUN curl https://me:word@host/x"), ElementsAre("SecretInLayer@2"));
  EXPECT_THAT(found("FROM a:1\nRUN curl https://me:$WORD@host/x https://host/@x"), IsEmpty());
  EXPECT_THAT(found("FROM a:1\nENV T=ghp_" + std::string(36, 'a')), ElementsAre("SecretInLayer@2"));
  EXPECT_THAT(found("FROM a:1\nENV T=ghp_short"), IsEmpty());
  EXPECT_THAT(found("FROM a:1\nCOPY <<E /k\n-----BEGIN RSA PRIVATE KEY-----\nE"), ElementsAre("SecretInLayer@2"));
}

TEST(Lint, OrderKeepsTheCache) {
  EXPECT_THAT(found("FROM a:1\nCOPY . .\nRUN npm ci"), ElementsAre("CacheHostileOrder@3"));
  EXPECT_THAT(found("FROM a:1\nCOPY package.json .\nRUN npm ci\nCOPY . ."), IsEmpty());
  EXPECT_THAT(found("FROM a:1\nCOPY x /x\nRUN chown -R a /x"), ElementsAre("OwnershipInNewLayer@3"));
  EXPECT_THAT(found("FROM a:1\nRUN chown -R a /x"), IsEmpty());
}

TEST(Lint, AddIsForArchives) {
  EXPECT_THAT(found("FROM a:1\nADD x /x"), ElementsAre("AddInsteadOfCopy@2"));
  EXPECT_THAT(found("FROM a:1\nADD x.tar.gz /x\nADD https://a/b /c\nADD --unpack=true x /y"), IsEmpty());
}

TEST(Lint, ContextsAreSmall) {
  EXPECT_THAT(found("FROM a:1", {.context = ContextSize{.files = 20000, .bytes = 1}}), ElementsAre("HugeContext@0"));
  EXPECT_THAT(found("FROM a:1", {.context = ContextSize{.files = 20, .bytes = 1}}), IsEmpty());
  EXPECT_THAT(found("# check=skip=LatestTag\nFROM a"), IsEmpty());
}

}  // namespace gantry::dockerfile
