#include "task/stacker.hpp"

#include "dockerfile/expand.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::task {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::string_view kFile = R"(build:
  from:
    type: docker
    url: docker://debian:${{VERSION:12}}
  build_only: true
  build_env:
    FLAGS: -O2 $X
  import:
    - src
    - https://example.com/a.tar.gz
  run: |
    cc /stacker/src/main.c
    echo $HOME
app:
  from:
    type: scratch
  import:
    - path: stacker://build/app
      dest: /bin/app
      mode: "0755"
      uid: 5
  environment:
    A: "1"
  labels:
    l: m
  volumes: [/data]
  working_dir: /data
  user: app
  entrypoint: /bin/app "two words"
  cmd: [a, b]
)";

StackerFile parsed(std::string_view text = kFile, const std::map<std::string, std::string>& values = {}) {
  auto file = parse_stacker(text, "stacker.yaml", values);
  if (!file) ADD_FAILURE() << file.error().message();
  return file ? std::move(*file) : StackerFile{};
}

std::string refused(std::string_view text) {
  auto file = parse_stacker(text, "stacker.yaml", {});
  return file ? "it was taken" : file.error().message();
}

template <class T>
const T& find(const dockerfile::Stage& stage) {
  for (const auto& one : stage.instructions) {
    if (const auto* found = std::get_if<T>(&one.operation)) return *found;
  }
  ADD_FAILURE() << "there is none";
  static const T none;
  return none;
}

}  // namespace

TEST(Stacker, LayersAreStages) {
  const auto stacker = parsed();
  ASSERT_THAT(stacker.file.stages, SizeIs(3));
  EXPECT_EQ(stacker.target, "app");
  EXPECT_EQ(stacker.file.stages[0].from.name, "import-10");
  const auto& build = stacker.file.stages[1];
  EXPECT_EQ(build.from.image, "debian:12");
  EXPECT_EQ(parsed(kFile, {{"VERSION", "13"}}).file.stages[1].from.image, "debian:13");
  const auto& run = find<dockerfile::Run>(build);
  EXPECT_THAT(run.command.words, ElementsAre("/bin/sh", "-xec", "cc /stacker/src/main.c\necho $HOME\n"));
  ASSERT_THAT(run.mounts, SizeIs(4));
  EXPECT_EQ(run.mounts[0].target, "/stacker/imports/src");
  EXPECT_EQ(run.mounts[3].from, "import-10");
}

TEST(Stacker, MountsAndVariablesOutliveExpansion) {
  const auto stacker = parsed();
  const auto globals = dockerfile::expand_globals(stacker.file, {}).value();
  dockerfile::StageScope scope(stacker.file, globals, {});
  for (const auto& one : stacker.file.stages[1].instructions) {
    const auto expanded = scope.expand(one);
    ASSERT_TRUE(expanded) << expanded.error().message();
    if (const auto* run = std::get_if<dockerfile::Run>(&expanded->operation)) {
      EXPECT_EQ(run->mounts[0].source, "src");
      EXPECT_EQ(run->mounts[3].target, "/stacker/a.tar.gz");
    }
  }
  EXPECT_THAT(scope.run_args(), ElementsAre("FLAGS=-O2 $X"));
}

TEST(Stacker, TheConfigurationIsTheImages) {
  const auto stacker = parsed();
  const auto& app = stacker.file.stages[2];
  const auto& copy = find<dockerfile::Copy>(app);
  EXPECT_EQ(copy.from, "build");
  EXPECT_THAT(copy.transfer.sources, ElementsAre("/app"));
  EXPECT_EQ(copy.transfer.chmod, "0755");
  EXPECT_EQ(copy.transfer.chown, "5:0");
  EXPECT_EQ(find<dockerfile::Env>(app).pairs[0].value, "1");
  EXPECT_EQ(find<dockerfile::Workdir>(app).path, "/data");
  EXPECT_THAT(find<dockerfile::Entrypoint>(app).command.words, ElementsAre("/bin/app", "two words"));
  EXPECT_THAT(find<dockerfile::Cmd>(app).command.words, ElementsAre("a", "b"));
}

TEST(Stacker, SubstitutionsAreOfTheText) {
  const auto made = [](std::string_view command, std::map<std::string, std::string> values) {
    auto text = "a:\n  from: {type: scratch}\n  run: " + std::string(command) + "\n";
    auto file = parse_stacker(text, "stacker.yaml", values);
    if (!file) return file.error().message();
    return find<dockerfile::Run>(file->file.stages[0]).command.words[2];
  };
  EXPECT_EQ(made("echo $A ${A} ${{A}} $AB $B ${B}", {{"A", "1"}}), "echo 1 1 1 $AB $B ${B}");
  EXPECT_EQ(made("echo [${{A:}}] ${{B:x}}", {}), "echo [] x");
  EXPECT_THAT(made("echo ${{A}}", {}), HasSubstr("stacker.yaml:3:13: 'A' has no value"));
}

TEST(Stacker, WhatIsNotReadIsRefused) {
  EXPECT_THAT(refused("a:\n  from: {type: scratch}\n  binds: [/x]\n"), HasSubstr("'binds' is not read"));
  EXPECT_THAT(refused("a:\n  from: {type: oci, url: x}\n"), HasSubstr("a base of type 'oci' is not read"));
  EXPECT_THAT(refused("a:\n  from: {type: scratch}\n  rnu: x\n"),
              HasSubstr("a layer has no key 'rnu' (did you mean run?)"));
  EXPECT_THAT(refused("a:\n  run: x\n"), HasSubstr("a layer has no from"));
  EXPECT_THAT(refused("a:\n  from: {type: scratch}\n  import: /etc/passwd\n  run: x\n"),
              HasSubstr("is outside of the context"));
  EXPECT_THAT(refused("a:\n  from: {type: scratch}\n  import: x\n"), HasSubstr("no run that takes them"));
  EXPECT_THAT(refused("config:\n  prerequisites: [x]\n"), HasSubstr("prerequisites are not read"));
}

}  // namespace gantry::task
