#include "serve/server.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "base/file.hpp"
#include "base/text.hpp"

namespace gantry::serve {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// Answers /echo with the body, /file with a file, /slow after a byte came; /now at once.
class Example final : public Handler {
 public:
  Example() {
    char name[] = "/tmp/serve-test.XXXXXX";
    Fd file(mkstemp(name));
    unlink(name);
    std::string text(3u << 20, 'x');
    text += "end";
    best_effort(write_all(file, text, "file"));
    size_ = text.size();
    file_ = std::make_shared<const Fd>(std::move(file));
  }
  std::optional<Response> answer_at_once(const Request& request) override {
    if (request.path != "/now") return std::nullopt;
    return Response{.body = std::string("now")};
  }
  Response handle(const Request& request, Source& body) override {
    ++begun_;
    if (request.path == "/file") return {.body = FileRange{file_, 0, size_}};
    if (request.path == "/refuse") return {.status = 403, .body = std::string("no")};
    if (request.path == "/throw") throw std::runtime_error("an accident");
    auto text = read_text(body, 64u << 20);
    if (!text) return {.status = text.error().code() == Code::busy ? 408 : 400, .body = text.error().text()};
    return {.body = std::move(**text)};
  }
  void finished(const Request&, const Outcome&) override { ++finished_; }

  std::atomic<int> begun_ = 0;
  std::atomic<int> finished_ = 0;

 private:
  std::shared_ptr<const Fd> file_;
  std::uint64_t size_ = 0;
};

class Serve : public testing::Test {
 protected:
  void start(const Limits& limits = {}) {
    auto listener = listen_on("127.0.0.1:0");
    ASSERT_TRUE(listener) << listener.error().message();
    auto server = Server::start(std::move(*listener), example_, limits);
    ASSERT_TRUE(server) << server.error().message();
    server_ = std::make_unique<Server>(std::move(*server));
  }

  Fd connect() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(*parse_unsigned(cut_last(server_->address(), ':').after)));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return socket;
  }
  static void say(const Fd& socket, std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  /// All that comes until the server ends the connection.
  static std::string hear(const Fd& socket) {
    std::string text;
    char buffer[65536];
    while (true) {
      const ssize_t got = recv(socket.get(), buffer, sizeof buffer, 0);
      if (got <= 0) return text;
      text.append(buffer, static_cast<std::size_t>(got));
    }
  }
  std::string ask(std::string_view text) {
    const Fd socket = connect();
    say(socket, text);
    return hear(socket);
  }

  Example example_;
  std::unique_ptr<Server> server_;
};

constexpr std::string_view kClose = "Host: h\r\nConnection: close\r\n";

std::string request(std::string_view line, std::string_view fields = "", std::string_view body = "") {
  return fmt::format("{} HTTP/1.1\r\n{}{}\r\n{}", line, kClose, fields, body);
}

