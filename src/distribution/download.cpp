#include "base/log.hpp"
#include "base/text.hpp"
#include "distribution/backoff.hpp"
#include "distribution/failure.hpp"
#include "distribution/headers.hpp"
#include "distribution/repository.hpp"
#include "oci/media_types.hpp"

#include <algorithm>

namespace gantry::distribution {

namespace {

/// The bytes of a blob over as many connections as it takes, one after another.
class BlobSource final : public Source {
 public:
  BlobSource(Repository repository, oci::Descriptor descriptor, std::uint64_t from, std::uint64_t until)
      : repository_(std::move(repository)), descriptor_(std::move(descriptor)), position_(from), until_(until) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    while (true) {
      if (position_ == until_ && (is_part() || answer_ == nullptr)) return 0;
      if (!answer_) TRY(ask());  // which has been tried often enough when it fails
      auto got = read_on(buffer);
      if (got && *got > 0) {
        backoff_.reset();
        position_ += *got;
        passed_ += *got;
        if (position_ > until_) return fail(Code::corrupt, "{} has more than {} bytes", label(), size());
        return got;
      }
      if (got && position_ == until_) return 0;
      if (!got && got.error().code() != Code::failed) return std::move(got.error());
      auto wait = backoff_.next();
      if (!wait)
        return got ? fail(Code::corrupt, "{} ends after {} of {} bytes", label(), position_, size())
                   : std::move(got.error()).with_context(label());
      log::info("{}: {} after {} of {} bytes; going on in {} ms", label(), got ? "it ends" : got.error().message(),
                position_, size(), *wait);
      answer_.reset();
      wait_for(*wait);
    }
  }

 private:
  std::uint64_t size() const { return static_cast<std::uint64_t>(descriptor_.size); }
  bool is_part() const { return until_ < size(); }
  std::string label() const { return fmt::format("blob {} of {}", descriptor_.digest.text(), repository_.label()); }

  Result<> ask() {
    Order order{.url = repository_.path("blobs/" + descriptor_.digest.text())};
    if (oci::is_foreign_layer(descriptor_.media_type) && !descriptor_.urls.empty())
      order.url = descriptor_.urls.front();
    const bool ranged = position_ > 0 || is_part();
    if (ranged)
      order.headers.push_back(
          {"Range", fmt::format("bytes={}-{}", position_, is_part() ? std::to_string(until_ - 1) : std::string())});
    answer_ = TRY(repository_.session().send(order, repository_.pull_scope()));
    passed_ = position_;
    if (answer_->status() == 206 && ranged) return check_range();
    if (answer_->status() == 416 && position_ > 0)
      return fail(Code::corrupt, "{} ends after {} of {} bytes", label(), position_, size());
    if (answer_->status() != 200) return failure(*answer_, label());
    passed_ = 0;  // a server that does not know ranges sends all of it anew
    return {};
  }

  /// From where this has got to.
  Result<std::size_t> read_on(std::span<std::byte> buffer) {
    while (passed_ < position_) {
      std::size_t got = TRY(answer_->read(buffer.first(std::min<std::uint64_t>(buffer.size(), position_ - passed_))));
      if (got == 0) return got;
      passed_ += got;
    }
    // What a server sends after the end of a part is not wanted; after that of the whole it would be an attack.
    return answer_->read(is_part() ? buffer.first(std::min<std::uint64_t>(buffer.size(), until_ - position_)) : buffer);
  }

  Result<> check_range() const {
    std::string_view range = answer_->header("content-range");
    if (range_start(range) == position_) return {};
    return fail(Code::corrupt, "{}: asked for the bytes from {} on, the registry sends '{}'", label(), position_,
                range);
  }

  Repository repository_;
  oci::Descriptor descriptor_;
  std::uint64_t position_;
  std::uint64_t until_;
  std::uint64_t passed_ = 0;  ///< where in the blob the answer's next byte is
  std::unique_ptr<http::Answer> answer_;
  Backoff backoff_;
};

}  // namespace

Result<std::unique_ptr<Source>> Repository::blob(const oci::Descriptor& descriptor, std::uint64_t from) const {
  return std::make_unique<BlobSource>(*this, descriptor, from, static_cast<std::uint64_t>(descriptor.size));
}

Result<std::unique_ptr<Source>> Repository::blob_part(const oci::Descriptor& descriptor, std::uint64_t from,
                                                      std::uint64_t until) const {
  if (from > until || until > static_cast<std::uint64_t>(descriptor.size))
    return fail(Code::corrupt, "blob {} has no bytes from {} to {}", descriptor.digest.text(), from, until);
  return std::make_unique<BlobSource>(*this, descriptor, from, until);
}

}  // namespace gantry::distribution
