#include "serve/body.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace gantry::serve {

namespace {

constexpr std::size_t kRawSize = 64u << 10;
constexpr std::uint64_t kDrained = 256u << 10;

}  // namespace

BodySource::BodySource(Connection& connection, const Limits& limits, const Workers& workers)
    : connection_(connection), limits_(limits), workers_(workers), started_(monotonic()) {
  const Request& request = connection.request();
  if (request.chunked) chunks_ = std::make_unique<ChunkDecoder>();
  else left_ = request.content_length.value_or(0);
  done_ = !request.has_body();
  invited_ = !request.expects_continue || !connection.body_start().empty();
}

Result<std::size_t> BodySource::read(std::span<std::byte> buffer) {
  if (done_) return 0;
  if (broken_) return fail(Code::busy, "the client is gone");
  auto got = chunks_ ? read_chunked(buffer) : read_plain(buffer);
  if (!got) broken_ = true;
  return got;
}

Result<std::size_t> BodySource::read_plain(std::span<std::byte> buffer) {
  const auto wanted = std::min<std::uint64_t>(buffer.size(), left_);
  const std::size_t got = TRY(receive(buffer.first(wanted)));
  left_ -= got;
  done_ = left_ == 0;
  return got;
}

Result<std::size_t> BodySource::read_chunked(std::span<std::byte> buffer) {
  while (true) {
    const auto step = TRY(chunks_->decode(raw_, buffer));
    raw_.erase(0, step.taken);
    done_ = chunks_->done();
    if (done_ && !raw_.empty()) {
      // What follows is the next request's, and has been taken out of the connection.
      broken_ = true;
    }
    if (step.given > 0 || done_) return step.given;
    if (raw_.size() >= kRawSize) return fail(Code::invalid, "the body is not chunked as it should be");
    const std::size_t filled = raw_.size();
    raw_.resize(kRawSize);
    auto got = receive(std::as_writable_bytes(std::span(raw_).subspan(filled)));
    raw_.resize(filled + (got ? *got : 0));
    TRY(std::move(got));
  }
}

Result<std::size_t> BodySource::receive(std::span<std::byte> buffer) {
  if (const auto start = connection_.body_start(); !start.empty()) {
    const std::size_t size = std::min(start.size(), buffer.size());
    std::memcpy(buffer.data(), start.data(), size);
    connection_.take_body_start(size);
    return size;
  }
  TRY(invite());
  const std::int64_t since = monotonic();
  while (true) {
    const auto got = connection_.channel().receive({reinterpret_cast<char*>(buffer.data()), buffer.size()});
    if (got.state == Channel::State::closed) return fail(Code::busy, "the client ended before its body did");
    if (got.state == Channel::State::wait) {
      TRY(wait_for_client(since));
      continue;
    }
    received_ += got.bytes;
    TRY(check_pace());
    return got.bytes;
  }
}

Result<> BodySource::check_pace() const {
  const std::int64_t passed = monotonic() - started_;
  const auto seconds = static_cast<std::uint64_t>(passed / kSecond);
  if (passed > limits_.stall && received_ < limits_.slowest * seconds)
    return fail(Code::busy, "the body comes too slowly");
  if (workers_.is_short() && passed > limits_.short_stall && received_ < limits_.short_slowest * seconds)
    return fail(Code::busy, "the body comes too slowly, and others wait");
  return {};
}

Result<> BodySource::wait_for_client(std::int64_t since) {
  pollfd ready{connection_.socket().get(), static_cast<short>(connection_.channel().wanted()), 0};
  const std::int64_t left = since + limits_.stall - monotonic();
  if (left <= 0) return fail(Code::busy, "the body stopped coming");
  // Others may begin to wait meanwhile.
  const std::int64_t turn = std::min(left, limits_.short_stall);
  const int found = poll(&ready, 1, static_cast<int>(turn / 1'000'000) + 1);
  if (found == 0) return check_pace();
  if (found < 0 && errno != EINTR) return Error::system("wait for a body");
  return {};
}

Result<> BodySource::invite() {
  if (invited_) return {};
  invited_ = true;
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  iovec part{const_cast<char*>(kContinue.data()), kContinue.size()};
  // It fits in the empty buffer of the socket; if not, the client sends its body without it after a while.
  if (connection_.channel().send({&part, 1}, false).state == Channel::State::closed)
    return fail(Code::busy, "the client ended before its body did");
  return {};
}

bool BodySource::drain() {
  // A client that waits to be asked for its body sends none once it is refused.
  if (!invited_) return false;
  std::uint64_t dropped = 0;
  std::byte buffer[16u << 10];
  if (!chunks_ && left_ > kDrained) return false;
  while (!done_ && dropped < kDrained) {
    auto got = read(buffer);
    if (!got) return false;
    dropped += *got;
  }
  return done_ && !broken_;
}

}  // namespace gantry::serve
