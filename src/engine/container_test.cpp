#include "engine/container.hpp"

#include "engine/observe.hpp"

#include <gtest/gtest.h>

namespace gantry::engine {
namespace {

using State = Record::State;

const StartRecord kStart{.init = {42, 7}, .time = 100, .boot_id = "b"};
const Exit kExit{.code = 3, .time = 200};

Record record(State state) {
  return {.id = "1f", .name = "web", .started = 50, .state = state, .exit = {.code = 9, .time = 60}};
}

TEST(Container, IsCreatedUntilItIsStarted) {
  const Container container = observe(record(State::created), {});
  EXPECT_EQ(container.status, Status::created);
  EXPECT_FALSE(container.exit_code);
  EXPECT_EQ(status_text(container, 0), "Created");
}

TEST(Container, RunsAsSoonAsItsStartIsWrittenDown) {
  // `run` was killed before it could write the row.
  for (State state : {State::creating, State::created, State::started, State::exited}) {
    const Container container = observe(record(state), {.start = kStart, .alive = true});
    EXPECT_EQ(container.status, Status::running);
    EXPECT_EQ(container.pid, 42);
    EXPECT_EQ(container.started, 100);
    EXPECT_FALSE(container.exit_code);
  }
}

TEST(Container, TheExitRecordCountsBeforeTheRow) {
  const Container container = observe(record(State::exited), {.start = kStart, .exit = kExit});
  EXPECT_EQ(container.status, Status::exited);
  EXPECT_EQ(container.exit_code, 3);
  EXPECT_EQ(container.finished, 200);
  EXPECT_EQ(container.pid, 0);
  EXPECT_EQ(status_text(container, 200 + 5 * kSecond), "Exited (3) 5 seconds ago");
}

TEST(Container, AnEndThatNobodySawIsUnknown) {
  const Container container = observe(record(State::started), {.start = kStart});
  EXPECT_EQ(container.status, Status::exited);
  EXPECT_FALSE(container.exit_code);
  EXPECT_EQ(status_text(container, 0), "Exited (unknown)");
}

TEST(Container, AfterARebootItHasExited) {
  Record lost = record(State::started);
  lost.exit = {};
  const Container container = observe(lost, {});
  EXPECT_EQ(container.status, Status::exited);
  EXPECT_FALSE(container.exit_code);
}

TEST(Container, TheRowTellsWhatWasCleanedUp) {
  const Container container = observe(record(State::exited), {});
  EXPECT_EQ(container.exit_code, 9);
  EXPECT_EQ(container.finished, 60);
}

TEST(Container, WhatIsBeingRemovedIsNothingElse) {
  EXPECT_EQ(observe(record(State::removing), {.start = kStart, .alive = true}).status, Status::removing);
  EXPECT_EQ(observe(record(State::creating), {}).status, Status::creating);
}

TEST(RunFolder, RecordsReadBack) {
  const auto start = parse_start_record(format_start_record(kStart));
  ASSERT_TRUE(start);
  EXPECT_EQ(start->init.pid, 42);
  EXPECT_EQ(start->init.start_time, 7u);
  EXPECT_EQ(start->time, 100);
  EXPECT_EQ(start->boot_id, "b");
  const auto exit = parse_exit_record("137 9 1234\n");
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->code, 137);
  EXPECT_EQ(exit->signal, 9);
  EXPECT_EQ(exit->time, 1234);
}

TEST(RunFolder, TornRecordsAreNone) {
  for (const char* text : {"", "\n", "42 7", "42 7 100 b c", "x 7 100 b"})
    EXPECT_FALSE(parse_start_record(text)) << text;
  for (const char* text : {"", "1 2", "1 2 x", "-1 2 3"}) EXPECT_FALSE(parse_exit_record(text)) << text;
}

}  // namespace
}  // namespace gantry::engine
