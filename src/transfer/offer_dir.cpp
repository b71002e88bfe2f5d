#include "archive/hash.hpp"
#include "oci/media_types.hpp"
#include "transfer/offer.hpp"

namespace gantry::transfer {

namespace {

/// skopeo's dir: names blobs by hex digits alone, except for algorithms other than sha256.
std::string blob_path(const oci::Digest& digest) {
  if (digest.algorithm() == oci::Algorithm::sha256) return digest.hex();
  return fmt::format("{}-{}", oci::name_of(digest.algorithm()), digest.hex());
}

oci::Descriptor describe(const std::string& bytes) {
  return {.media_type = oci::detect_media_type(bytes),
          .digest = archive::hash_of(as_bytes(bytes)),
          .size = static_cast<std::int64_t>(bytes.size())};
}

}  // namespace

Result<std::vector<Offer>> offers_of_dir(const Tree& tree, const Wanted& wanted) {
  std::string bytes = TRY(tree.read("manifest.json"));
  oci::Descriptor descriptor = describe(bytes);
  if (oci::is_index(descriptor.media_type)) {
    auto index = TRY(oci::parse_index(bytes, tree.name() + ": manifest.json"));
    descriptor = TRY(choose(index, wanted, tree.name()));
    bytes = TRY(read_document(tree, blob_path(descriptor.digest) + ".manifest.json", descriptor));
  }
  if (!oci::is_manifest(descriptor.media_type))
    return fail(Code::invalid, "{}: manifest.json is neither an image manifest nor an index", tree.name());
  std::vector<Offer> offers;
  offers.push_back(TRY(offer_of_manifest(tree, descriptor, std::move(bytes), blob_path, wanted, tree.name())));
  return offers;
}

}  // namespace gantry::transfer
