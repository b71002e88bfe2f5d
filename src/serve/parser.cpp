#include "serve/parser.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>
#include <cstring>

namespace gantry::serve {

namespace http = boost::beast::http;
using boost::beast::error_code;
using Text = boost::beast::string_view;

namespace {

std::string_view view(Text text) { return {text.data(), text.size()}; }

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::get;
    case http::verb::head:
      return Method::head;
    case http::verb::post:
      return Method::post;
    case http::verb::put:
      return Method::put;
    case http::verb::patch:
      return Method::patch;
    case http::verb::delete_:
      return Method::delete_;
    case http::verb::options:
      return Method::options;
    default:
      return Method::other;
  }
}

/// What every use of the parser shares: it calls for all events, and we want few of them.
class Events : public http::basic_parser<true> {
 protected:
  void on_request_impl(http::verb, Text, Text, int, error_code&) override {}
  void on_response_impl(int, Text, int, error_code&) override {}
  void on_field_impl(http::field, Text, Text, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(Text body, error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, Text, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, error_code&) override { return body.size(); }
  void on_finish_impl(error_code&) override {}
};

class HeadParser final : public Events {
 public:
  HeadParser(std::string_view head, Request& request) : head_(head), request_(request) {}

  bool folded() const { return folded_; }
  bool too_many() const { return too_many_; }
  int hosts() const { return hosts_; }
  int version() const { return version_; }

 private:
  void on_request_impl(http::verb verb, Text name, Text target, int version, error_code&) override {
    request_.method = method_of(verb);
    request_.method_name = view(name);
    request_.target = view(target);
    version_ = version;
  }
  void on_field_impl(http::field field, Text name, Text value, error_code& error) override {
    // A value over several lines is joined elsewhere than in the head; nobody sends one in earnest (RFC 9112, 5.2).
    const char* at = value.data();
    if (!value.empty() && (std::less<>()(at, head_.data()) || !std::less<>()(at, head_.data() + head_.size())))
      folded_ = true;
    if (request_.fields.size() == kMaxFields) too_many_ = true;
    if (folded_ || too_many_) {
      error = http::error::bad_field;
      return;
    }
    if (field == http::field::host) ++hosts_;
    if (field == http::field::expect && boost::beast::iequals(value, "100-continue")) request_.expects_continue = true;
    request_.fields.push_back({view(name), view(value)});
  }

  std::string_view head_;
  Request& request_;
  bool folded_ = false;
  bool too_many_ = false;
  int hosts_ = 0;
  int version_ = 11;
};

BadRequest reason(const HeadParser& parser, const error_code& error) {
  if (parser.too_many() || error == http::error::header_limit) return {431, "the head of the request is too large"};
  if (error == http::error::bad_version) return {505, "this server speaks HTTP/1.1"};
  if (error == http::error::bad_transfer_encoding) return {400, "this transfer encoding is not understood"};
  if (error == http::error::bad_content_length || error == http::error::multiple_content_length)
    return {400, "Content-Length is not right"};
  return {400, "this is not an HTTP request"};
}

}  // namespace

std::optional<BadRequest> parse_head(std::string_view head, Request& request) {
  HeadParser parser(head, request);
  parser.header_limit(kMaxHead);
  parser.body_limit(boost::none);
  error_code error;
  parser.put(boost::asio::const_buffer(head.data(), head.size()), error);
  if (error) return reason(parser, error);
  if (!parser.is_header_done()) return BadRequest{400, "this is not an HTTP request"};
  if (parser.version() == 11 && parser.hosts() != 1) return BadRequest{400, "a request names one Host"};
  const auto encoding = request.field("transfer-encoding");
  // Another coding than chunked, or none by its name: where the body ends would be a guess (request smuggling).
  if (encoding && (!parser.chunked() || !boost::beast::iequals(Text(encoding->data(), encoding->size()), "chunked")))
    return BadRequest{501, "this transfer encoding is not understood"};
  if (encoding && (parser.version() != 11 || request.field("content-length")))
    return BadRequest{400, "a request has one length"};
  if (request.target.empty() || request.target[0] != '/') return BadRequest{400, "the target is not a path"};

  const auto query = request.target.find('?');
  request.path = request.target.substr(0, query);
  request.query = query == std::string_view::npos ? std::string_view() : request.target.substr(query + 1);
  request.chunked = parser.chunked();
  if (auto length = parser.content_length()) request.content_length = *length;
  request.keep_alive = parser.keep_alive();
  return std::nullopt;
}

struct ChunkDecoder::Parser final : Events {
  Parser() {
    constexpr std::string_view kHead = "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    body_limit(boost::none);
    error_code error;
    put(boost::asio::const_buffer(kHead.data(), kHead.size()), error);
  }
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, error_code&) override {
    const std::size_t size = std::min(body.size(), output.size() - given);
    std::memcpy(output.data() + given, body.data(), size);
    given += size;
    return size;
  }

  std::span<std::byte> output;
  std::size_t given = 0;
};

ChunkDecoder::ChunkDecoder() : parser_(std::make_unique<Parser>()) {}
ChunkDecoder::~ChunkDecoder() = default;

bool ChunkDecoder::done() const { return parser_->is_done(); }

Result<ChunkDecoder::Step> ChunkDecoder::decode(std::string_view input, std::span<std::byte> output) {
  parser_->output = output;
  parser_->given = 0;
  Step step;
  // Until it is done, at least "0\r\n\r\n" is still to come; with less at hand Beast's assertions about an end that
  // comes byte by byte would not hold.
  constexpr std::size_t kLeast = 5;
  while (!done() && input.size() - step.taken >= kLeast && parser_->given < output.size()) {
    error_code error;
    const std::size_t taken =
        parser_->put(boost::asio::const_buffer(input.data() + step.taken, input.size() - step.taken), error);
    step.taken += taken;
    if (error == http::error::need_more) break;
    if (error) return fail(Code::invalid, "the body is not chunked as it should be");
    if (taken == 0) break;
  }
  step.given = parser_->given;
  return step;
}

}  // namespace gantry::serve
