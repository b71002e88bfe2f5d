#include "engine/detach_keys.hpp"

#include <gtest/gtest.h>

namespace gantry::engine {
namespace {

TEST(DetachKeys, PassOnWhatIsNotTheSequence) {
  DetachKeys keys = DetachKeys::parse("ctrl-p,ctrl-q").take();
  EXPECT_EQ(keys.filter("ls\n"), "ls\n");
  EXPECT_EQ(keys.filter("a\x10"), "a");
  EXPECT_EQ(keys.filter("b"),
            "\x10"
            "b");
  EXPECT_FALSE(keys.complete());
}

TEST(DetachKeys, AreFoundOverSeveralReads) {
  DetachKeys keys = DetachKeys::parse("ctrl-p,ctrl-q").take();
  EXPECT_EQ(keys.filter("x\x10"), "x");
  EXPECT_EQ(keys.filter("\x11more"), "");
  EXPECT_TRUE(keys.complete());
}

TEST(DetachKeys, MayBeginAnew) {
  DetachKeys keys = DetachKeys::parse("a,b").take();
  EXPECT_EQ(keys.filter("aab"), "a");
  EXPECT_TRUE(keys.complete());
}

TEST(DetachKeys, NoneNeverDetach) {
  DetachKeys keys = DetachKeys::parse("").take();
  EXPECT_EQ(keys.filter("\x10\x11"), "\x10\x11");
  EXPECT_FALSE(keys.complete());
}

TEST(DetachKeys, AreNamedAsDockerDoes) {
  EXPECT_EQ(DetachKeys::parse("ctrl-],ctrl-\\,ctrl-@,x").take().filter(std::string("\x1d\x1c\0x", 4)), "");
  for (const char* text : {"ctrl-", "ctrl-1", "ctrl-P", "ab", ","}) EXPECT_FALSE(DetachKeys::parse(text)) << text;
}

}  // namespace
}  // namespace gantry::engine
