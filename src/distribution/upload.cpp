#include "base/log.hpp"
#include "base/text.hpp"
#include "distribution/backoff.hpp"
#include "distribution/failure.hpp"
#include "distribution/headers.hpp"
#include "distribution/repository.hpp"
#include "http/url.hpp"

#include <algorithm>
#include <optional>

namespace gantry::distribution {

namespace {

/// At most this many bytes go in one request where there are more: a registry may forget what came of one that broke,
/// but what it has confirmed it keeps.
constexpr std::uint64_t kPiece = 16u << 20;

/// The next bytes of a stream.
class Piece final : public Source {
 public:
  Piece(Source& bytes, std::uint64_t size) : bytes_(bytes), left_(size) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    if (left_ == 0) return std::size_t{0};
    if (buffer.size() > left_) buffer = buffer.first(left_);
    const std::size_t got = TRY(bytes_.read(buffer));
    left_ -= got;
    return got;
  }

 private:
  Source& bytes_;
  std::uint64_t left_;
};

/// An upload that a registry has opened (distribution-spec, "Pushing blobs").
class Upload {
 public:
  Upload(const Repository& repository, const oci::Descriptor& descriptor, UploadNote& note)
      : repository_(repository), descriptor_(descriptor), note_(note), location_(note.location()) {}

  Result<> open() {
    location_.clear();
    auto answer = TRY(send({.method = "POST", .url = repository_.path("blobs/uploads/")}));
    if (answer->status() != 202) return failure(*answer, label());
    piece_ = std::max(kPiece, parse_unsigned(answer->header("oci-chunk-min-length")).value_or(0));
    return follow(*answer);
  }
  bool is_open() const { return !location_.empty(); }

  /// All bytes in the request that also closes the upload.
  Result<> put_whole(Source& bytes) {
    return finish(send_bytes({.method = "PUT",
                              .url = http::with_parameter(location_, "digest", descriptor_.digest.text()),
                              .headers = {{"Content-Type", "application/octet-stream"}},
                              .body = &bytes,
                              .body_size = size()}));
  }

  /// Asks what has arrived: the number of bytes. Nothing when the registry does not go on with this upload.
  Result<std::optional<std::uint64_t>> arrived() {
    auto answer = TRY(send({.url = location_}));
    const int status = answer->status();
    if (status == 401 || status == 403 || is_temporary(status)) return failure(*answer, label());
    const std::uint64_t bytes = bytes_received(answer->header("range"));
    if (status != 204 || bytes > size()) return std::optional<std::uint64_t>();
    TRY(follow(*answer));
    return std::optional(bytes);
  }

  /// The bytes from `from` to `until`.
  Result<> patch(Source& bytes, std::uint64_t from, std::uint64_t until) {
    Piece piece(bytes, until - from);
    auto answer = TRY(send_bytes({.method = "PATCH",
                                  .url = location_,
                                  .headers = {{"Content-Type", "application/octet-stream"},
                                              {"Content-Range", fmt::format("{}-{}", from, until - 1)}},
                                  .body = &piece,
                                  .body_size = until - from}));
    if (answer->status() != 202) return failure(*answer, label());
    return follow(*answer);
  }

  Result<> close() {
    return finish(send({.method = "PUT", .url = http::with_parameter(location_, "digest", descriptor_.digest.text())}));
  }

  std::string label() const {
    return fmt::format("push blob {} to {}", descriptor_.digest.text(), repository_.label());
  }
  std::uint64_t size() const { return static_cast<std::uint64_t>(descriptor_.size); }
  std::uint64_t piece() const { return piece_; }
  /// What the last answer to bytes has asked for.
  const std::string& retry_after() const { return retry_after_; }

 private:
  Result<std::unique_ptr<http::Answer>> send(const Order& order) {
    return repository_.session().send(order, repository_.push_scope());
  }
  Result<std::unique_ptr<http::Answer>> send_bytes(const Order& order) {
    retry_after_.clear();
    auto answer = TRY(send(order));
    retry_after_ = answer->header("retry-after");
    return answer;
  }
  Result<> finish(Result<std::unique_ptr<http::Answer>> sent) {
    auto answer = TRY(std::move(sent));
    if (answer->status() != 201 && answer->status() != 204) return failure(*answer, label());
    note_.forget();
    return {};
  }
  /// Each answer may move the upload.
  Result<> follow(const http::Answer& answer) {
    auto location = answer.header("location");
    if (!location.empty()) location_ = http::resolve(answer.url(), location);
    if (location_.empty()) return fail(Code::invalid, "{}: the registry names no place for it", label());
    note_.keep(location_);
    return {};
  }

