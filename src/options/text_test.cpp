#include "options/complete.hpp"
#include "options/help.hpp"
#include "options/man.hpp"

#include <gmock/gmock.h>

namespace gantry::options {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Common {
  std::string root;
};
struct Show {
  bool all = false;
  std::string format, file, container;
  bool secret = false;
  std::vector<std::string> words;
};
Result<int> show(const Common&, const Show&) { return 0; }

constexpr Option kShowOptions[] = {
    flag<&Show::all>('a', "all", "Show all of them"),
    option<&Show::format>(0, "format", "text|json", "How it is printed"),
    option<&Show::file>('o', "output", "FILE", "Where it goes").completing(Completes::files),
    option<&Show::container>(0, "like-a-container-with-this-name", "CONTAINER",
                             "A long label has its text in the next line, and text that is too long for one line is "
                             "broken between words")
        .completing(Completes::containers),
    flag<&Show::secret>(0, "secret", "Not for you").unlisted(),
};
constexpr Group kShowGroups[] = {group(kShowOptions)};
constexpr Example kExamples[] = {{"show -a", "Show all"}};
constinit const Command kShow = command<show>({
    .name = "show",
    .second_name = "display",
    .summary = "Show what there is",
    .synopsis = "[OPTIONS] CONTAINER [COMMAND...]",
    .description = "First paragraph, back\\slash.\n.second - paragraph",
    .examples = kExamples,
    .groups = kShowGroups,
    .words = words<&Show::words>({.name = "CONTAINER", .command_line = true, .first = Completes::containers}),
});
constinit const Command kHidden = {.name = "internal", .summary = "Not for you", .hidden = true};
constinit const Command kFar = {.name = "far", .summary = "Done elsewhere", .program = "far-program"};

constexpr Option kCommonOptions[] = {
    option<&Common::root>(0, "root", "PATH", "Where all is kept").completing(Completes::folders)};
constexpr Group kCommonGroups[] = {group(kCommonOptions)};
constexpr const Command* kCommands[] = {&kShow, &kHidden, &kFar};
constinit const Command kRoot = {
    .name = "tool", .summary = "A tool", .synopsis = "COMMAND", .groups = kCommonGroups, .commands = kCommands};

std::vector<std::string> names(Completes what, void* globals) {
  if (what != Completes::containers) return {};
  return {"web", "db", static_cast<Common*>(globals)->root + "-one"};
}

template <class F>
auto with_call(std::vector<std::string> words, F f) {
  words.insert(words.begin(), "tool");
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  Common common{"here"};
  Program program{.root = kRoot, .globals = &common};
  Call call(program, argv);
  EXPECT_TRUE(call.descend());
  return f(call);
}

TEST(Help, IsAlignedAndWrapped) {
  EXPECT_EQ(with_call({"show"}, &help_text), R"(Usage: tool show [OPTIONS] CONTAINER [COMMAND...]

Show what there is

First paragraph, back\slash.

.second - paragraph

Options:
  -a, --all               Show all of them
      --format text|json  How it is printed
  -o, --output FILE       Where it goes
      --like-a-container-with-this-name CONTAINER
                          A long label has its text in the next line, and text
                          that is too long for one line is broken between words

Global options:
      --root PATH         Where all is kept

Examples:
  # Show all
  show -a
)");
}

TEST(Help, ListsCommands) {
  auto text = with_call({}, &help_text);
  EXPECT_THAT(text, HasSubstr("Commands:\n  show  Show what there is\n  far   Done elsewhere\n"));
  EXPECT_THAT(text, Not(HasSubstr("internal")));
}

TEST(Help, BreaksLinesAtTheWidth) {
  EXPECT_EQ(wrap("aa bb cc", 5, 0), "aa bb\ncc");
  EXPECT_EQ(wrap("aaaaaaaa b", 5, 2), "aaaaaaaa\n  b");
  EXPECT_EQ(wrap("", 5, 0), "");
}

TEST(ManPage, EscapesWhatRoffWouldTakeForItself) {
  auto page = with_call({"show"}, &man_page);
  EXPECT_THAT(page, HasSubstr(".TH TOOL\\-SHOW 1"));
  EXPECT_THAT(page, HasSubstr("First paragraph, back\\eslash.\n.PP\n\\&.second \\- paragraph\n"));
  EXPECT_THAT(page, HasSubstr(".TP\n\\fB\\-o\\fR, \\fB\\-\\-output\\fR=\\fIFILE\\fR\nWhere it goes.\n"));
  EXPECT_THAT(page, Not(HasSubstr("secret")));
}

TEST(ManPage, NamesThePagesOfItsCommands) {
  EXPECT_THAT(with_call({}, &man_page), HasSubstr("\\fBtool\\-show\\fR(1)\nShow what there is.\n"));
}

std::string completed(std::vector<std::string> words) {
  words.insert(words.begin(), "tool");
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  Common common{"here"};
  auto completion = complete_words({.root = kRoot, .globals = &common, .candidates = &names}, argv);
  return completion.program.empty() ? completion.text : "program " + std::string(completion.program);
}

TEST(Completion, OffersCommands) {
  EXPECT_EQ(completed({""}), "show\tShow what there is\nfar\tDone elsewhere\n");
  EXPECT_EQ(completed({"sh"}), "show\tShow what there is\n");
  EXPECT_EQ(completed({"in"}), "");
}

TEST(Completion, OffersOptions) {
  EXPECT_EQ(completed({"show", "--fo"}), "--format\tHow it is printed\n");
  EXPECT_EQ(completed({"show", "--ro"}), "--root\tWhere all is kept\n");
  EXPECT_EQ(completed({"show", "--se"}), "");
  EXPECT_EQ(completed({"display", "-a", "--al"}), "--all\tShow all of them\n");
}

TEST(Completion, OffersValues) {
  EXPECT_EQ(completed({"show", "--format", ""}), "text\njson\n");
  EXPECT_EQ(completed({"show", "--format=j"}), "--format=json\n");
  EXPECT_EQ(completed({"show", "-ao", ""}), ":files\n");
  EXPECT_EQ(completed({"show", "--output", "x"}), ":files\n");
  EXPECT_EQ(completed({"--root", ""}), ":folders\n");
}

TEST(Completion, OffersNamesThatExist) {
  EXPECT_EQ(completed({"show", ""}), "web\ndb\nhere-one\n");
  EXPECT_EQ(completed({"show", "--format", "json", "w"}), "web\n");
  EXPECT_EQ(completed({"show", "--", "w"}), "web\n");
  EXPECT_EQ(completed({"show", "--like-a-container-with-this-name=d"}), "--like-a-container-with-this-name=db\n");
}

TEST(Completion, LooksWhereGlobalOptionsPoint) {
  EXPECT_EQ(completed({"--root", "there", "show", "t"}), "there-one\n");
  EXPECT_EQ(completed({"show", "--root=there", "t"}), "there-one\n");
}

TEST(Completion, LeavesTheContainersCommandAlone) {
  EXPECT_EQ(completed({"show", "web", ""}), "");
  EXPECT_EQ(completed({"show", "web", "ls", "--fo"}), "");
}

TEST(Completion, AsksTheProgramThatKnows) { EXPECT_EQ(completed({"far", "--x"}), "program far-program"); }

TEST(Completion, OffersNothingAfterAnUnknownCommand) { EXPECT_EQ(completed({"wrong", ""}), ""); }

TEST(CompletionScript, NamesTheProgram) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    auto script = completion_script("tool", shell);
    ASSERT_TRUE(script);
    EXPECT_THAT(*script, HasSubstr("tool __complete"));
    EXPECT_THAT(*script, Not(HasSubstr("PROGRAM")));
  }
  EXPECT_FALSE(completion_script("tool", "csh"));
}

}  // namespace
}  // namespace gantry::options
