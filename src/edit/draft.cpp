#include "edit/draft.hpp"

#include "archive/describe.hpp"
#include "oci/media_types.hpp"
#include "transfer/offer.hpp"

#include <algorithm>
#include <map>

namespace gantry::edit {

namespace {

bool is_docker(const oci::Manifest& manifest) { return manifest.media_type == oci::kDockerManifest; }

/// The spelling of a layer's type that belongs to a manifest's.
std::string layer_type(std::string_view media_type, bool docker) {
  if (oci::is_foreign_layer(media_type)) return std::string(media_type);
  oci::Compression compression = oci::compression_of(media_type);
  if (!docker) return std::string(oci::layer_media_type(compression));
  return std::string(compression == oci::Compression::none ? oci::kDockerLayer : oci::kDockerLayerGzip);
}

/// Docker's manifests know neither annotations nor zstd.
bool fits_docker(const Draft& draft) {
  auto is_zstd = [](const DraftLayer& layer) {
    return oci::compression_of(layer.descriptor.media_type) == oci::Compression::zstd;
  };
  return draft.manifest.annotations.empty() && std::ranges::none_of(draft.layers, is_zstd);
}

class EditedOrigin final : public transfer::Origin {
 public:
  EditedOrigin(std::string name, std::vector<std::string> names, std::vector<DraftLayer> layers)
      : name_(std::move(name)), names_(std::move(names)) {
    for (auto& layer : layers) {
      auto digest = layer.descriptor.digest;
      layers_.emplace(std::move(digest), std::move(layer));
    }
  }

  void set_documents(const std::string& config, const std::string& manifest, std::string_view manifest_type) {
    root_ = archive::describe(manifest_type, manifest);
    documents_[archive::describe("", config).digest] = config;
    documents_[root_.digest] = manifest;
  }

  const std::string& name() const override { return name_; }

  Result<std::vector<transfer::Listed>> list(const std::string&) const override {
    return std::vector{transfer::Listed{.names = names_, .label = name_, .root = root_}};
  }

  Result<std::unique_ptr<Source>> open(const oci::Descriptor& descriptor) const override {
    if (auto document = documents_.find(descriptor.digest); document != documents_.end())
      return std::make_unique<TextSource>(document->second);
    auto found = layers_.find(descriptor.digest);
    if (found == layers_.end()) return fail(Code::not_found, "{} has no blob {}", name_, descriptor.digest.text());
    const DraftLayer& layer = found->second;
    if (layer.origin != nullptr) return layer.origin->open(layer.descriptor);
    return std::make_unique<PositionedSource>(*layer.file, 0, descriptor.digest.text());
  }

 private:
  std::string name_;
  std::vector<std::string> names_;
  std::map<oci::Digest, DraftLayer> layers_;
  std::map<oci::Digest, std::string> documents_;
  oci::Descriptor root_;
};

}  // namespace

Result<Draft> open_draft(const transfer::Origin& origin, const transfer::Listed& image,
                         const std::optional<oci::Platform>& platform) {
  // An image is changed wherever it is to run: only of an index one has to be chosen.
  auto document = TRY(transfer::manifest_of(origin, image, platform));
  std::string name = fmt::format("{}: manifest of {}", origin.name(), image.label);
  Draft draft;
  draft.label = image.label;
  draft.original = oci::bare(document.descriptor);
  draft.manifest = TRY(oci::parse_manifest(document.bytes, name));
  if (draft.manifest.media_type.empty()) draft.manifest.media_type = document.descriptor.media_type;
  if (!oci::is_config(draft.manifest.config.media_type))
    return fail(Code::unsupported, "{}: its config is of type {}, so it is no container image", name,
                draft.manifest.config.media_type);
  auto config = TRY(origin.document(draft.manifest.config));
  draft.config =
      TRY(oci::parse_image_config(config.bytes, fmt::format("{}: config of {}", origin.name(), image.label)));
  const auto& diff_ids = draft.config.rootfs.diff_ids;
  if (diff_ids.size() != draft.manifest.layers.size())
    return fail(Code::corrupt, "{} lists {} layers, the config {}", name, draft.manifest.layers.size(),
                diff_ids.size());
  for (std::size_t i = 0; i < diff_ids.size(); ++i) {
    const auto& layer = draft.manifest.layers[i];
    if (!oci::is_layer(layer.media_type))
      return fail(Code::unsupported, "{}: layer {} is of type {}", name, i + 1, layer.media_type);
    draft.layers.push_back({.descriptor = layer, .diff_id = diff_ids[i], .origin = &origin});
  }
  return draft;
}

Draft empty_draft(const std::optional<oci::Platform>& platform) {
  oci::Platform made_for = platform.value_or(oci::host_platform());
  Draft draft;
  draft.label = "scratch";
  draft.config.os = made_for.os;
  draft.config.architecture = made_for.architecture;
  draft.config.variant = made_for.variant;
  return draft;
}

void complete_history(Draft& draft) {
  auto& history = draft.config.history;
  auto known = static_cast<std::size_t>(std::ranges::count(history, false, &oci::History::empty_layer));
  if (known > draft.layers.size()) {
    history.clear();
    known = 0;
  }
  history.insert(history.end(), draft.layers.size() - known, {.created = draft.config.created});
}

void add_note(Draft& draft, const Note& note, bool for_layer) {
  if (!note.wanted) return;
  complete_history(draft);
  draft.config.created = to_rfc3339(note.time);
  draft.config.history.push_back({.created = draft.config.created,
                                  .created_by = note.created_by,
                                  .author = note.author,
                                  .comment = note.comment,
                                  .empty_layer = !for_layer});
}

void add_layer(Draft& draft, NewLayer layer, const Note& note) {
  add_note(draft, note, true);
  oci::Descriptor descriptor{
      .media_type = std::string(oci::layer_media_type(layer.compression)), .digest = layer.digest, .size = layer.size};
  draft.layers.push_back(
      {.descriptor = std::move(descriptor), .diff_id = std::move(layer.diff_id), .file = std::move(layer.file)});
}

Result<std::unique_ptr<transfer::Origin>> finish(Draft draft, std::vector<std::string> names) {
  bool docker = is_docker(draft.manifest) && fits_docker(draft);
  oci::Manifest manifest = std::move(draft.manifest);
  manifest.media_type = docker ? oci::kDockerManifest : oci::kOciManifest;
  // It signs, or otherwise speaks of, what the image was.
  manifest.subject.reset();
  manifest.layers.clear();
  draft.config.rootfs.diff_ids.clear();
  for (const auto& layer : draft.layers) {
    auto& descriptor = manifest.layers.emplace_back(layer.descriptor);
    descriptor.media_type = layer_type(descriptor.media_type, docker);
    draft.config.rootfs.diff_ids.push_back(layer.diff_id);
  }
  std::string config = oci::write_image_config(draft.config);
  manifest.config = archive::describe(docker ? oci::kDockerConfig : oci::kOciConfig, config);
  std::string manifest_bytes = oci::write_manifest(manifest);
  std::string label = names.empty() ? draft.label : names.front();
  auto origin = std::make_unique<EditedOrigin>(std::move(label), std::move(names), std::move(draft.layers));
  origin->set_documents(config, manifest_bytes, manifest.media_type);
  return origin;
}

}  // namespace gantry::edit
