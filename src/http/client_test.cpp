#include "http/client.hpp"

#include "base/fd.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace gantry::http {
namespace {

/// Answers each connection with the same bytes, once a request's head (or whatever else) has come, and ends it.
class Server {
 public:
  enum class End { close, reset };

  explicit Server(std::string answer, End end = End::close) : answer_(std::move(answer)), end_(end) {
    listener_ = Fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener_.get(), 16), 0);
    EXPECT_EQ(getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~Server() {
    shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }

  std::string url(std::string_view scheme = "http") const { return fmt::format("{}://127.0.0.1:{}/", scheme, port_); }
  int connections() const { return connections_; }

 private:
  void serve() {
    while (true) {
      Fd client(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!client) return;
      ++connections_;
      char head[4096];
      if (end_ == End::close && recv(client.get(), head, sizeof head, 0) <= 0) continue;
      if (!answer_.empty()) send(client.get(), answer_.data(), answer_.size(), MSG_NOSIGNAL);
      linger hard{.l_onoff = 1, .l_linger = 0};
      if (end_ == End::reset) setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    }
  }

  std::string answer_;
  End end_;
  Fd listener_;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::thread thread_;
};

Error error_of(const std::string& url) {
  Client client({.authorities = {}, .verify = false, .user_agent = "test"});
  auto answer = client.send({.url = url});
  EXPECT_FALSE(answer);
  return answer ? fail(Code::exists, "there is an answer") : answer.error();
}

TEST(Client, WhatCameBeforeAConnectionBrokeIsReadBeforeTheError) {
  Server server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst");
  Client client({.user_agent = "test"});
  auto answer = client.send({.url = server.url()});
  ASSERT_TRUE(answer) << answer.error().message();
  std::string text;
  std::byte buffer[4];
  auto got = (*answer)->read(buffer);
  for (; got && *got > 0; got = (*answer)->read(buffer)) text += as_text(Bytes(buffer).first(*got));
  EXPECT_EQ(text, "first");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code(), Code::failed);
  EXPECT_FALSE((*answer)->read(buffer));
}

TEST(Client, AConnectionThatBreaksMayGoBetterNextTime) {
  Server server("");
  EXPECT_EQ(error_of(server.url()).code(), Code::failed);
}

TEST(Client, AnotherProtocolWillNotGoBetterNextTime) {
  Server server("SSH-2.0-OpenSSH_9.2\r\n");
  EXPECT_EQ(error_of(server.url()).code(), Code::unsupported);
}

TEST(Client, IsNotLedAwayFromHttp) {
  for (const char* place : {"file:///etc/passwd", "gopher://127.0.0.1/", "scp://127.0.0.1/x"}) {
    Server server(fmt::format("HTTP/1.1 307 Away\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", place));
    EXPECT_EQ(error_of(server.url()).code(), Code::unsupported) << place;
    EXPECT_EQ(server.connections(), 1);
  }
}

TEST(Client, DoesNotGoRoundInCircles) {
  Server server("HTTP/1.1 302 Round\r\nLocation: /again\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(error_of(server.url()).code(), Code::invalid);
  EXPECT_LE(server.connections(), 9);
}

TEST(Client, TellsAServerThatAnswersTlsWithoutIt) {
  Server server("HTTP/1.0 400 Bad Request\r\n\r\n");
  Error error = error_of(server.url("https"));
  EXPECT_TRUE(is_refused_tls(error)) << error.message();
  EXPECT_EQ(error.code(), Code::unsupported);
}

TEST(Client, TellsAServerThatHangsUpAtTls) {
  for (auto end : {Server::End::close, Server::End::reset}) {
    Server server("", end);
    Error error = error_of(server.url("https"));
    EXPECT_TRUE(is_refused_tls(error)) << error.message();
    EXPECT_EQ(error.code(), Code::failed);
  }
}

TEST(Client, BoundsTheHeaders) {
  std::string answer = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 400; ++i) answer += fmt::format("X-{}: {}\r\n", i, std::string(1000, 'a'));
  Server server(answer + "Content-Length: 0\r\n\r\n");
  EXPECT_EQ(error_of(server.url()).code(), Code::corrupt);
}

}  // namespace
}  // namespace gantry::http
