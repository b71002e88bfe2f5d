#include "archive/hash.hpp"
#include "base/log.hpp"
#include "oci/media_types.hpp"
#include "oci/reference.hpp"
#include "store/images.hpp"
#include "transfer/offer.hpp"

namespace gantry::transfer {

namespace {

constexpr int kMaxIndexDepth = 4;

std::string blob_path(const oci::Digest& digest) {
  return fmt::format("blobs/{}/{}", oci::name_of(digest.algorithm()), digest.hex());
}

/// containerd's annotation holds the whole reference where the standard one may hold a tag alone.
std::string annotated_name(const oci::Descriptor& entry) {
  for (const char* key : {oci::kImageName, oci::kRefName})
    if (auto found = entry.annotations.find(key); found != entry.annotations.end()) return found->second;
  return {};
}

bool is_wanted(const oci::Descriptor& entry, const std::string& reference) {
  if (reference.empty()) return true;
  if (annotated_name(entry) == reference || store::name_of(entry) == reference) return true;
  auto given = store::local_name(reference), here = store::local_name(annotated_name(entry));
  return given && here && *given == *here;
}

Result<Offer> resolve(const Tree& tree, oci::Descriptor entry, const Wanted& wanted, const std::string& label) {
  for (int depth = 0; depth < kMaxIndexDepth; ++depth) {
    std::string bytes = TRY(read_document(tree, blob_path(entry.digest), entry));
    if (oci::is_manifest(entry.media_type))
      return offer_of_manifest(tree, entry, std::move(bytes), blob_path, wanted, label);
    if (!oci::is_index(entry.media_type))
      return fail(Code::unsupported, "{}: {} is of type {}, which is no image", tree.name(), label, entry.media_type);
    entry =
        TRY(choose(TRY(oci::parse_index(bytes, fmt::format("{}: index of {}", tree.name(), label))), wanted, label));
  }
  return fail(Code::invalid, "{}: the indexes of {} are nested too deep", tree.name(), label);
}

}  // namespace

Result<std::vector<Offer>> offers_of_layout(const Tree& tree, const Wanted& wanted) {
  TRY(oci::parse_image_layout(TRY(tree.read("oci-layout")), tree.name() + ": oci-layout"));
  auto index = TRY(oci::parse_index(TRY(tree.read("index.json")), tree.name() + ": index.json"));
  std::vector<Offer> offers;
  for (const auto& entry : index.manifests) {
    if (!is_wanted(entry, wanted.reference)) continue;
    std::string name = annotated_name(entry);
    Offer offer = TRY(resolve(tree, entry, wanted, name.empty() ? entry.digest.text() : name));
    if (!name.empty()) {
      auto whole = store::local_name(name);
      if (whole) offer.names.push_back(std::move(*whole));
      else log::warning("{}: the name '{}' is passed over: {}", tree.name(), name, whole.error().text());
    }
    offers.push_back(std::move(offer));
  }
  return offers;
}

}  // namespace gantry::transfer
