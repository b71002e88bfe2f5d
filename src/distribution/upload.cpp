#include "base/log.hpp"
#include "base/text.hpp"
#include "distribution/backoff.hpp"
#include "distribution/failure.hpp"
#include "distribution/repository.hpp"
#include "http/url.hpp"

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
    return finish(send({.method = "PUT",
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
    auto last = parse_unsigned(cut(answer->header("range"), '-').after);
    // Of nothing there is no range: registries leave the header out, or say 0-0 as for one byte.
    return last && *last > 0 ? *last + 1 : 0;
  }

  Result<> patch(Source& bytes, std::uint64_t from) {
    auto answer = TRY(send({.method = "PATCH",
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

 private:
  Result<std::unique_ptr<http::Answer>> send(const Order& order) {
    return repository_.session().send(order, repository_.push_scope());
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
};

/// Goes on from what has arrived.
Result<> resume(Upload& upload, const Repository::Opener& open) {
  std::uint64_t from = TRY(upload.arrived());
  if (from > upload.size()) return fail(Code::corrupt, "{}: the registry has more of it than there is", upload.label());
  if (from < upload.size()) {
    auto rest = TRY(open(from));
    TRY(upload.patch(*rest, from));
  }
  return upload.close();
}

}  // namespace

Result<> Repository::put_blob(const oci::Descriptor& descriptor, const Opener& open) const {
  Upload upload(*this, descriptor);
  TRY(upload.open());
  auto bytes = TRY(open(0));
  auto done = upload.put_whole(*bytes);
  Backoff backoff;
  while (!done && done.error().code() == Code::failed) {
    auto wait = backoff.next();
    if (!wait) break;
    log::info("{}; going on in {} ms", done.error().message(), *wait);
    wait_for(*wait);
    // The registry may have got it all, and only its answer been lost.
    if (TRY(has_blob(descriptor.digest))) return {};
    done = resume(upload, open);
    if (done || done.error().code() != Code::not_found) continue;
    TRY(upload.open());  // it has forgotten the upload
    bytes = TRY(open(0));
    done = upload.put_whole(*bytes);
  }
  return done;
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
