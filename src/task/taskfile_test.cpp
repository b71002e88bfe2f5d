#include "task/taskfile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::task {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kFile = R"(image: debian:12
command_prefix: set -e
tasks:
  run:
    dependencies: [build]
    cache: false
    command: ./a.out
  build:
    dependencies:
      - zlib
      - gcc
    input_paths:
      - src
    excluded_input_paths:
      - src/old
    output_paths:
      - a.out
    environment:
      MODE: debug
      TOKEN: null
    command: gcc -$MODE src/main.c
  gcc:
    command: apt-get install gcc
  zlib:
    location: /z
    user: me
)";

Taskfile parsed(std::string_view text = kFile) {
  auto file = parse_taskfile(text, "toast.yml");
  if (!file) ADD_FAILURE() << file.error().message();
  return file ? std::move(*file) : Taskfile{};
}

std::vector<std::string> names(const Taskfile& file, std::vector<std::string> wanted) {
  std::vector<std::string> all;
  auto tasks = schedule(file, std::move(wanted));
  if (!tasks) return {tasks.error().message()};
  for (const auto* task : *tasks) all.push_back(task->name);
  return all;
}

std::string refused(std::string_view text) {
  auto file = parse_taskfile(text, "toast.yml");
  return file ? "it was taken" : file.error().message();
}

}  // namespace

TEST(Taskfile, TasksTakeWhatTheFileSays) {
  const auto file = parsed();
  const auto* build = file.find("build");
  ASSERT_TRUE(build);
  EXPECT_EQ(build->command, "set -e\ngcc -$MODE src/main.c");
  EXPECT_EQ(build->location, "/scratch");
  EXPECT_EQ(build->user, "root");
  EXPECT_FALSE(file.find("run")->is_cached);
  EXPECT_EQ(file.find("zlib")->location, "/z");
  EXPECT_EQ(file.find("zlib")->command, "");
}

TEST(Taskfile, DependenciesComeFirstWhateverTheOrder) {
  const auto file = parsed();
  EXPECT_THAT(names(file, {"run"}), ElementsAre("gcc", "zlib", "build", "run"));
  EXPECT_THAT(names(file, {"zlib", "gcc"}), ElementsAre("gcc", "zlib"));
  EXPECT_THAT(names(file, {}), ElementsAre("gcc", "zlib", "build", "run"));
  EXPECT_THAT(names(file, {"biuld"}), ElementsAre("toast.yml has no task 'biuld' (did you mean build?)"));
  EXPECT_THAT(names(parsed("image: a\ntasks:\n  a: {dependencies: [b]}\n  b: {dependencies: [a]}\n"), {"a"}),
              ElementsAre(HasSubstr("'a' waits for itself")));
  EXPECT_THAT(names(parsed("image: a\ndefault: b\ntasks:\n  a: {}\n  b: {}\n"), {}), ElementsAre("b"));
}

TEST(Taskfile, EachTaskIsAStageOnTheOneBefore) {
  const auto file = parsed();
  const auto tasks = schedule(file, {"build"}).value();
  const auto made = stages_of(file, tasks, {{"TOKEN", "a$b"}});
  ASSERT_TRUE(made) << made.error().message();
  ASSERT_EQ(made->stages.size(), 3u);
  EXPECT_EQ(made->stages[0].from.image, "debian:12");
  EXPECT_EQ(made->stages[2].from.image, "task-zlib");
  const auto& all = made->stages[2].instructions;
  const auto& env = std::get<dockerfile::Env>(all[0].operation);
  EXPECT_EQ(env.pairs[0].value, "debug");
  EXPECT_EQ(env.pairs[1].value, "a\\$b");
  const auto& copy = std::get<dockerfile::Copy>(all[3].operation).transfer;
  EXPECT_EQ(copy.target, "/scratch/src");
  EXPECT_THAT(copy.excludes, ElementsAre("old"));
  EXPECT_EQ(std::get<dockerfile::Run>(all[5].operation).command.words[2], "set -e\ngcc -$MODE src/main.c");
}

TEST(Taskfile, VariablesWithoutDefaultMustBeGiven) {
  const auto file = parsed();
  const auto made = stages_of(file, schedule(file, {"build"}).value(), {});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message(), HasSubstr("the task 'build' needs the variable 'TOKEN'"));
}

TEST(Taskfile, MistakesNameTheLine) {
  EXPECT_THAT(refused("tasks: {}\n"), HasSubstr("toast.yml has no image (write image: NAME)"));
  EXPECT_THAT(refused("image: a\n"), HasSubstr("has no tasks"));
  EXPECT_THAT(refused("image: a\ntasks:\n  b:\n    comand: x\n"),
              HasSubstr("toast.yml:4:1: a task has no key 'comand' (did you mean command?)"));
  EXPECT_THAT(refused("image: a\ntasks:\n  b:\n    ports: [\"1:2\"]\n"), HasSubstr("'ports' is not read"));
  EXPECT_THAT(refused("image: a\ntasks:\n  b:\n    input_paths: [../x]\n"),
              HasSubstr("is outside of the file's folder"));
  EXPECT_THAT(refused("image: a\ntasks:\n  b:\n    cache: perhaps\n"),
              HasSubstr("'cache' is true or false, not 'perhaps'"));
  EXPECT_THAT(refused("- a\n"), HasSubstr("is not one map"));
}

}  // namespace gantry::task
