#include "base/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace gantry {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return fail(Code::invalid, "{} is odd", number);
  return number / 2;
}

Result<std::string> quarter(int number) {
  const int once = TRY(half(number));
  return std::to_string(TRY(with_context(half(once), "halve {} again", number)));
}

Result<> check(int number) {
  TRY(half(number));
  return {};
}

TEST(Result, TryGoesOnWithTheValueOrReturnsTheError) {
  EXPECT_EQ(*quarter(8), "2");
  EXPECT_EQ(quarter(3).error().message(), "3 is odd");
  EXPECT_TRUE(check(2));
  EXPECT_FALSE(check(1));
}

TEST(Result, ContextIsAddedToAnErrorAlone) {
  EXPECT_EQ(quarter(6).error().message(), "halve 6 again: 3 is odd");
  EXPECT_EQ(quarter(6).error().code(), Code::invalid);
  EXPECT_EQ(*with_context(half(4), "x"), 2);
}

TEST(Result, HoldsWhatCanOnlyBeMoved) {
  auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(3); };
  auto use = [&]() -> Result<int> {
    std::unique_ptr<int> pointer = TRY(make());
    return *pointer;
  };
  EXPECT_EQ(*use(), 3);
}

}  // namespace
}  // namespace gantry
