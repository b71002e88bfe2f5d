#include "transfer/copy.hpp"

#include "base/log.hpp"
#include "oci/media_types.hpp"
#include "transfer/offer.hpp"

#include <set>

namespace gantry::transfer {

namespace {

class Copy {
 public:
  Copy(const Origin& origin, Target& target) : origin_(origin), target_(target) {}

  /// All that a manifest or index refers to, the innermost first.
  Result<> contents(const oci::Document& document, int depth = 0) {
    const auto& type = document.descriptor.media_type;
    if (oci::is_manifest(type)) return blobs(document);
    if (!oci::is_index(type)) return fail(Code::unsupported, "{}: media type {} is no image", origin_.name(), type);
    if (depth == oci::kMaxIndexDepth) return fail(Code::invalid, "{}: the indexes are nested too deep", origin_.name());
    auto index = TRY(oci::parse_index(document.bytes, origin_.name() + ": index"));
    for (const auto& entry : index.manifests) {
      if (!done_.insert(entry.digest).second) continue;
      auto inner = TRY(origin_.document(entry));
      TRY(contents(inner, depth + 1));
      TRY(target_.put_manifest(inner));
    }
    return {};
  }

 private:
  Result<> blobs(const oci::Document& document) {
    auto manifest = TRY(oci::parse_manifest(document.bytes, origin_.name() + ": manifest"));
    for (const auto& layer : manifest.layers) TRY(blob(layer));
    return blob(manifest.config);
  }

  Result<> blob(const oci::Descriptor& blob) {
    // What a registry may not hold stays where its descriptor says it is.
    if (oci::is_foreign_layer(blob.media_type) && !blob.urls.empty()) return {};
    if (!done_.insert(blob.digest).second || TRY(target_.has(blob))) return {};
    log::info("copy {} ({} bytes)", blob.digest.text(), blob.size);
    auto open = [&](std::uint64_t from) -> Result<std::unique_ptr<Source>> {
      auto source = TRY(origin_.open(blob));
      if (!TRY(skip(*source, from))) return fail(Code::corrupt, "{}: it ends early", blob.digest.text());
      return source;
    };
    return with_context(target_.put_blob(blob, open), "{}", target_.name());
  }

  const Origin& origin_;
  Target& target_;
  std::set<oci::Digest> done_;
};

}  // namespace

Result<oci::Digest> copy(const Origin& origin, const Listed& image, Target& target, const CopyOptions& options) {
  // An artifact has no platform, and neither need a single image be for this one: only an index has to be chosen from.
  bool choose = !options.all && oci::is_index(image.root.media_type);
  auto root = choose ? TRY(manifest_of(origin, image, options.platform)) : TRY(origin.document(image.root));
  TRY(Copy(origin, target).contents(root));
  TRY(target.finish(root));
  return root.descriptor.digest;
}

}  // namespace gantry::transfer
