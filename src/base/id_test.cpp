#include "base/id.hpp"

#include <gtest/gtest.h>

#include <set>

namespace gantry {
namespace {

TEST(Id, IsHexOfTheAskedLength) {
  for (std::size_t bytes : {0u, 1u, 32u, 256u}) {
    const std::string id = random_hex(bytes);
    EXPECT_EQ(id.size(), 2 * bytes);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
  }
}

TEST(Id, IsNotTheSameTwice) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(random_hex(8));
  EXPECT_EQ(ids.size(), 1000u);
}

}  // namespace
}  // namespace gantry