TEST_F(Serve, AnswersAtOnceAndFromWorkers) {
  start();
  EXPECT_THAT(ask(request("GET /now")), testing::EndsWith("\r\n\r\nnow"));
  EXPECT_THAT(ask(request("POST /echo", "Content-Length: 5\r\n", "hello")), testing::EndsWith("\r\n\r\nhello"));
  EXPECT_THAT(ask(request("POST /echo", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n")),
              testing::EndsWith("\r\n\r\nhello"));
}

TEST_F(Serve, SeveralRequestsShareAConnectionAlsoBeforeTheirAnswers) {
  start();
  const Fd socket = connect();
  std::string all;
  for (int i = 0; i < 100; ++i) all += "GET /now HTTP/1.1\r\nHost: h\r\n\r\n";
  all += "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab";
  all += request("GET /now");
  say(socket, all);
  const std::string heard = hear(socket);
  std::size_t answers = 0;
  for (std::size_t at = 0; (at = heard.find("200 OK", at)) != std::string::npos; ++at) ++answers;
  EXPECT_EQ(answers, 102u);
  EXPECT_THAT(heard, HasSubstr("\r\n\r\nabHTTP/1.1"));
}

TEST_F(Serve, SendsFilesWholeAndHeadWithoutABody) {
  start();
  const std::string heard = ask(request("GET /file"));
  EXPECT_THAT(heard, HasSubstr("Content-Length: 3145731\r\n"));
  EXPECT_TRUE(heard.ends_with("xend"));
  const std::string head = ask(request("HEAD /file"));
  EXPECT_THAT(head, HasSubstr("Content-Length: 3145731\r\n"));
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

TEST_F(Serve, ABodyIsAskedForWhenItsClientWaits) {
  start();
  const Fd socket = connect();
  say(socket, request("POST /echo", "Expect: 100-continue\r\nContent-Length: 2\r\n"));
  char buffer[25];
  ASSERT_EQ(recv(socket.get(), buffer, sizeof buffer, MSG_WAITALL), 25);
  EXPECT_THAT(std::string(buffer, 25), StartsWith("HTTP/1.1 100 Continue\r\n\r\n"));
  say(socket, "ok");
  EXPECT_TRUE(hear(socket).ends_with("ok"));
}

TEST_F(Serve, ARefusalReachesAClientThatStillSends) {
  start();
  const std::string body(8u << 20, 'x');
  EXPECT_THAT(ask(request("POST /refuse", fmt::format("Content-Length: {}\r\n", body.size()), body)),
              StartsWith("HTTP/1.1 403"));
}

TEST_F(Serve, WhatIsNotHttpIsRefusedAtOnce) {
  start();
  EXPECT_THAT(ask(std::string("\x16\x03\x01\x02\0\x01", 6)), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(ask("GET / HTTP/1.1\r\nHost h\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(ask("GET /" + std::string(20000, 'a') + " HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 431"));
}

TEST_F(Serve, AnAccidentIsAnAnswer) {
  start();
  EXPECT_THAT(ask(request("GET /throw")), StartsWith("HTTP/1.1 500"));
}

TEST_F(Serve, SlowClientsAreTurnedAway) {
  start({.head = kSecond / 2, .idle = kSecond / 2, .stall = kSecond / 2});
  EXPECT_THAT(ask("GET /now HTTP/1.1\r\nHost:"), StartsWith("HTTP/1.1 408"));
  EXPECT_EQ(ask(""), "");
  EXPECT_THAT(ask(request("POST /echo", "Content-Length: 5\r\n", "he")), StartsWith("HTTP/1.1 408"));
}

TEST_F(Serve, AByteNowAndThenGainsNoTime) {
  start({.head = kSecond});
  const Fd socket = connect();
  say(socket, "GET /now HTTP/1.1\r\nX: ");
  const auto began = monotonic();
  pollfd ready{socket.get(), POLLIN, 0};
  while (poll(&ready, 1, 100) == 0) say(socket, "x");
  EXPECT_LT(monotonic() - began, 5 * kSecond);
  EXPECT_THAT(hear(socket), StartsWith("HTTP/1.1 408"));
}

TEST_F(Serve, ADrainWaitsForWhatIsBeingDoneAndEndsTheIdle) {
  start();
  const Fd idle = connect(), busy = connect();
  say(idle, "GET /now HTTP/1.1\r\nHost: h\r\n\r\n");
  say(busy, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe");
  while (example_.finished_ < 1) std::this_thread::yield();
  std::thread drain([&] { server_->drain(); });
  EXPECT_THAT(hear(idle), HasSubstr("now"));
  say(busy, "llo");
  const std::string heard = hear(busy);
  EXPECT_THAT(heard, HasSubstr("Connection: close"));
  EXPECT_TRUE(heard.ends_with("hello"));
  drain.join();
}

TEST_F(Serve, ADrainDoesNotWaitForEver) {
  start({.stall = 60 * kSecond, .drain = kSecond / 10});
  const Fd busy = connect();
  say(busy, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe");
  while (server_->connections() < 1) std::this_thread::yield();
  const auto began = monotonic();
  server_->drain();
  EXPECT_LT(monotonic() - began, 10 * kSecond);
}

TEST_F(Serve, ManyConnectionsAtTheSameTime) {
  start({.connections = 40});
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int i = 0; i < 60; ++i)
    threads.emplace_back([&] {
      if (ask(request("POST /echo", "Content-Length: 5\r\n", "hello")).ends_with("hello")) ++right;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 60);
}

TEST(Listen, AddressesThatAreNoneSaySo) {
  for (const char* bad : {"", "5000", "::1:5000", "a:b", "127.0.0.1:99999", "[::1]"})
    EXPECT_FALSE(listen_on(bad)) << bad;
}

TEST_F(Serve, WhoIsSlowMakesRoomWhenOthersWait) {
  start({.workers = 1, .stall = 60 * kSecond, .short_stall = kSecond / 2});
  const Fd slow = connect();
  say(slow, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nbegun");
  while (example_.begun_ == 0) std::this_thread::yield();
  EXPECT_THAT(ask(request("POST /echo", "Content-Length: 5\r\n", "hello")), testing::EndsWith("\r\n\r\nhello"));
  EXPECT_THAT(hear(slow), HasSubstr("others wait"));
}

}  // namespace
}  // namespace gantry::serve
