#include "base/log.hpp"
#include "base/text.hpp"
#include "distribution/backoff.hpp"
#include "distribution/failure.hpp"
#include "distribution/headers.hpp"
#include "distribution/repository.hpp"
#include "http/url.hpp"

#include <algorithm>

namespace gantry::distribution {

namespace {

/// An upload that a registry has opened (distribution-spec, "Pushing blobs").
class Upload {
 public:
  Upload(const Repository& repository, const oci::Descriptor& descriptor)
      : repository_(repository), descriptor_(descriptor) {}

  Result<> open() {
    auto answer = TRY(send({.method = "POST", .url = repository_.path("blobs/uploads/")}));
    if (answer->status() != 202) return failure(*answer, label());
    return follow(*answer);
  }

  /// All bytes in the request that also closes the upload.
  Result<> put_whole(Source& bytes) {
    return finish(send_bytes({.method = "PUT",
                              .url = http::with_parameter(location_, "digest", descriptor_.digest.text()),
                              .headers = {{"Content-Type", "application/octet-stream"}},
                              .body = &bytes,
                              .body_size = size()}));
  }

  /// Asks what has arrived: the number of bytes.
  Result<std::uint64_t> arrived() {
    auto answer = TRY(send({.url = location_}));
    if (answer->status() != 204) return failure(*answer, label());
    TRY(follow(*answer));
    std::uint64_t bytes = bytes_received(answer->header("range"));
    if (bytes > size()) return fail(Code::corrupt, "{}: the registry has more of it than there is", label());
    return bytes;
  }

  Result<> patch(Source& bytes, std::uint64_t from) {
    auto answer = TRY(send_bytes({.method = "PATCH",
                                  .url = location_,
                                  .headers = {{"Content-Type", "application/octet-stream"},
                                              {"Content-Range", fmt::format("{}-{}", from, size() - 1)}},
                                  .body = &bytes,
                                  .body_size = size() - from}));
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
    return {};
  }
  /// Each answer may move the upload.
  Result<> follow(const http::Answer& answer) {
    auto location = answer.header("location");
    if (!location.empty()) location_ = http::resolve(answer.url(), location);
    if (location_.empty()) return fail(Code::invalid, "{}: the registry names no place for it", label());
    return {};
  }

  const Repository& repository_;
  const oci::Descriptor& descriptor_;
  std::string location_;
  std::string retry_after_;
};

bool is_worth_another(const Error& error) { return error.code() == Code::failed || error.code() == Code::busy; }

}  // namespace

Result<> Repository::put_blob(const oci::Descriptor& descriptor, const Opener& open) const {
  Upload upload(*this, descriptor);
  TRY(upload.open());
  auto bytes = TRY(open(0));
  auto sent = upload.put_whole(*bytes);
  // Only what carries the bytes is sent again here: all else the session has repeated as often as makes sense.
  Backoff backoff;
  std::uint64_t furthest = 0;
  while (!sent && is_worth_another(sent.error())) {
    auto wait = backoff.next(upload.retry_after());
    if (!wait) break;
    log::info("{}; going on in {} ms", sent.error().message(), *wait);
    wait_for(*wait);
    // The registry may have got it all, and only its answer been lost.
    if (TRY(has_blob(descriptor.digest))) return {};
    auto from = upload.arrived();
    if (!from && from.error().code() == Code::not_found) {  // it has forgotten the upload
      TRY(upload.open());
      bytes = TRY(open(0));
      sent = upload.put_whole(*bytes);
      continue;
    }
    std::uint64_t start = TRY(std::move(from));
    if (start > furthest) backoff.reset();
    furthest = std::max(furthest, start);
    if (start == upload.size()) return upload.close();
    bytes = TRY(open(start));
    sent = upload.patch(*bytes, start);
    if (sent) return upload.close();
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
