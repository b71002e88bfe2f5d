#include "transfer/copy.hpp"

#include "archive/describe.hpp"
#include "oci/media_types.hpp"
#include "transfer/blob_copies.hpp"
#include "transfer/offer.hpp"

#include <map>

namespace gantry::transfer {

namespace {

class Copy {
 public:
  Copy(const Origin& origin, Target& target, const CopyOptions& options, progress::Meter& meter)
      : origin_(origin),
        target_(target),
        options_(options),
        blobs_(origin, target, {.rewrite = options.rewrite, .jobs = options.jobs, .tmp = options.tmp}, meter) {}

  /// Copies all that a manifest or index refers to, the innermost first. Returns what it has to be itself, there.
  Result<oci::Document> contents(const oci::Document& document, int depth = 0) {
    const auto& type = document.descriptor.media_type;
    if (oci::is_manifest(type)) return manifest(document);
    if (!oci::is_index(type)) return fail(Code::unsupported, "{}: media type {} is no image", origin_.name(), type);
    if (depth == oci::kMaxIndexDepth) return fail(Code::invalid, "{}: the indexes are nested too deep", origin_.name());
    return index(document, depth);
  }

 private:
  Result<oci::Document> manifest(const oci::Document& document) {
    auto manifest = TRY(oci::parse_manifest(document.bytes, origin_.name() + ": manifest"));
    // A manifest need not say what it is: whoever refers to it does.
    manifest.media_type = document.descriptor.media_type;
    bool changes = changes_manifest(options_.rewrite, manifest);
    if (changes) TRY(may_change(document));
    auto format = options_.rewrite.format.value_or(format_of(manifest.media_type));
    TRY(blobs_.copy(manifest, format));
    if (!changes) return document;
    std::vector<oci::Descriptor> layers;
    for (const auto& layer : manifest.layers) layers.push_back(blobs_.result(layer));
    manifest =
        TRY(with_context(rewritten(options_.rewrite, std::move(manifest), std::move(layers)), "{}", origin_.name()));
    return document_of(manifest.media_type, oci::write_manifest(manifest));
  }

  Result<oci::Document> index(const oci::Document& document, int depth) {
    auto index = TRY(oci::parse_index(document.bytes, origin_.name() + ": index"));
    bool changed = false;
    for (auto& entry : index.manifests) {
      auto copied = TRY(inner(entry, depth));
      changed = changed || copied.digest != entry.digest;
      entry.media_type = copied.media_type;
      entry.digest = copied.digest;
      entry.size = copied.size;
    }
    auto format = options_.rewrite.format;
    bool is_other = format && *format != format_of(document.descriptor.media_type);
    if (!changed && !is_other) return document;
    TRY(may_change(document));
    bool is_docker = format.value_or(ManifestFormat::oci) == ManifestFormat::docker;
    index.media_type = is_docker ? oci::kDockerList : oci::kOciIndex;
    if (is_docker) index.annotations.clear();
    return document_of(index.media_type, oci::write_index(index));
  }

  /// One of an index's, once. Returns what the copy's index refers to.
  Result<oci::Descriptor> inner(const oci::Descriptor& entry, int depth) {
    if (auto found = done_.find(entry.digest); found != done_.end()) return found->second;
    auto copied = TRY(contents(TRY(origin_.document(entry)), depth + 1));
    TRY(target_.put_manifest(copied));
    return done_[entry.digest] = copied.descriptor;
  }

  Result<> may_change(const oci::Document& document) const {
    if (!options_.preserve_digests) return {};
    return fail(Code::invalid, "{}: the digest {} would change", origin_.name(), document.descriptor.digest.text())
        .with_cure("copy it as it is, or without --preserve-digests");
  }

  static oci::Document document_of(std::string_view media_type, std::string bytes) {
    auto descriptor = archive::describe(media_type, bytes);
    return {.descriptor = std::move(descriptor), .bytes = std::move(bytes)};
  }

  const Origin& origin_;
  Target& target_;
  const CopyOptions& options_;
  BlobCopies blobs_;
  std::map<oci::Digest, oci::Descriptor> done_;  ///< manifests and indexes, by what they were
};

/// What the user wants and what the target needs.
Result<Rewrite> with_wants(Rewrite rewrite, const Target& target) {
  Rewrite wants = target.wants();
  if (wants.compression && rewrite.compression.value_or(*wants.compression) != *wants.compression)
    return fail(Code::invalid, "{}: layers are not compressed there", target.name())
        .with_cure("leave out --dest-compress-format");
  if (wants.format && rewrite.format.value_or(*wants.format) != *wants.format)
    return fail(Code::invalid, "{}: manifests are of one kind there", target.name()).with_cure("leave out --format");
  if (wants.compression) rewrite.compression = wants.compression;
  if (wants.format) rewrite.format = wants.format;
  return rewrite;
}

}  // namespace

Result<oci::Digest> copy(const Origin& origin, const Listed& image, Target& target, const CopyOptions& given,
                         progress::Meter& meter) {
  CopyOptions options = given;
  options.rewrite = TRY(with_wants(given.rewrite, target));
  // An artifact has no platform, and neither need a single image be for this one: only an index has to be chosen from.
  bool choose = !options.all && oci::is_index(image.root.media_type);
  auto root = choose ? TRY(manifest_of(origin, image, options.platform)) : TRY(origin.document(image.root));
  auto copied = TRY(Copy(origin, target, options, meter).contents(root));
  meter.note("Writing manifest " + copied.descriptor.digest.text());
  TRY(target.finish(copied));
  return copied.descriptor.digest;
}

}  // namespace gantry::transfer
