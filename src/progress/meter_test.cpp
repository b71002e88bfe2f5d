#include "progress/meter.hpp"

#include "base/file.hpp"
#include "progress/screen.hpp"
#include "progress/speed.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace gantry::progress {
namespace {

std::string read_pipe(Pipe& pipe) {
  pipe.write = Fd();
  auto text = read_all(pipe.read, "the pipe");
  return text ? *text : text.error().message();
}

void read_whole(Source& source) {
  std::array<std::byte, 16> buffer;
  while (*source.read(buffer) > 0) {
  }
}

TEST(Meter, WritesALineForWhatHasCome) {
  auto pipe = make_pipe();
  ASSERT_TRUE(pipe);
  {
    Meter meter(Style::lines, pipe->write.get());
    Item one = meter.begin("Copying blob sha256:aa", 10), two = meter.begin("Copying blob sha256:bb", 20);
    two.skipped("already exists");
    one.done();
    Item failed = meter.begin("Copying blob sha256:cc", 30);
    meter.note("Writing manifest");
  }
  EXPECT_EQ(read_pipe(*pipe),
            "Copying blob sha256:bb skipped: already exists\n"
            "Copying blob sha256:aa done (10B)\n"
            "Writing manifest\n");
}

TEST(Meter, CountsWhatAnotherProcessReads) {
  auto pipe = make_pipe();
  ASSERT_TRUE(pipe);
  {
    Meter meter(Style::lines, pipe->write.get());
    Item item = meter.begin("Copying", {});
    auto source = item.counted(std::make_unique<MemorySource>(as_bytes("seven b")), 3);
    pid_t child = fork();
    if (child == 0) {
      read_whole(*source);
      _exit(0);
    }
    waitpid(child, nullptr, 0);
    item.done();
  }
  EXPECT_EQ(read_pipe(*pipe), "Copying done (10B)\n");
}

TEST(Meter, ThatIsSilentPassesOnWhatItIsGiven) {
  Item item = silent().begin("Copying", 5);
  auto source = std::make_unique<MemorySource>(as_bytes("bytes"));
  Source* plain = source.get();
  EXPECT_EQ(item.counted(std::move(source)).get(), plain);
  item.done();
}

TEST(Meter, ShowsMoreThingsThanItHasCountersFor) {
  auto pipe = make_pipe();
  ASSERT_TRUE(pipe);
  Meter meter(Style::lines, pipe->write.get());
  std::vector<Item> items;
  for (int i = 0; i < 600; ++i) items.push_back(meter.begin("x", 1));
  auto source = items.back().counted(std::make_unique<MemorySource>(as_bytes("bytes")));
  read_whole(*source);
  items.clear();
}

TEST(Screen, ReplacesItsLinesAndKeepsThoseThatAreSettled) {
  Screen screen;
  EXPECT_EQ(screen.draw({}, {"a", "total"}, {24, 80}), "a\ntotal\n");
  EXPECT_EQ(screen.draw({"a done"}, {"b", "c", "total"}, {24, 80}), "\x1b[2A\r\x1b[Ja done\nb\nc\ntotal\n");
  EXPECT_EQ(screen.draw({"b done"}, {}, {24, 80}), "\x1b[3A\r\x1b[Jb done\n");
  EXPECT_EQ(screen.draw({}, {}, {24, 80}), "");
}

TEST(Screen, FitsIntoLowAndNarrowWindows) {
  Screen screen;
  EXPECT_EQ(screen.draw({}, {"a", "b", "c", "d", "total"}, {5, 80}), "a\nb\n(2 more)\ntotal\n");
  EXPECT_EQ(screen.draw({}, {"aaaaaa", "total"}, {5, 80}), "\x1b[4A\r\x1b[Jaaaaaa\ntotal\n");
  // Now "aaaaaa" is on three lines of two, and "total" too, of which the window shows four.
  EXPECT_EQ(screen.draw({}, {"a", "t"}, {5, 2}), "\x1b[4A\r\x1b[Ja\nt\n");
  EXPECT_EQ(screen.draw({}, {"a", "b", "t"}, {2, 80}), "\x1b[1A\r\x1b[Jt\n");
}

TEST(Speed, SettlesOnWhatItIs) {
  Speed speed;
  EXPECT_EQ(speed.at(0, 1'000'000'000), 0);
  for (int i = 1; i <= 10; ++i) EXPECT_NEAR(speed.at(100u * i, 1'000'000'000 + i * 100'000'000L), 1000, 1);
  double last = 0;
  for (int i = 11; i <= 200; ++i) last = speed.at(1000, 1'000'000'000 + i * 100'000'000L);
  EXPECT_LT(last, 10);
}

TEST(Speed, IsNotBelowZeroWhenSomethingBeginsAgain) {
  Speed speed;
  speed.at(1000, 1'000'000'000);
  speed.at(2000, 2'000'000'000);
  EXPECT_GE(speed.at(10, 3'000'000'000), 0);
}

}  // namespace
}  // namespace gantry::progress
