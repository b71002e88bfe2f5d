#include "options/command.hpp"

#include "options/program.hpp"

#include <gmock/gmock.h>

namespace gantry::options {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Common {
  std::string root;
  bool debug = false;
};

struct Limits {
  std::optional<std::uint64_t> memory;
};

enum class Pull { missing, never };
constexpr Choice<Pull> kPulls[] = {{"missing", Pull::missing}, {"never", Pull::never}};

struct Run {
  bool interactive = false;
  bool terminal = false;
  std::vector<std::string> variables;
  std::optional<std::string> name;
  std::int64_t timeout = 10;
  Pull pull = Pull::missing;
  Limits limits;
  std::vector<std::string> words;
};

/// What the last command got.
struct Seen {
  Common common;
  Run run;
  std::vector<std::string> removed;
};
Seen* seen = nullptr;

Result<int> run(const Common& common, const Run& arguments) {
  seen->common = common;
  seen->run = arguments;
  return 7;
}

struct Remove {
  bool force = false;
  std::vector<std::string> names;
};
Result<int> remove(const Common& common, const Remove& arguments) {
  seen->common = common;
  seen->removed = arguments.names;
  return 0;
}

constexpr Option kLimitOptions[] = {
    option<&Limits::memory, read_size>('m', "memory", "SIZE", "Limit the memory"),
};
constexpr Option kRunOptions[] = {
    flag<&Run::interactive>('i', "interactive", "Keep stdin open"),
    flag<&Run::terminal>('t', "tty", "Give the container a terminal"),
    option<&Run::variables>('e', "env", "NAME[=VALUE]", "Set a variable"),
    option<&Run::name>(0, "name", "NAME", "Name the container").also("called"),
    option<&Run::timeout, read_between<0, 100>>(0, "stop-timeout", "SECONDS", "Wait so long"),
    option<&Run::pull, read_choice<kPulls>>(0, "pull", "missing|never", "When to pull"),
};
constexpr Group kRunGroups[] = {group(kRunOptions), group<&Run::limits>(kLimitOptions, "Limits")};
constinit const Command kRun =
    command<run>({.name = "run",
                  .summary = "Run a command in a new container",
                  .synopsis = "[OPTIONS] IMAGE [COMMAND [ARG...]]",
                  .groups = kRunGroups,
                  .words = words<&Run::words>({.name = "IMAGE", .least = 1, .command_line = true})});

constexpr Option kRemoveOptions[] = {flag<&Remove::force>('f', "force", "Kill it first")};
constexpr Group kRemoveGroups[] = {group(kRemoveOptions)};
constinit const Command kRemove =
    command<remove>({.name = "rm",
                     .second_name = "remove",
                     .groups = kRemoveGroups,
                     .words = words<&Remove::names>({.name = "CONTAINER", .least = 1, .most = 2})});

constexpr const Command* kContainerCommands[] = {&kRemove};
constinit const Command kContainer = {.name = "container", .commands = kContainerCommands};

constexpr Option kCommonOptions[] = {option<&Common::root>(0, "root", "PATH", "Where all is kept"),
                                     flag<&Common::debug>('D', "debug", "Say more")};
constexpr Group kCommonGroups[] = {group(kCommonOptions)};
constexpr const Command* kCommands[] = {&kRun, &kRemove, &kContainer};
constinit const Command kRoot = {.name = "gantry", .groups = kCommonGroups, .commands = kCommands};

class CommandLine : public testing::Test {
 protected:
  CommandLine() { seen = &seen_; }

  int call(std::vector<std::string> words) {
    words.insert(words.begin(), "gantry");
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    Common common;
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    int status = run_program({.root = kRoot, .globals = &common, .version = "1.2"}, argv);
    out_ = testing::internal::GetCapturedStdout();
    error_ = testing::internal::GetCapturedStderr();
    return status;
  }

