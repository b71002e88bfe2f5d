#include "base/log.hpp"

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/json.hpp"

#include <gmock/gmock.h>
#include <boost/describe/class.hpp>

namespace gantry {
namespace {

class Log : public testing::Test {
 protected:
  void SetUp() override { pipe_ = std::move(*make_pipe()); }
  void TearDown() override { log::configure({}); }

  void configure(log::Level level, log::Format format) {
    log::configure({.level = level, .format = format, .fd = pipe_.write.get(), .program = "prog"});
  }
  std::string written() {
    pipe_.write.close();
    return *read_all(pipe_.read, "log");
  }

  Pipe pipe_;
};

TEST_F(Log, WritesLinesFromTheSetLevelUp) {
  configure(log::Level::info, log::Format::text);
  log::debug("{}", "hidden");
  log::info("{} {}", "seen", 1);
  log::warning("careful");
  log::error("bad");
  EXPECT_EQ(written(), "prog: info: seen 1\nprog: warning: careful\nprog: bad\n");
}

TEST_F(Log, ShowsControlCharactersInsteadOfObeyingThem) {
  configure(log::Level::info, log::Format::text);
  log::error("a\nprog: fake\x1b[2J\x7f ä");
  EXPECT_EQ(written(), "prog: a\\x0aprog: fake\\x1b[2J\\x7f ä\n");
}

struct Line {
  std::string level;
  std::string msg;
  std::string time;
};
BOOST_DESCRIBE_STRUCT(Line, (), (level, msg, time))

TEST_F(Log, WritesJsonThatReadsBack) {
  configure(log::Level::info, log::Format::json);
  log::warning("\"quoted\"\n\\ \xff");
  const std::string text = written();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  auto line = json::decode<Line>(text, "line");
  ASSERT_TRUE(line) << line.error().message();
  EXPECT_EQ(line->level, "warning");
  EXPECT_EQ(line->msg, "\"quoted\"\n\\ \xef\xbf\xbd");
  EXPECT_TRUE(parse_rfc3339(line->time));
}

TEST_F(Log, TellsErrorsOnStderrTooWhenAsked) {
  log::configure({.format = log::Format::json, .fd = pipe_.write.get(), .errors_to_stderr = true, .program = "prog"});
  testing::internal::CaptureStderr();
  log::warning("careful");
  log::error("bad");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "prog: bad\n");
  EXPECT_THAT(written(), testing::AllOf(testing::HasSubstr("careful"), testing::HasSubstr("bad")));
}

}  // namespace
}  // namespace gantry
