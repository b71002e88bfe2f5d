#include "serve/parser.hpp"

#include <gmock/gmock.h>

namespace gantry::serve {
namespace {

int status_of(const std::string& head) {
  Request request;
  const auto bad = parse_head(head, request);
  return bad ? bad->status : 0;
}

TEST(Parser, AHeadIsTakenApart) {
  const std::string head =
      "PUT /v2/a/manifests/x%3Ay?n=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\nExpect: 100-continue\r\nX:  y "
      "\r\n\r\n";
  Request request;
  ASSERT_FALSE(parse_head(head, request));
  EXPECT_EQ(request.method, Method::put);
  EXPECT_EQ(request.path, "/v2/a/manifests/x%3Ay");
  EXPECT_EQ(request.query, "n=1");
  EXPECT_EQ(request.content_length, 12u);
  EXPECT_TRUE(request.expects_continue);
  EXPECT_TRUE(request.keep_alive);
  EXPECT_EQ(request.field("x"), "y");
}

TEST(Parser, HTTP10EndsTheConnection) {
  Request request;
  ASSERT_FALSE(parse_head("GET / HTTP/1.0\r\n\r\n", request));
  EXPECT_FALSE(request.keep_alive);
}

TEST(Parser, ALengthThatIsAmbiguousIsRefused) {
  const std::string start = "POST / HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(status_of(start + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
  EXPECT_EQ(status_of(start + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"), 400);
  EXPECT_EQ(status_of(start + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n"), 400);
  EXPECT_EQ(status_of(start + "Content-Length: 5, 6\r\n\r\n"), 400);
  EXPECT_EQ(status_of(start + "Content-Length: -5\r\n\r\n"), 400);
  EXPECT_EQ(status_of(start + "Content-Length: 0x5\r\n\r\n"), 400);
  EXPECT_EQ(status_of(start + "Content-Length: 99999999999999999999999\r\n\r\n"), 400);
  for (const char* encoding : {"gzip, chunked", "identity", "xchunked", "chunked, chunked", "chunked, gzip"})
    EXPECT_NE(status_of(start + "Transfer-Encoding: " + encoding + "\r\n\r\n"), 0) << encoding;
  EXPECT_EQ(status_of(start + "Transfer-Encoding: chunked\r\n\r\n"), 0);
}

TEST(Parser, WhatIsNoRequestIsRefused) {
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\n\r\n"), 400) << "no host";
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), 505);
  EXPECT_EQ(status_of("GET /\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n"), 400) << "folded";
  EXPECT_EQ(status_of(std::string("GET / HTTP/1.1\r\nHost: a\r\nX: y\0z\r\n\r\n", 35)), 400);
  std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 200; ++i) many += "X: y\r\n";
  EXPECT_EQ(status_of(many + "\r\n"), 431);
}

std::string decoded(std::string_view input, std::size_t step) {
  ChunkDecoder decoder;
  std::string out, waiting;
  for (std::size_t i = 0; i < input.size(); i += step) {
    waiting += input.substr(i, step);
    while (true) {
      std::byte buffer[3];
      auto taken = decoder.decode(waiting, buffer);
      if (!taken) return "broken";
      waiting.erase(0, taken->taken);
      out += as_text(Bytes(buffer, taken->given));
      if (taken->taken == 0 && taken->given == 0) break;
    }
  }
  return decoder.done() ? out + "|" + waiting : "unfinished";
}

TEST(Parser, ChunksAreJoinedHoweverTheyArrive) {
  const std::string_view body = "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: t\r\n\r\nGET";
  for (std::size_t step : {1u, 2u, 3u, 7u, 100u}) EXPECT_TRUE(decoded(body, step).starts_with("hello world|")) << step;
  EXPECT_EQ(decoded(body, 100), "hello world|GET");
}

TEST(Parser, ChunksThatAreNoneAreRefused) {
  for (const char* bad :
       {"zz\r\n\r\n", "5 hello\r\n", "-5\r\nhello\r\n", "fffffffffffffffff\r\n", "5\r\nhelloXX\r\n0\r\n\r\n"})
    EXPECT_EQ(decoded(bad, 100), "broken") << bad;
  EXPECT_EQ(decoded("5\r\nhel", 100), "unfinished");
}

}  // namespace
}  // namespace gantry::serve
