#include "oci/platform.hpp"

#include <gtest/gtest.h>

namespace gantry::oci {
namespace {

std::string read(std::string_view text) {
  auto platform = parse_platform(text);
  return platform ? text_of(*platform) : platform.error().message();
}

Platform platform(std::string_view text) { return *parse_platform(text); }

TEST(Platform, ReadsOneNameForEachMachine) {
  EXPECT_EQ(read("linux/amd64"), "linux/amd64");
  EXPECT_EQ(read("linux/x86_64"), "linux/amd64");
  EXPECT_EQ(read("Linux/AMD64/v1"), "linux/amd64");
  EXPECT_EQ(read("linux/amd64/v3"), "linux/amd64/v3");
  EXPECT_EQ(read("linux/aarch64"), "linux/arm64");
  EXPECT_EQ(read("linux/arm64/v8"), "linux/arm64");
  EXPECT_EQ(read("linux/arm64/8"), "linux/arm64");
  EXPECT_EQ(read("linux/arm"), "linux/arm/v7");
  EXPECT_EQ(read("linux/arm/6"), "linux/arm/v6");
  EXPECT_EQ(read("armhf"), "linux/arm/v7");
  EXPECT_EQ(read("armel"), "linux/arm/v6");
  EXPECT_EQ(read("armv7l"), "linux/arm/v7");
  EXPECT_EQ(read("i686"), "linux/386");
  EXPECT_EQ(read("riscv64"), "linux/riscv64");
  EXPECT_EQ(read("macos/arm64"), "darwin/arm64");
}

TEST(Platform, TakesTheHostsArchitectureForASystemAlone) {
  EXPECT_EQ(read("freebsd"), "freebsd" + text_of(host_platform()).substr(5));
  EXPECT_EQ(host_platform().os, "linux");
}

TEST(Platform, RefusesWhatIsNoPlatform) {
  for (const char* text : {"", "/", "linux/", "/amd64", "linux/amd64/v1/x", "linux/am d64", "linux//v7"})
    EXPECT_FALSE(parse_platform(text)) << text;
  EXPECT_EQ(read("a b"), "'a b' is not a platform; write it as linux/amd64 or linux/arm/v7");
}

TEST(Platform, MatchesBestWhatIsTheSame) {
  const Platform arm64 = platform("arm64");
  EXPECT_GT(match(arm64, arm64), match(arm64, platform("linux/arm/v8")));
  EXPECT_GT(match(platform("linux/arm/v7"), platform("linux/arm/v7")),
            match(platform("linux/arm/v7"), platform("linux/arm/v6")));
  EXPECT_GT(match(platform("linux/arm/v7"), platform("linux/arm/v6")),
            match(platform("linux/arm/v7"), platform("linux/arm/v5")));
  EXPECT_GT(match(arm64, platform("linux/arm/v7")), match(arm64, platform("linux/arm/v6")));
  EXPECT_GT(match(platform("amd64"), platform("386")), 0);
}

TEST(Platform, DoesNotMatchWhatCannotRun) {
  EXPECT_EQ(match(platform("amd64"), platform("arm64")), 0);
  EXPECT_EQ(match(platform("386"), platform("amd64")), 0);
  EXPECT_EQ(match(platform("linux/arm/v6"), platform("linux/arm/v7")), 0);
  EXPECT_EQ(match(platform("linux/arm/v7"), platform("arm64")), 0);
  EXPECT_EQ(match(platform("amd64"), platform("linux/amd64/v3")), 0);
  EXPECT_EQ(match(platform("linux/amd64"), platform("windows/amd64")), 0);
  EXPECT_EQ(match(platform("arm64"), {.architecture = "arm64", .os = "linux", .variant = "odd"}), 0);
}

TEST(Platform, MatchesOtherSpellings) {
  EXPECT_EQ(match(platform("amd64"), {.architecture = "x86_64", .os = "Linux"}),
            match(platform("amd64"), platform("amd64")));
}

}  // namespace
}  // namespace gantry::oci
