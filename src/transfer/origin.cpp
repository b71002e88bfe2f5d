#include "transfer/origin.hpp"

#include "archive/hash.hpp"

namespace gantry::transfer {

namespace {

constexpr std::size_t kMaxDocument = 4u << 20;

}  // namespace

Result<std::unique_ptr<Source>> Origin::open_at(const oci::Descriptor& descriptor, std::uint64_t from) const {
  auto source = TRY(open(descriptor));
  if (!TRY(skip(*source, from))) return fail(Code::corrupt, "{}: {} ends early", name(), descriptor.digest.text());
  return source;
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
