#include "systemd/property.hpp"

#include <gtest/gtest.h>

namespace gantry::systemd {
namespace {

TEST(Property, HasTheTypesThatLimitsHave) {
  EXPECT_EQ(*parse_property("Delegate=b:true"), (Property{"Delegate", true}));
  EXPECT_EQ(*parse_property("MemoryMax=t:18446744073709551615"), (Property{"MemoryMax", UINT64_MAX}));
  EXPECT_EQ(*parse_property("Description=s:a=b:c"), (Property{"Description", std::string("a=b:c")}));
  EXPECT_EQ(*parse_property("AllowedCPUs=ay:0fA0"), (Property{"AllowedCPUs", std::vector<std::uint8_t>{0x0f, 0xa0}}));
}

TEST(Property, IsRefusedWhenItIsNotOne) {
  for (const char* word : {"", "MemoryMax", "MemoryMax=", "MemoryMax=17", "=t:17", "MemoryMax=t:", "MemoryMax=t:-1",
                           "MemoryMax=u:1", "Delegate=b:yes", "AllowedCPUs=ay:f", "AllowedCPUs=ay:fg"}) {
    auto parsed = parse_property(word);
    ASSERT_FALSE(parsed) << word;
    EXPECT_EQ(parsed.error().code(), Code::invalid) << word;
  }
}

}  // namespace
}  // namespace gantry::systemd