  const Repository& repository_;
  const oci::Descriptor& descriptor_;
  UploadNote& note_;
  std::string location_;
  std::string retry_after_;
  std::uint64_t piece_ = kPiece;
};

bool is_worth_another(const Error& error) { return error.code() == Code::failed || error.code() == Code::busy; }

/// A blob on its way.
class BlobPush {
 public:
  BlobPush(Upload& upload, const Repository::Opener& open) : upload_(upload), open_(open) {}

  /// From where an earlier process was, or from the beginning.
  Result<> begin() {
    if (upload_.is_open()) {
      const auto start = upload_.arrived();
      if (start && *start) {
        log::info("{}: going on after {} bytes", upload_.label(), **start);
        auto sent = send_from(**start);
        if (sent || is_worth_another(sent.error())) return sent;
      }
    }
    return begin_anew();
  }

  /// Again from what has arrived. Says how much that is.
  Result<> go_on(std::uint64_t& arrived) {
    const auto start = TRY(upload_.arrived());
    if (!start) return begin_anew();  // it has forgotten the upload
    arrived = *start;
    return send_from(*start);
  }

 private:
  Result<> begin_anew() {
    TRY(upload_.open());
    auto sent = send_from(0);
    if (sent || is_worth_another(sent.error()) || !in_pieces_) return sent;
    // A registry that does not take pieces, or not of this size.
    in_pieces_ = false;
    TRY(upload_.open());
    return send_from(0);
  }

  Result<> send_from(std::uint64_t start) {
    const auto bytes = TRY(open_(start));
    const bool whole = start == 0 && (!in_pieces_ || upload_.size() <= upload_.piece());
    if (whole) return upload_.put_whole(*bytes);
    while (start < upload_.size()) {
      const std::uint64_t rest = upload_.size() - start;
      const std::uint64_t end = start + (in_pieces_ ? std::min(rest, upload_.piece()) : rest);
      TRY(upload_.patch(*bytes, start, end));
      start = end;
    }
    return upload_.close();
  }

  Upload& upload_;
  const Repository::Opener& open_;
  bool in_pieces_ = true;
};

}  // namespace

Result<> Repository::put_blob(const oci::Descriptor& descriptor, const Opener& open, UploadNote note) const {
  Upload upload(*this, descriptor, note);
  BlobPush push(upload, open);
  auto sent = push.begin();
  // Only what carries the bytes is sent again here: all else the session has repeated as often as makes sense.
  Backoff backoff;
  std::uint64_t furthest = 0;
  while (!sent && is_worth_another(sent.error())) {
    auto wait = backoff.next(upload.retry_after());
    if (!wait) break;
    log::info("{}; going on in {} ms", sent.error().message(), *wait);
    wait_for(*wait);
    // The registry may have got it all, and only its answer been lost.
    if (TRY(has_blob(descriptor.digest))) {
      note.forget();
      return {};
    }
    std::uint64_t arrived = 0;
    sent = push.go_on(arrived);
    if (arrived > furthest) backoff.reset();
    furthest = std::max(furthest, arrived);
  }
  return sent;
}

Result<bool> Repository::mount_blob(const oci::Digest& digest, const std::string& from_repository) const {
  std::string url = http::with_parameter(path("blobs/uploads/"), "mount", digest.text());
  url = http::with_parameter(std::move(url), "from", from_repository);
  auto scopes = push_scope();
  scopes.push_back("repository:" + from_repository + ":pull");
  auto answer = TRY(session_->send({.method = "POST", .url = url}, scopes));
  if (answer->status() == 201) return true;
  // Anything else is no reason not to push: an upload that was opened instead ends by itself.
  return false;
}

}  // namespace gantry::distribution
