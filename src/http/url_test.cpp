#include "http/url.hpp"

#include <gtest/gtest.h>

namespace gantry::http {
namespace {

TEST(Url, KnowsTheHostThatCredentialsAreFor) {
  EXPECT_EQ(origin_of("HTTPS://Example.org:5000/v2/?a=b"), (Origin{"https", "example.org:5000"}));
  EXPECT_EQ(origin_of("http://user@evil.example@good.example/x"), (Origin{"http", "good.example"}));
  EXPECT_EQ(origin_of("http://[::1]:5000"), (Origin{"http", "[::1]:5000"}));
  EXPECT_EQ(origin_of("file:///etc/passwd"), Origin{});
  EXPECT_EQ(origin_of("/v2/x"), Origin{});
}

TEST(Url, KnowsThisMachine) {
  for (const char* host : {"localhost", "localhost:5000", "127.0.0.1", "127.1.2.3:80", "[::1]", "[::1]:5000"})
    EXPECT_TRUE(is_loopback(host)) << host;
  for (const char* host : {"localhost.example.org", "127.example.org", "127.0.0.1.example.org:80", "128.0.0.1",
                           "[::2]:5000", "example.org:127", ""})
    EXPECT_FALSE(is_loopback(host)) << host;
}

TEST(Url, ResolvesWhatAServerAnswersAsLocation) {
  EXPECT_EQ(resolve("https://a:1/v2/x/blobs/uploads/", "https://b/y?z=1"), "https://b/y?z=1");
  EXPECT_EQ(resolve("https://a:1/v2/x?q=1", "/v2/y"), "https://a:1/v2/y");
  EXPECT_EQ(resolve("https://a:1/v2/x?q=/", "y?z=1"), "https://a:1/v2/y?z=1");
  EXPECT_EQ(resolve("https://a:1/v2/x", "//b/y"), "https://b/y");
  EXPECT_EQ(resolve("https://a:1/v2/x?q=1", "?n=2"), "https://a:1/v2/x?n=2");
  EXPECT_EQ(resolve("https://a:1", "y"), "https://a:1/y");
}

TEST(Url, EscapesValuesOfAQuery) {
  EXPECT_EQ(with_parameter("https://a/b", "scope", "repository:x/y:pull,push"),
            "https://a/b?scope=repository%3Ax%2Fy%3Apull%2Cpush");
  EXPECT_EQ(with_parameter("https://a/b?c=d", "e", "\xc3\xa4 &"), "https://a/b?c=d&e=%C3%A4%20%26");
}

}  // namespace
}  // namespace gantry::http
