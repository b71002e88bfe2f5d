#include "report/table.hpp"

#include <gtest/gtest.h>

namespace gantry::report {
namespace {

TEST(Table, AlignsColumnsTwoBlanksApart) {
  Table table;
  table.add({"ID", "IMAGE", "NAMES"});
  table.add({"0123", "a", "web"});
  EXPECT_EQ(table.text(), "ID    IMAGE  NAMES\n0123  a      web\n");
}

TEST(Table, LeavesNoBlanksAtTheEndOfALine) {
  Table table;
  table.add({"A", "LONGER"});
  table.add({"b", "c"});
  EXPECT_EQ(table.text(), "A  LONGER\nb  c\n");
}

TEST(Table, CountsCharactersAndNotBytes) {
  Table table;
  table.add({"äöü", "x"});
  table.add({"abcd", "y"});
  EXPECT_EQ(table.text(), "äöü   x\nabcd  y\n");
}

TEST(Table, SendsNoControlCharactersToTheTerminal) {
  Table table;
  table.add({"\x1b[31mred\n\t\x7f"});
  EXPECT_EQ(table.text(), "\\x1b[31mred\\n\\t\\x7f\n");
}

}  // namespace
}  // namespace gantry::report
