#include "transfer/origin.hpp"

#include "archive/hash.hpp"

#include <algorithm>

namespace gantry::transfer {

namespace {

constexpr std::size_t kMaxDocument = 4u << 20;

/// The next bytes of a stream.
class FirstBytes final : public Source {
 public:
  FirstBytes(std::unique_ptr<Source> source, std::uint64_t left) : source_(std::move(source)), left_(left) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    if (left_ == 0) return 0;
    std::size_t got = TRY(source_->read(buffer.first(std::min<std::uint64_t>(buffer.size(), left_))));
    left_ -= got;
    return got;
  }

 private:
  std::unique_ptr<Source> source_;
  std::uint64_t left_;
};

}  // namespace

Result<std::unique_ptr<Source>> Origin::open_at(const oci::Descriptor& descriptor, std::uint64_t from) const {
  auto source = TRY(open(descriptor));
  if (!TRY(skip(*source, from))) return fail(Code::corrupt, "{}: {} ends early", name(), descriptor.digest.text());
  return source;
}

Result<std::unique_ptr<Source>> Origin::open_part(const oci::Descriptor& descriptor, std::uint64_t from,
                                                  std::uint64_t until) const {
  return std::make_unique<FirstBytes>(TRY(open_at(descriptor, from)), until - from);
}

Result<oci::Document> Origin::document(const oci::Descriptor& descriptor) const {
  auto source = TRY(open(descriptor));
  oci::Document document;
  document.descriptor = descriptor;
  auto text = TRY(read_text(*source, kMaxDocument));
  if (!text)
    return fail(Code::corrupt, "{}: {} has more than {} bytes", name(), descriptor.digest.text(), kMaxDocument);
  document.bytes = std::move(*text);
  if (static_cast<std::int64_t>(document.bytes.size()) != descriptor.size)
    return fail(Code::corrupt, "{}: {} has {} bytes, not {}", name(), descriptor.digest.text(), document.bytes.size(),
                descriptor.size);
  auto actual = archive::hash_of(as_bytes(document.bytes), descriptor.digest.algorithm());
  if (actual != descriptor.digest)
    return fail(Code::corrupt, "{}: {} has the digest {}", name(), descriptor.digest.text(), actual.text());
  return document;
}

}  // namespace gantry::transfer
