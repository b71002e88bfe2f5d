#include "distribution/headers.hpp"

#include "base/clock.hpp"
#include "distribution/backoff.hpp"

#include <gtest/gtest.h>

namespace gantry::distribution {
namespace {

TEST(Headers, TellWhereAListGoesOn) {
  EXPECT_EQ(next_link(R"(</v2/_catalog?last=b&n=2>; rel="next")"), "/v2/_catalog?last=b&n=2");
  EXPECT_EQ(next_link(R"(<https://a.example/1>; rel="prev", <https://a.example/3,4>; rel=next)"),
            "https://a.example/3,4");
  for (const char* text : {"", "next", "</a", R"(</a>; rel="last")", "<>", "<", "><"}) EXPECT_EQ(next_link(text), "");
}

TEST(Headers, TellWhereARangeBegins) {
  EXPECT_EQ(range_start("bytes 100-199/200"), 100);
  EXPECT_EQ(range_start("bytes 0-0/*"), 0);
  for (const char* text : {"", "bytes", "bytes */200", "bytes 100", "items 1-2/3", "bytes -1-2/3", "bytes 1e3-2/3",
                           "bytes 99999999999999999999-1/2"})
    EXPECT_FALSE(range_start(text)) << text;
}

TEST(Headers, TellWhatAnUploadHas) {
  EXPECT_EQ(bytes_received("0-199"), 200u);
  EXPECT_EQ(bytes_received("bytes=0-199"), 200u);
  for (const char* text : {"", "0-0", "0-", "-", "0-18446744073709551615", "0-x"}) EXPECT_EQ(bytes_received(text), 0u);
}

TEST(Headers, TellHowLongToWait) {
  EXPECT_EQ(parse_retry_after("3"), 3000);
  EXPECT_EQ(parse_retry_after(" 0 "), 0);
  EXPECT_EQ(parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT"), 0);
  EXPECT_EQ(parse_retry_after("99999999999999999999"), std::nullopt);
  for (const char* text : {"", "soon", "-1", "1.5", "Wed, 21 Oct 2015"}) EXPECT_FALSE(parse_retry_after(text)) << text;
}

TEST(Backoff, WaitsLongerEachTimeAndGivesUp) {
  Backoff backoff;
  int last = 0;
  for (int i = 0; i < 5; ++i) {
    auto wait = backoff.next();
    ASSERT_TRUE(wait);
    EXPECT_GT(*wait, last / 2);
    last = *wait;
  }
  EXPECT_FALSE(backoff.next());
  backoff.reset();
  EXPECT_GE(backoff.next("7").value_or(0), 7000);
  EXPECT_FALSE(backoff.next("3600"));
}

}  // namespace
}  // namespace gantry::distribution
