#include "engine/events.hpp"

#include "base/file.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <stdlib.h>

namespace gantry::engine {
namespace {

class EventLogTest : public testing::Test {
 protected:
  EventLogTest() { EXPECT_NE(mkdtemp(folder_), nullptr); }
  ~EventLogTest() override { best_effort(remove_tree(folder_)); }

  std::vector<std::string> read(const EventLog& log, const EventQuery& query = {}) {
    std::vector<std::string> all;
    EXPECT_TRUE(log.read(query, [&](const Event& event) -> Result<> {
      all.push_back(event.name + ":" + event.status);
      return {};
    }));
    return all;
  }

  char folder_[32] = "/tmp/events-test.XXXXXX";
};

Event event(std::string name, std::string status, Timestamp time = 1) {
  return {.time = time, .status = std::move(status), .id = name + "0", .name = name, .image = "docker.io/a/b:c"};
}

TEST_F(EventLogTest, AnEmptyLogHasNoEvents) { EXPECT_TRUE(read(EventLog(std::string(folder_) + "/none")).empty()); }

TEST_F(EventLogTest, EventsComeBackInTheirOrder) {
  const EventLog log(std::string(folder_) + "/log");
  ASSERT_TRUE(log.append(event("a", "create")));
  ASSERT_TRUE(log.append(event("a", "start")));
  EXPECT_EQ(read(log), (std::vector<std::string>{"a:create", "a:start"}));
}

TEST_F(EventLogTest, AFullLogIsPutAsideAndStillRead) {
  const EventLog log(folder_, 1000);
  for (int i = 0; i < 12; ++i) ASSERT_TRUE(log.append(event("a" + std::to_string(i), "create")));
  EXPECT_TRUE(path_exists(std::string(folder_) + "/log.1"));
  const auto all = read(log);
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all.back(), "a11:create");
}

TEST_F(EventLogTest, ATornLineIsLeftOut) {
  const EventLog log(folder_);
  ASSERT_TRUE(log.append(event("a", "create")));
  const Fd file = std::move(*open_file(std::string(folder_) + "/log", O_WRONLY | O_APPEND));
  ASSERT_TRUE(write_all(file, "{\"time\":3,\"sta\n", "log"));
  ASSERT_TRUE(log.append(event("b", "create")));
  EXPECT_EQ(read(log), (std::vector<std::string>{"a:create", "b:create"}));
}

TEST_F(EventLogTest, TimesBoundWhatIsRead) {
  const EventLog log(folder_);
  for (Timestamp time : {10, 20, 30}) ASSERT_TRUE(log.append(event("a", std::to_string(time), time)));
  EXPECT_EQ(read(log, {.since = 20}), (std::vector<std::string>{"a:20", "a:30"}));
  EXPECT_EQ(read(log, {.until = 20}), (std::vector<std::string>{"a:10", "a:20"}));
}

TEST(EventMatches, ValuesOfOneKeyAreAlternativesAndKeysAreNot) {
  EventQuery query{.conditions = {{"event", "start"}, {"event", "die"}, {"container", "web"}}};
  EXPECT_TRUE(matches(event("web", "start"), query));
  EXPECT_TRUE(matches(event("web", "died"), query));
  EXPECT_FALSE(matches(event("web", "create"), query));
  EXPECT_FALSE(matches(event("db", "start"), query));
}

TEST(EventMatches, AnImageIsFoundByItsShortName) {
  EXPECT_TRUE(matches(event("web", "start"), {.conditions = {{"image", "b"}}}));
  EXPECT_TRUE(matches(event("web", "start"), {.conditions = {{"image", "a/b:c"}}}));
  EXPECT_FALSE(matches(event("web", "start"), {.conditions = {{"image", "c"}}}));
}

TEST(EventMatches, AnUnknownKeyIsRefused) { EXPECT_FALSE(check_event_conditions({.conditions = {{"colour", "red"}}})); }

}  // namespace
}  // namespace gantry::engine
