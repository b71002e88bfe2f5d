#include "oci/choose.hpp"

#include <gtest/gtest.h>

namespace gantry::oci {
namespace {

Descriptor entry(char figure, std::optional<Platform> platform) {
  Descriptor descriptor;
  descriptor.digest = Digest::from_hex(Algorithm::sha256, std::string(64, figure)).value();
  descriptor.platform = std::move(platform);
  return descriptor;
}

char chosen(const Index& index, const char* machine) {
  auto found = choose(index, parse_platform(machine).value(), "image app");
  return found ? found->digest.hex()[0] : '-';
}

TEST(Choose, TakesTheImageThatFitsBestHoweverItsPlatformIsSpelled) {
  Index index;
  index.manifests = {entry('0', std::nullopt), entry('1', Platform{.architecture = "armhf", .os = "Linux"}),
                     entry('2', Platform{.architecture = "x86_64", .os = "linux"}),
                     entry('3', Platform{.architecture = "arm", .os = "linux", .variant = "v6"}),
                     entry('4', Platform{.architecture = "unknown", .os = "unknown"})};
  EXPECT_EQ(chosen(index, "linux/amd64"), '2');
  EXPECT_EQ(chosen(index, "linux/arm/v7"), '1');
  EXPECT_EQ(chosen(index, "linux/arm/v6"), '3');
  EXPECT_EQ(chosen(index, "linux/riscv64"), '-');
}

TEST(Choose, SaysWhichPlatformsThereAre) {
  Index index;
  EXPECT_EQ(choose(index, parse_platform("s390x").value(), "image app").error().text(),
            "image app is not there for linux/s390x, but for no platform at all");
  index.manifests = {entry('1', Platform{.architecture = "arm64", .os = "linux"}),
                     entry('2', Platform{.architecture = "amd64", .os = "linux"})};
  EXPECT_EQ(choose(index, parse_platform("s390x").value(), "image app").error().text(),
            "image app is not there for linux/s390x, but for linux/arm64, linux/amd64");
}

}  // namespace
}  // namespace gantry::oci
