#include "transfer/erofs_layer.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "content/scratch.hpp"
#include "erofs/reader.hpp"
#include "linux/mount.hpp"

#include <fcntl.h>

#include <algorithm>
#include <charconv>

namespace gantry::transfer {

namespace {

/// Part of what overlayfs tells the layers of a root apart by: as random as the digest that it comes from.
std::array<std::uint8_t, 16> uuid_of(const std::string& hex) {
  std::array<std::uint8_t, 16> uuid{};
  for (std::size_t i = 0; i < uuid.size() && 2 * i + 1 < hex.size(); ++i)
    std::from_chars(hex.data() + 2 * i, hex.data() + 2 * i + 2, uuid[i], 16);
  return uuid;
}

std::optional<erofs::Algorithm> algorithm_of(store::ErofsOptions::Compression compression) {
  switch (compression) {
    case store::ErofsOptions::Compression::lz4:
      return erofs::Algorithm::lz4;
    case store::ErofsOptions::Compression::zstd:
      return erofs::Algorithm::zstd;
    case store::ErofsOptions::Compression::none:
      break;
  }
  return std::nullopt;
}

Result<erofs::Donor> open_donor(const store::DonorLayer& layer) {
  auto index = TRY(erofs::PieceIndex::open(TRY(open_file(layer.index, O_RDONLY))));
  Fd image = TRY(open_file(layer.image, O_RDONLY));
  return erofs::Donor{layer.diff_id.hex(), std::move(image), std::move(index)};
}

}  // namespace

Result<> check_compression(const store::Store& store) {
  const auto algorithm = algorithm_of(store.erofs().compression);
  if (!algorithm) return {};
  const auto scratch = TRY(content::Scratch::make_file(store.root() + "/tmp"));
  MemorySource nothing({});
  TRY(erofs::write_layer(nothing, scratch.fd(), {.end = archive::EndMarker::optional, .compression = algorithm}));
  auto mounted = linux::open_layer(scratch.path());
  if (mounted) return {};
  return fail(Code::unsupported, "option --storage-opt: erofs.compression: this kernel does not mount such images: {}",
              mounted.error().text())
      .with_cure("use another one, or none");
}

Result<std::optional<Lock>> hold_donors(const store::Store& store) {
  if (!store.erofs().shares) return std::nullopt;
  return TRY(store.use());
}

Result<ErofsPlan> ErofsPlan::make(const store::Store& store, const store::LayerStaging& staging,
                                  const oci::Digest& digest) {
  ErofsPlan plan;
  plan.options_.uuid = uuid_of(digest.hex());
  plan.options_.compression = algorithm_of(store.erofs().compression);
  if (!store.erofs().shares) return plan;
  plan.index_ = TRY(open_file(staging.index_path(), O_RDWR | O_CREAT | O_EXCL, 0600));
  for (const auto& layer : TRY(store.layers().donors(erofs::kMaxDevices))) {
    auto donor = open_donor(layer);
    // Sharing saves space: a layer that has lost its index is written all the same.
    if (donor) plan.donors_.push_back(std::move(*donor));
    else log::info("{}", donor.error().message());
  }
  return plan;
}

erofs::LayerImageOptions ErofsPlan::options() const {
  erofs::LayerImageOptions options = options_;
  if (index_.valid()) options.index = &index_;
  options.donors = donors_;
  return options;
}

std::vector<int> ErofsPlan::descriptors() const {
  std::vector<int> open;
  if (index_.valid()) open.push_back(index_.get());
  for (const auto& donor : donors_) open.push_back(donor.image.get());
  return open;
}

Result<std::vector<std::string>> ErofsPlan::needs(const Fd& image) const {
  if (donors_.empty()) return std::vector<std::string>();
  std::vector<std::string> needs;
  const auto reader = TRY(erofs::ImageReader::open(image));
  for (const auto& hex : reader.device_names()) {
    if (std::ranges::find(donors_, hex, &erofs::Donor::name) == donors_.end())
      return fail(Code::corrupt, "the image has blocks of '{}', which is no layer that it was given", hex);
    needs.push_back(TRY(oci::Digest::from_hex(oci::Algorithm::sha256, hex)).text());
  }
  return needs;
}

}  // namespace gantry::transfer
