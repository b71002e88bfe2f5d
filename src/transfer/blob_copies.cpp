#include "transfer/blob_copies.hpp"

#include "base/json.hpp"
#include "oci/media_types.hpp"
#include "transfer/checked_source.hpp"
#include "transfer/labels.hpp"
#include "transfer/recompress.hpp"

#include <algorithm>
#include <iterator>

namespace gantry::transfer {

namespace {

std::uint64_t size_of(const oci::Descriptor& blob) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, blob.size));
}

/// What a registry may not hold stays where its descriptor says it is.
bool stays_away(const oci::Descriptor& blob) { return oci::is_foreign_layer(blob.media_type) && !blob.urls.empty(); }

}  // namespace

BlobCopies::BlobCopies(const Origin& origin, Target& target, Settings settings, progress::Meter& meter)
    : origin_(origin), target_(target), settings_(std::move(settings)), meter_(meter) {
  if (!target.takes_several()) settings_.jobs = 1;
}

Result<> BlobCopies::copy(const oci::Manifest& manifest, ManifestFormat format) {
  std::vector<Blob> blobs;
  for (const auto& layer : manifest.layers)
    blobs.push_back({layer, blob_label(layer), format, changes_layer(settings_.rewrite, layer)});
  blobs.push_back({manifest.config, config_label(manifest.config), format});
  std::vector<Blob> missing;
  for (auto& blob : blobs) {
    if (!TRY(must_come(blob))) continue;
    meter_.expect(size_of(blob.descriptor));
    missing.push_back(std::move(blob));
  }
  for (const auto& blob : missing) TRY(start(blob));
  while (!running_.empty()) TRY(finish_one());
  return {};
}

Result<bool> BlobCopies::must_come(const Blob& blob) {
  if (stays_away(blob.descriptor) || !seen_.insert(blob.descriptor.digest).second) return false;
  // What it will be is only known once it has been compressed.
  if (blob.changes || !TRY(target_.has(blob.descriptor))) return true;
  meter_.begin(blob.label, {}).skipped("already exists");
  return false;
}

Result<> BlobCopies::start(const Blob& blob) {
  if (running_.size() >= settings_.jobs) TRY(finish_one());
  auto shown = meter_.begin(blob.label, size_of(blob.descriptor));
  if (settings_.jobs == 1) {
    auto result = TRY(move(blob, shown));
    finished(blob, std::move(result), shown);
    return {};
  }
  auto task = TRY(Task::start([&]() -> Result<std::string> { return json::encode(TRY(move(blob, shown))); }));
  running_.push_back({blob, std::move(task), std::move(shown)});
  return {};
}

Result<> BlobCopies::finish_one() {
  if (running_.empty()) return {};
  std::vector<const Task*> tasks;
  for (const auto& running : running_) tasks.push_back(&running.task);
  auto ended = std::next(running_.begin(), static_cast<std::ptrdiff_t>(TRY(wait_for_any(tasks))));
  auto report = TRY(ended->task.finish());
  finished(ended->blob, TRY(json::decode<oci::Descriptor>(report, "the report")), ended->shown);
  running_.erase(ended);
  return {};
}

void BlobCopies::finished(const Blob& blob, oci::Descriptor result, progress::Item& shown) {
  if (blob.changes) results_[blob.descriptor.digest] = std::move(result);
  shown.done();
}

oci::Descriptor BlobCopies::result(const oci::Descriptor& blob) const {
  auto found = results_.find(blob.digest);
  return found == results_.end() ? blob : found->second;
}

Result<oci::Descriptor> BlobCopies::move(const Blob& blob, const progress::Item& shown) const {
  if (blob.changes) return move_changed(blob, shown);
  auto open = [&](std::uint64_t from) -> Result<std::unique_ptr<Source>> {
    return shown.counted(TRY(origin_.open_at(blob.descriptor, from)), from);
  };
  TRY(with_context(target_.put_blob(blob.descriptor, open), "{}", target_.name()));
  return blob.descriptor;
}

Result<oci::Descriptor> BlobCopies::move_changed(const Blob& blob, const progress::Item& shown) const {
  const auto& [descriptor, label, format, changes] = blob;
  CheckedSource source(shown.counted(TRY(origin_.open(descriptor))), descriptor.digest,
                       "blob " + descriptor.digest.text());
  auto compression = *settings_.rewrite.compression;
  auto layer = TRY(with_context(recompress(source, compression, settings_.rewrite.level, settings_.tmp), "{}",
                                descriptor.digest.text()));
  layer.descriptor.media_type = layer_media_type(compression, format);
  if (TRY(target_.has(layer.descriptor))) return layer.descriptor;
  auto open = [&](std::uint64_t from) { return layer.open(from); };
  TRY(with_context(target_.put_blob(layer.descriptor, open), "{}", target_.name()));
  return layer.descriptor;
}

}  // namespace gantry::transfer
