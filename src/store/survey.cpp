#include "store/survey.hpp"

#include "oci/media_types.hpp"
#include "store/chain.hpp"
#include "store/pins.hpp"

#include <algorithm>

namespace gantry::store {

namespace {

/// Follows one entry of index.json to everything it needs.
class Walk {
 public:
  Walk(const Store& store, std::string image, Survey& survey)
      : store_(store), image_(std::move(image)), survey_(survey) {}

  /// An error is one that makes the image useless.
  Result<> visit(const oci::Descriptor& descriptor, int depth = 0) {
    std::string text = TRY(document(descriptor));
    std::string name = descriptor.digest.text();
    if (oci::is_manifest(descriptor.media_type)) return manifest(TRY(oci::parse_manifest(text, name)));
    if (!oci::is_index(descriptor.media_type)) return {};
    if (depth == oci::kMaxIndexDepth) return fail(Code::invalid, "{}: indexes are nested too deep", name);
    for (const auto& child : TRY(oci::parse_index(text, name)).manifests) {
      survey_.blobs.insert(child.digest);
      // An index may be here for the sake of one platform.
      if (!store_.blobs().has(child.digest)) continue;
      is_listed_ = true;
      TRY(visit(child, depth + 1));
    }
    return {};
  }

 private:
  Result<> check_size(const oci::Descriptor& descriptor) {
    survey_.blobs.insert(descriptor.digest);
    auto size = TRY(store_.blobs().size(descriptor.digest));
    if (size == static_cast<std::uint64_t>(descriptor.size)) return {};
    return fail(Code::corrupt, "blob {} has {} bytes, not {}", descriptor.digest.text(), size, descriptor.size);
  }

  Result<std::string> document(const oci::Descriptor& descriptor) {
    TRY(check_size(descriptor));
    return store_.blobs().read(descriptor.digest);
  }

  Result<> manifest(const oci::Manifest& manifest) {
    std::vector<oci::Digest> diff_ids;
    if (oci::is_config(manifest.config.media_type)) {
      std::string text = TRY(document(manifest.config));
      diff_ids = TRY(oci::parse_image_config(text, manifest.config.digest.text())).rootfs.diff_ids;
      if (diff_ids.size() != manifest.layers.size())
        return fail(Code::corrupt, "its manifest has {} layers, its config {}", manifest.layers.size(),
                    diff_ids.size());
    } else {
      TRY(check_size(manifest.config));
    }
    survey_.layers.insert(diff_ids.begin(), diff_ids.end());
    survey_.stacks.insert(diff_ids);
    for (std::size_t i = 0; i < manifest.layers.size(); ++i)
      TRY(layer(manifest.layers[i], i < diff_ids.size() ? &diff_ids[i] : nullptr));
    return {};
  }

  Result<> layer(const oci::Descriptor& descriptor, const oci::Digest* diff_id) {
    bool unpacked = diff_id != nullptr && store_.layers().has(*diff_id);
    auto blob = check_size(descriptor);
    if (!blob && !unpacked) return blob;
    // One that was made here: its blob is packed when it is asked for.
    if (!blob && descriptor.digest == *diff_id && !store_.blobs().has(descriptor.digest)) return {};
    if (!blob) note(fmt::format("{}: it can be run, but not saved (load it again)", blob.error().text()));
    else if (diff_id != nullptr && !unpacked && !is_listed_)
      note(fmt::format("layer {} is not unpacked, so it cannot be run (load it again)", diff_id->text()));
    return {};
  }

  void note(std::string text) {
    survey_.findings.push_back({.severity = Severity::warning, .object = image_, .text = std::move(text)});
  }

  const Store& store_;
  std::string image_;
  bool is_listed_ = false;  ///< one of several in an index, which are kept to be copied: it need not be unpacked
  Survey& survey_;
};

}  // namespace

Result<Survey> survey(const Store& store) {
  Survey found;
  for (const auto& entry : TRY(store.images().index()).manifests) {
    std::string image =
        fmt::format("image {}", name_of(entry).empty() ? entry.digest.text() : std::string(name_of(entry)));
    auto visited = Walk(store, image, found).visit(entry);
    if (!visited) found.broken.push_back({entry.digest, image, visited.error().text()});
  }
  for (auto& layer : TRY(Pins(store.root()).layers())) found.layers.insert(std::move(layer));
  return found;
}

Result<std::vector<oci::Digest>> unneeded_trees(const Store& store, const Survey& found, const Roots& roots) {
  std::vector<oci::Digest> trees = TRY(store.trees().list());
  if (trees.empty()) return trees;
  std::set<oci::Digest> needed;
  const auto add = [&](const std::vector<oci::Digest>& stack) {
    for (auto& chain : chain_ids(stack)) needed.insert(std::move(chain));
  };
  std::ranges::for_each(found.stacks, add);
  std::ranges::for_each(roots.stacks, add);
  std::erase_if(trees, [&](const oci::Digest& chain) { return needed.contains(chain); });
  return trees;
}

}  // namespace gantry::store