  Seen seen_;
  std::string out_;
  std::string error_;
};

TEST_F(CommandLine, ReturnsTheStatusOfTheCommand) { EXPECT_EQ(call({"run", "busybox"}), 7); }

TEST_F(CommandLine, ReadsBundledLetters) {
  call({"run", "-it", "busybox"});
  EXPECT_TRUE(seen_.run.interactive);
  EXPECT_TRUE(seen_.run.terminal);
}

TEST_F(CommandLine, ReadsAValueInEverySpelling) {
  call({"run", "-eA=1", "-e", "B=2", "--env=C=3", "--env", "D", "-e=E", "-ite", "F", "busybox"});
  EXPECT_THAT(seen_.run.variables, ElementsAre("A=1", "B=2", "C=3", "D", "E", "F"));
  EXPECT_TRUE(seen_.run.terminal);
}

TEST_F(CommandLine, TakesAFlagBack) {
  call({"run", "-it", "--tty=false", "-i=0", "busybox"});
  EXPECT_FALSE(seen_.run.terminal);
  EXPECT_FALSE(seen_.run.interactive);
}

TEST_F(CommandLine, LeavesOptionsAfterTheImageToTheContainer) {
  call({"run", "busybox", "ls", "-it", "--", "--help"});
  EXPECT_THAT(seen_.run.words, ElementsAre("busybox", "ls", "-it", "--", "--help"));
  EXPECT_FALSE(seen_.run.interactive);
}

TEST_F(CommandLine, FindsOptionsBetweenWords) {
  EXPECT_EQ(call({"rm", "a", "-f", "b"}), 0);
  EXPECT_THAT(seen_.removed, ElementsAre("a", "b"));
}

TEST_F(CommandLine, TakesAllWordsAfterTwoDashes) {
  call({"rm", "--", "-f", "--help"});
  EXPECT_THAT(seen_.removed, ElementsAre("-f", "--help"));
}

TEST_F(CommandLine, TakesASingleDashAsAWord) {
  call({"rm", "-"});
  EXPECT_THAT(seen_.removed, ElementsAre("-"));
}

TEST_F(CommandLine, ReadsGlobalOptionsOnBothSidesOfTheCommand) {
  call({"--root", "/a", "run", "-D", "busybox", "--root=/b"});
  EXPECT_EQ(seen_.common.root, "/a");
  EXPECT_TRUE(seen_.common.debug);
  call({"container", "--root=/c", "rm", "a"});
  EXPECT_EQ(seen_.common.root, "/c");
}

TEST_F(CommandLine, ReadsIntoAPartOfTheArguments) {
  call({"run", "-m", "1m", "busybox"});
  EXPECT_EQ(seen_.run.limits.memory, 1u << 20);
}

TEST_F(CommandLine, KnowsSecondNames) {
  call({"remove", "a"});
  EXPECT_THAT(seen_.removed, ElementsAre("a"));
  call({"run", "--called", "web", "busybox"});
  EXPECT_EQ(seen_.run.name, "web");
}

TEST_F(CommandLine, SuggestsTheClosestOption) {
  EXPECT_EQ(call({"run", "--evn", "A", "busybox"}), 125);
  EXPECT_EQ(error_, "gantry: 'gantry run' has no option '--evn'; did you mean '--env'? (see 'gantry run --help')\n");
}

TEST_F(CommandLine, SuggestsNothingForAWordThatResemblesNone) {
  EXPECT_EQ(call({"run", "--xylophone=1", "busybox"}), 125);
  EXPECT_EQ(error_, "gantry: 'gantry run' has no option '--xylophone' (see 'gantry run --help')\n");
}

TEST_F(CommandLine, SuggestsTheClosestCommand) {
  EXPECT_EQ(call({"contaner", "ls"}), 125);
  EXPECT_THAT(error_, HasSubstr("did you mean 'container'?"));
}

TEST_F(CommandLine, RefusesAnUnknownLetter) {
  EXPECT_EQ(call({"run", "-ix", "busybox"}), 125);
  EXPECT_THAT(error_, HasSubstr("no option '-x'"));
}

TEST_F(CommandLine, RefusesAMissingValue) {
  EXPECT_EQ(call({"run", "--name"}), 125);
  EXPECT_THAT(error_, HasSubstr("option --name needs a value"));
}

TEST_F(CommandLine, NamesTheOptionOfABadValue) {
  EXPECT_EQ(call({"run", "--stop-timeout", "101", "busybox"}), 125);
  EXPECT_THAT(error_, HasSubstr("option --stop-timeout: '101' is not between 0 and 100"));
  EXPECT_EQ(call({"run", "--pull=always", "busybox"}), 125);
  EXPECT_THAT(error_, HasSubstr("option --pull: 'always' is not one of missing, never"));
  EXPECT_EQ(call({"run", "-mlots", "busybox"}), 125);
  EXPECT_THAT(error_, HasSubstr("option -m: "));
}

TEST_F(CommandLine, RefusesTooFewOrTooManyWords) {
  EXPECT_EQ(call({"rm"}), 125);
  EXPECT_THAT(error_, HasSubstr("'gantry rm' needs at least one CONTAINER (see 'gantry rm --help')"));
  EXPECT_EQ(call({"rm", "a", "b", "c"}), 125);
  EXPECT_THAT(error_, HasSubstr("no more than 2"));
}

TEST_F(CommandLine, NeedsACommandInAGroup) {
  EXPECT_EQ(call({"container"}), 125);
  EXPECT_THAT(error_, HasSubstr("'gantry container' needs a command"));
}

TEST_F(CommandLine, PrintsHelpForEverySpelling) {
  for (std::vector<std::string> words :
       {std::vector<std::string>{"run", "--help"}, {"--help", "run"}, {"run", "-h"}, {"help", "run"}}) {
    EXPECT_EQ(call(words), 0);
    EXPECT_THAT(out_, testing::StartsWith("Usage: gantry run [OPTIONS] IMAGE"));
  }
}

TEST_F(CommandLine, PrintsItsVersion) {
  for (const char* word : {"--version", "-v"}) {
    EXPECT_EQ(call({"--root", "/a", word}), 0);
    EXPECT_EQ(out_, "gantry version 1.2\n");
  }
  EXPECT_EQ(call({"run", "-v", "busybox"}), 125);
}

TEST_F(CommandLine, TakesGlobalOptionsBeforeItsOwnCommands) {
  EXPECT_EQ(call({"--root", "/a", "man", "run"}), 0);
  EXPECT_THAT(out_, testing::StartsWith(".TH GANTRY\\-RUN 1"));
  EXPECT_EQ(call({"-D", "help", "rm"}), 0);
  EXPECT_THAT(out_, testing::StartsWith("Usage: gantry rm"));
  EXPECT_EQ(call({"-D", "__complete", "r"}), 0);
  EXPECT_EQ(out_, "run\tRun a command in a new container\nrm\n");
}

TEST_F(CommandLine, PrintsHelpWhenCalledWithoutWords) {
  EXPECT_EQ(call({}), 0);
  EXPECT_THAT(out_, HasSubstr("Run a command in a new container"));
}

}  // namespace
}  // namespace gantry::options
