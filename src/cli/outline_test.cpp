#include "cli/outline.hpp"

#include <gtest/gtest.h>

namespace gantry::cli {
namespace {

TEST(Outline, IndentsObjectsInObjects) {
  EXPECT_EQ(outline({{"host", {{"os", "linux"}, {"cpus", 2}}}, {"rootless", false}}),
            "host:\n  os: linux\n  cpus: 2\nrootless: false\n");
}

TEST(Outline, QuotesWhatYamlWouldMisread) {
  EXPECT_EQ(outline({{"a", "0.1"}, {"b", ""}, {"c", "x: y"}, {"d", "/var/lib"}}),
            "a: \"0.1\"\nb: \"\"\nc: \"x: y\"\nd: /var/lib\n");
}

}  // namespace
}  // namespace gantry::cli
