#include "serve/connection.hpp"

#include "serve/parser.hpp"
#include "serve/status.hpp"

#include <algorithm>
#include <cstring>

namespace gantry::serve {

namespace {

/// What one connection sends of a file before it is the others' turn.
constexpr std::uint64_t kTurn = 4u << 20;

}  // namespace

Connection::Input Connection::read_request() {
  if (!input_) input_ = std::make_unique_for_overwrite<char[]>(kMaxHead);
  while (true) {
    if (auto parsed = parse()) return *parsed;
    if (filled_ == kMaxHead) return refuse(431, "the head of the request is too large");
    const auto got = channel_.receive({input_.get() + filled_, kMaxHead - filled_});
    if (got.state == Channel::State::closed) return Input::closed;
    if (got.state == Channel::State::wait) {
      if (filled_ == 0) input_.reset();
      return Input::more;
    }
    filled_ += got.bytes;
  }
}

std::optional<Connection::Input> Connection::parse() {
  // Some clients end a body with a line too many (RFC 9112, 2.2).
  std::string_view text(input_.get(), filled_);
  if (scanned_ == 0 && text.starts_with("\r\n")) {
    filled_ -= 2;
    std::memmove(input_.get(), input_.get() + 2, filled_);
    text = {input_.get(), filled_};
  }
  // A method is a word. Who speaks TLS here has to hear at once that it is not understood.
  if (!text.empty() && (text[0] < 'A' || text[0] > 'Z') && text != "\r")
    return refuse(400, "this is not an HTTP request");
  const std::size_t end = text.find("\r\n\r\n", scanned_ > 3 ? scanned_ - 3 : 0);
  scanned_ = filled_;
  if (end == std::string_view::npos) return std::nullopt;

  head_size_ = end + 4;
  body_taken_ = 0;
  request_.fields.clear();
  request_ = Request{.fields = std::move(request_.fields), .peer = peer_};
  started_ = monotonic();
  if (auto bad = parse_head(text.substr(0, head_size_), request_)) return refuse(bad->status, bad->text);
  has_request_ = true;
  return Input::request;
}

Connection::Input Connection::refuse(int status, std::string_view text) {
  request_ = Request{.method_name = "-", .target = "-", .peer = peer_};
  Response response{.status = status, .body = std::string(text) + "\n"};
  response.add("Content-Type", "text/plain; charset=utf-8");
  set_response(std::move(response), false);
  return Input::bad;
}

void Connection::set_response(Response response, bool keep) {
  if (started_ == 0) started_ = monotonic();
  response_ = std::move(response);
  keep_ = keep;
  sending_ = true;
  head_sent_ = 0;
  body_sent_ = 0;
  head_.clear();
  head_.append("HTTP/1.1 ").append(status_line(response_.status)).append("\r\nDate: ").append(http_date());
  head_.append("\r\n").append(response_.fields);
  body_size_ = 0;
  if (response_.status != 204 && response_.status != 304) {
    body_size_ = size_of(response_.body);
    head_.append("Content-Length: ").append(std::to_string(body_size_)).append("\r\n");
    if (request_.method == Method::head) body_size_ = 0;
  }
  head_.append(keep ? "\r\n" : "Connection: close\r\n\r\n");
}

std::string_view Connection::body_text() const {
  if (const auto* text = std::get_if<std::string>(&response_.body)) return *text;
  if (const auto* shared = std::get_if<SharedText>(&response_.body)) return **shared;
  return {};
}

Connection::Output Connection::send_response() {
  const auto* range = std::get_if<FileRange>(&response_.body);
  const std::uint64_t in_memory = range != nullptr ? 0 : body_size_;
  while (head_sent_ < head_.size() || body_sent_ < in_memory) {
    const std::string_view head = std::string_view(head_).substr(head_sent_);
    const std::string_view body = body_text().substr(body_sent_, in_memory - body_sent_);
    iovec parts[2] = {{const_cast<char*>(head.data()), head.size()}, {const_cast<char*>(body.data()), body.size()}};
    const auto sent = channel_.send(parts, range != nullptr && body_size_ > 0);
    if (sent.state != Channel::State::done)
      return sent.state == Channel::State::wait ? Output::blocked : Output::closed;
    const std::size_t of_head = std::min(head.size(), sent.bytes);
    head_sent_ += of_head;
    body_sent_ += sent.bytes - of_head;
  }
  return range != nullptr ? send_file(*range) : Output::sent;
}

Connection::Output Connection::send_file(const FileRange& range) {
  std::uint64_t turn = kTurn;
  while (body_sent_ < body_size_) {
    if (turn == 0) return Output::more;
    const auto sent =
        channel_.send_file(*range.file, range.offset + body_sent_, std::min(turn, body_size_ - body_sent_));
    if (sent.state != Channel::State::done)
      return sent.state == Channel::State::wait ? Output::blocked : Output::closed;
    body_sent_ += sent.bytes;
    turn -= sent.bytes;
  }
  return Output::sent;
}

Outcome Connection::outcome() const { return {response_.status, body_sent_, monotonic() - started_}; }

void Connection::next_request() {
  const std::size_t used = head_size_ + body_taken_;
  filled_ -= std::min(used, filled_);
  if (filled_ > 0) std::memmove(input_.get(), input_.get() + used, filled_);
  else input_.reset();
  scanned_ = head_size_ = body_taken_ = 0;
  has_request_ = sending_ = false;
  response_ = {};
  started_ = 0;
}

bool Connection::linger() {
  constexpr std::uint64_t kMost = 64u << 20;
  if (!lingering) channel_.finish();
  lingering = true;
  char scrap[16u << 10];
  while (dropped_ < kMost) {
    const auto got = channel_.receive(scrap);
    if (got.state != Channel::State::done) return got.state == Channel::State::wait;
    dropped_ += got.bytes;
  }
  return false;
}

}  // namespace gantry::serve
