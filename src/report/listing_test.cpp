#include "report/listing.hpp"

#include <gtest/gtest.h>

namespace gantry::report {
namespace {

constexpr Column kColumns[] = {{"ID", "CONTAINER ID", true}, {"Names", "NAMES", true}, {"State", "STATE"}};

std::string printed(const ListingOptions& options) {
  auto listing = Listing::make(options, kColumns, "ID");
  if (!listing) return "error: " + listing.error().message();
  for (const char* id : {"01", "02"})
    listing->add({{"ID", id}, {"Names", std::string("name-") + id}, {"State", "exited"}});
  testing::internal::CaptureStdout();
  auto done = listing->print();
  std::string text = testing::internal::GetCapturedStdout();
  return done ? text : "error: " + done.error().message();
}

TEST(Listing, PrintsATableOfTheShownColumns) {
  EXPECT_EQ(printed({}), "CONTAINER ID  NAMES\n01            name-01\n02            name-02\n");
}

TEST(Listing, LeavesTheHeadingOut) { EXPECT_EQ(printed({.no_heading = true}), "01  name-01\n02  name-02\n"); }

TEST(Listing, PrintsIdentifiersAlone) { EXPECT_EQ(printed({.quiet = true}), "01\n02\n"); }

TEST(Listing, PrintsALineForEachRowByATemplate) {
  EXPECT_EQ(printed({.format = "{{.Names}}={{.State}}"}), "name-01=exited\nname-02=exited\n");
}

TEST(Listing, PrintsATableByATemplate) {
  EXPECT_EQ(printed({.format = "table {{.ID}}\\t{{.State}}\\t{{.Names}}"}),
            "CONTAINER ID  STATE   NAMES\n01            exited  name-01\n02            exited  name-02\n");
  EXPECT_EQ(printed({.format = "table"}), printed({}));
}

TEST(Listing, PrintsAnArrayOfObjects) {
  EXPECT_EQ(printed({.format = "json"}), R"([
    {
        "ID": "01",
        "Names": "name-01",
        "State": "exited"
    },
    {
        "ID": "02",
        "Names": "name-02",
        "State": "exited"
    }
]
)");
}

TEST(Listing, PrintsAnObjectALine) {
  EXPECT_EQ(printed({.format = "{{json .}}"}),
            "{\"ID\":\"01\",\"Names\":\"name-01\",\"State\":\"exited\"}\n"
            "{\"ID\":\"02\",\"Names\":\"name-02\",\"State\":\"exited\"}\n");
}

TEST(Listing, RefusesAnUnknownField) {
  EXPECT_EQ(printed({.format = "{{.Size}}"}), "error: option --format: there is no field '.Size'");
}

TEST(Pretty, KeepsEmptyObjectsOnALine) {
  boost::json::object object{{"a", boost::json::array()}, {"b", boost::json::object()}, {"c", nullptr}};
  EXPECT_EQ(pretty(object), "{\n    \"a\": [],\n    \"b\": {},\n    \"c\": null\n}\n");
}

}  // namespace
}  // namespace gantry::report
