#pragma once

#include "serve/channel.hpp"
#include "serve/limits.hpp"
#include "serve/message.hpp"

#include <memory>
#include <string>

namespace gantry::serve {

/// One client: its socket, what has been read of its requests and what has not been sent of the response. It belongs to
/// its loop, or to a worker while that answers a request; never to both.
class Connection {
 public:
  Connection(Channel channel, std::string peer) : channel_(std::move(channel)), peer_(std::move(peer)) {}

  Channel& channel() { return channel_; }
  const Fd& socket() const { return channel_.socket(); }

  enum class Input { request, more, closed, bad };
  /// Reads until a whole head is there. `more`: the socket has nothing now. `bad`: the response says what is wrong.
  Input read_request();
  const Request& request() const { return request_; }
  bool mid_request() const { return !has_request_ && (filled_ > 0 || channel_.in_handshake()); }
  /// What has come of the body with the head.
  std::string_view body_start() const {
    return {input_.get() + head_size_ + body_taken_, filled_ - head_size_ - body_taken_};
  }
  void take_body_start(std::size_t bytes) { body_taken_ += bytes; }

  /// `keep`: whether another request may follow.
  void set_response(Response response, bool keep);
  enum class Output { sent, blocked, more, closed };
  /// Sends what the socket takes. `more`: it would take more, but it is the others' turn.
  Output send_response();
  bool has_response() const { return sending_; }
  bool keeps() const { return keep_; }
  Outcome outcome() const;
  /// After a response: what came behind its request is the beginning of the next.
  void next_request();

  /// After the last response: says that nothing more comes, and drops what the client still sends, so that the kernel
  /// does not throw the response away with it. False: it can be closed.
  bool linger();

  // Of the loop that has it:
  std::int64_t deadline = 0;  ///< when the client has taken too long
  std::uint32_t events = 0;   ///< that the loop waits for
  bool lingering = false;
  bool queued = false;          ///< it is served again as soon as the others have been
  bool waits_for_head = false;  ///< `deadline` is that of a head that has begun

 private:
  std::optional<Input> parse();
  Input refuse(int status, std::string_view text);
  Output send_head();
  Output send_file(const FileRange& range);
  std::string_view body_text() const;

  Channel channel_;
  std::string peer_;
  std::unique_ptr<char[]> input_;  ///< none while the client is idle
  std::size_t filled_ = 0;
  std::size_t scanned_ = 0;    ///< of `input_`: no end of a head is before it
  std::size_t head_size_ = 0;  ///< of the request, with its empty line
  std::size_t body_taken_ = 0;
  bool has_request_ = false;
  Request request_;
  std::int64_t started_ = 0;

  std::string head_;  ///< of the response
  Response response_;
  bool sending_ = false;
  bool keep_ = false;
  std::size_t head_sent_ = 0;
  std::uint64_t body_size_ = 0;  ///< to be sent; 0 after HEAD
  std::uint64_t body_sent_ = 0;
  std::uint64_t dropped_ = 0;  ///< while lingering
};

}  // namespace gantry::serve
