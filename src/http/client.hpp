#pragma once

#include "base/stream.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::http {

struct Header {
  std::string name;
  std::string value;
};

/// How to talk to a server: what does not change from request to request. Proxies come from the environment
/// (http_proxy, HTTPS_PROXY, NO_PROXY, …), as curl(1) reads it.
struct Settings {
  std::vector<std::string> authorities;  ///< PEM files whose certificates are trusted besides the system's
  std::string client_certificate;        ///< PEM file; empty: none
  std::string client_key;                ///< PEM file
  bool verify = true;                    ///< that the server is who it says
  std::string user_agent;
  std::string unix_socket;  ///< where all servers are, whatever URLs say; empty: nothing of the kind
  long patience = 60;       ///< seconds without a byte, after which a server is given up
};

struct Request {
  std::string method = "GET";
  std::string url;
  std::vector<Header> headers;
  Source* body = nullptr;                  ///< outlives the answer
  std::optional<std::uint64_t> body_size;  ///< absent: sent in chunks
};

/// What a server answers. The headers are there; the body is read from it as it comes.
class Answer : public Source {
 public:
  virtual int status() const = 0;
  /// The value of the last header of that name (in lower case), empty when there is none.
  virtual std::string_view header(std::string_view name) const = 0;
  /// All values of that name.
  virtual std::vector<std::string_view> headers(std::string_view name) const = 0;
  /// Where it came from, after redirections.
  virtual const std::string& url() const = 0;

  /// The whole body; Code::corrupt when it is longer than `limit`.
  Result<std::string> text(std::size_t limit = 4u << 20);
};

/// HTTP/1.1 and HTTP/2 over connections that are kept. For one thread, and not across a fork(2): a child makes its own.
/// Redirections of GET and HEAD are followed, and the header Authorization does not go along to another host.
class Client {
 public:
  /// Touches no network.
  explicit Client(Settings settings);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  /// Sends a request and waits for the headers. A status is no error, whatever it is. Errors name host and reason;
  /// Code::failed is what may go better next time, any other code what will not. With is_refused_tls() the server does
  /// not speak TLS, or hangs up at it (Code::failed). The client outlives the answer.
  Result<std::unique_ptr<Answer>> send(const Request& request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The server of an https URL is there, but answers without TLS or hangs up when it is spoken to in TLS.
bool is_refused_tls(const Error& error);

}  // namespace gantry::http
