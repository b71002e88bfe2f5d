#pragma once

#include "base/fd.hpp"
#include "base/stream.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gantry::serve {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options, other };

/// "GET"
std::string_view name_of(Method method);

struct Field {
  std::string_view name;  ///< as it was sent: compare without regard to case
  std::string_view value;
};

/// The head of a request. The texts are parts of the connection's buffer and stay until the response has been sent.
struct Request {
  Method method = Method::other;
  std::string_view method_name;
  std::string_view target;  ///< as it was sent: "/v2/?n=1"
  std::string_view path;    ///< of the target, with its %XX
  std::string_view query;   ///< what follows the '?'
  std::vector<Field> fields;
  std::string_view peer;                        ///< "127.0.0.1:4711"; "unix" for a local socket
  std::optional<std::uint64_t> content_length;  ///< of a body whose length was told
  bool chunked = false;                         ///< a body whose length shows at its end
  bool expects_continue = false;
  bool keep_alive = false;

  /// The value of the first field of that name; `name` in lower case.
  std::optional<std::string_view> field(std::string_view name) const;
  bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

/// A part of an open file, which several responses may share.
struct FileRange {
  std::shared_ptr<const Fd> file;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

using SharedText = std::shared_ptr<const std::string>;
using Body = std::variant<std::string, SharedText, FileRange>;

/// Status 204 and 304 have no body. The answer to HEAD is that to GET: the body is left out when it is sent.
struct Response {
  int status = 200;
  std::string fields;  ///< "Name: value\r\n" each; length, date and connection are added when it is sent
  Body body;

  /// A line break in `value` becomes a blank: it would end the field.
  Response& add(std::string_view name, std::string_view value);
};

std::uint64_t size_of(const Body& body);

/// What came of a request, for logs and counters.
struct Outcome {
  int status = 0;
  std::uint64_t sent = 0;        ///< bytes of the response's body
  std::int64_t nanoseconds = 0;  ///< from the end of the request's head to the last byte of the response
};

/// Answers requests, from several threads at the same time.
class Handler {
 public:
  virtual ~Handler() = default;
  /// The answer to a request without a body when it takes neither waiting nor a file: other connections wait meanwhile.
  virtual std::optional<Response> answer_at_once(const Request&) { return std::nullopt; }
  /// Any other answer, on a thread of its own. What it leaves of `body` is read and dropped when it is little; when it
  /// is much the connection ends.
  virtual Response handle(const Request& request, Source& body) = 0;
  /// Every response that was sent, or whose client went away meanwhile.
  virtual void finished(const Request&, const Outcome&) {}
};

/// "/v2/a%3Ab" with its %XX replaced; nothing when one of them is broken, or at a NUL.
std::optional<std::string> decode_percent(std::string_view text);
/// With %XX for all but letters, digits and "-._~".
std::string encode_percent(std::string_view text);
/// The first value of a name in "a=1&b=%2F"; nothing when it is absent or broken.
std::optional<std::string> query_value(std::string_view query, std::string_view name);
/// All of them.
std::vector<std::string> query_values(std::string_view query, std::string_view name);

}  // namespace gantry::serve
