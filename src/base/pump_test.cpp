#include "base/pump.hpp"

#include <gtest/gtest.h>

namespace gantry {
namespace {

class Collected final : public Sink {
 public:
  Result<> write(Bytes data) override {
    if (text.size() + data.size() > limit) return fail(Code::failed, "full");
    text += as_text(data);
    return {};
  }
  std::string text;
  std::size_t limit = 1u << 30;
};

TEST(Pump, TakesAllOfIt) {
  const std::string long_text(1'000'003, 'x');
  TextSource source(long_text);
  Collected sink;
  ASSERT_TRUE(pump(source, sink));
  EXPECT_EQ(sink.text, long_text);
}

TEST(Pump, StopsWhereTheSinkFails) {
  TextSource source(std::string(1'000'003, 'x'));
  Collected sink;
  sink.limit = 300'000;
  EXPECT_FALSE(pump(source, sink));
  EXPECT_EQ(sink.text.size(), 256u << 10);
}

}  // namespace
}  // namespace gantry
