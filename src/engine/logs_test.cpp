#include "engine/logs.hpp"

#include "base/file.hpp"
#include "engine/log_parser.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <vector>

namespace gantry::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class LogsTest : public testing::Test {
 protected:
  LogsTest() {
    char name[] = "/tmp/gantry-logs-XXXXXX";
    folder_ = mkdtemp(name);
    path_ = folder_ + "/log";
  }
  ~LogsTest() override { best_effort(remove_tree(folder_)); }

  static std::string entry(int second, std::string_view text, std::string_view stream = "stdout", char tag = 'F') {
    return fmt::format("2026-01-02T03:04:{:02}.5Z {} {} {}\n", second, stream, tag, text);
  }
  std::vector<std::string> read(const LogOptions& options) {
    std::vector<std::string> lines;
    auto sink = [&](const LogEntry& read) -> Result<> {
      lines.emplace_back(read.text);
      return {};
    };
    auto done = read_log(path_, options, sink, [] { return false; });
    EXPECT_TRUE(done) << done.error().message();
    return lines;
  }
  void write(const std::string& text) { ASSERT_TRUE(replace_file(path_, text)); }

  std::string folder_;
  std::string path_;
};

TEST(LogEntry, IsTakenApart) {
  const auto entry = parse_log_entry("2026-01-02T03:04:05.25Z stderr P half  a line");
  ASSERT_TRUE(entry);
  EXPECT_TRUE(entry->error);
  EXPECT_TRUE(entry->partial);
  EXPECT_EQ(entry->text, "half  a line");
  EXPECT_EQ(to_rfc3339(entry->time), "2026-01-02T03:04:05.250000000Z");
  EXPECT_EQ(parse_log_entry("2026-01-02T03:04:05Z stdout F ")->text, "");
}

TEST(LogEntry, SharesWhatLinesBeginWith) {
  LogParser parser;
  const std::string head = "2026-01-02T03:04:05Z stdout F ";
  EXPECT_EQ(parser.parse(head + "one")->text, "one");
  EXPECT_EQ(parser.parse(head)->text, "");
  EXPECT_EQ(parser.parse(head + "2026-01-02T03:04:05Z")->text, "2026-01-02T03:04:05Z");
  const auto error = parser.parse("2026-01-02T03:04:05Z stderr P half");
  EXPECT_TRUE(error->error && error->partial);
  EXPECT_FALSE(parser.parse(head + "whole")->partial);
  EXPECT_FALSE(parser.parse(head.substr(0, 10)));
}

TEST(LogEntry, TornLinesAreNone) {
  for (const char* line : {"", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z stdout F", "yesterday stdout F x",
                           "2026-01-02T03:04:05Z stdin F x", "2026-01-02T03:04:05Z stdout Q x"})
    EXPECT_FALSE(parse_log_entry(line)) << line;
}

TEST_F(LogsTest, GiveAllEntriesButTornOnes) {
  write(entry(1, "a") + "torn\n" + entry(2, "b") + "2026-01-02T03:04:09Z stdout F no newline yet");
  EXPECT_THAT(read({}), ElementsAre("a", "b"));
}

TEST_F(LogsTest, GiveTheTail) {
  write(entry(1, "a") + entry(2, "b") + entry(3, "c"));
  EXPECT_THAT(read({.tail = 0}), IsEmpty());
  EXPECT_THAT(read({.tail = 2}), ElementsAre("b", "c"));
  EXPECT_THAT(read({.tail = 9}), ElementsAre("a", "b", "c"));
}

TEST_F(LogsTest, CountLinesInPiecesAsOne) {
  write(entry(1, "a") + entry(2, "b1", "stdout", 'P') + entry(2, "b2", "stdout", 'P') + entry(2, "b3") + entry(3, "c"));
  EXPECT_THAT(read({.tail = 2}), ElementsAre("b1", "b2", "b3", "c"));
}

TEST_F(LogsTest, FindTheTailOfALogOfManyBlocks) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += entry(i % 60, fmt::format("{} {}", i, std::string(100, 'x')));
  write(text);
  const auto lines = read({.tail = 2500});
  ASSERT_EQ(lines.size(), 2500u);
  EXPECT_TRUE(lines.front().starts_with("2500 "));
  EXPECT_TRUE(lines.back().starts_with("4999 "));
}

TEST_F(LogsTest, GiveAPeriod) {
  write(entry(1, "a") + entry(2, "b") + entry(3, "c"));
  const Timestamp second = parse_rfc3339("2026-01-02T03:04:02Z").take();
  EXPECT_THAT(read({.since = second}), ElementsAre("b", "c"));
  EXPECT_THAT(read({.until = second}), ElementsAre("a"));
}

TEST_F(LogsTest, FollowUntilTheEnd) {
  write(entry(1, "a"));
  std::vector<std::string> lines;
  int asked = 0;
  auto sink = [&](const LogEntry& read) -> Result<> {
    lines.emplace_back(read.text);
    return {};
  };
  // What is written between the last read and the end must not be lost.
  auto goes_on = [&] {
    if (++asked == 1) return true;
    const Fd file = open_file(path_, O_WRONLY | O_APPEND).take();
    EXPECT_TRUE(write_all(file, entry(2, "b"), path_));
    return false;
  };
  ASSERT_TRUE(read_log(path_, {.follow = true}, sink, goes_on));
  EXPECT_THAT(lines, ElementsAre("a", "b"));
}

}  // namespace
}  // namespace gantry::engine
