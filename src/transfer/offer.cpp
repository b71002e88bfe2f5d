#include "transfer/offer.hpp"

#include "archive/hash.hpp"
#include "oci/media_types.hpp"

namespace gantry::transfer {

Result<std::string> read_document(const Tree& tree, const std::string& path, const oci::Descriptor& descriptor) {
  std::string bytes = TRY(tree.read(path));
  if (static_cast<std::int64_t>(bytes.size()) != descriptor.size)
    return fail(Code::corrupt, "{}: {} has {} bytes, not {}", tree.name(), descriptor.digest.text(), bytes.size(),
                descriptor.size);
  auto actual = archive::hash_of(as_bytes(bytes), descriptor.digest.algorithm());
  if (actual != descriptor.digest)
    return fail(Code::corrupt, "{}: {} has the digest {}", tree.name(), descriptor.digest.text(), actual.text());
  return bytes;
}

Result<> check_platform(const oci::ImageConfig& config, const Wanted& wanted, const std::string& label) {
  oci::Platform image = oci::normalized(oci::platform_of(config));
  oci::Platform machine = wanted.platform.value_or(oci::host_platform());
  if (oci::match(machine, image) > 0) return {};
  std::string cure = fmt::format("--platform {} loads it all the same", oci::text_of(image));
  return fail(Code::unsupported, "image {} is made for {}, {} {}", label, oci::text_of(image),
              wanted.platform ? "not for" : "and this machine is", oci::text_of(machine))
      .with_cure(std::move(cure));
}

Result<oci::Descriptor> choose(const oci::Index& index, const Wanted& wanted, const std::string& label) {
  oci::Platform machine = wanted.platform.value_or(oci::host_platform());
  const oci::Descriptor* best = nullptr;
  int best_match = 0;
  std::string others;
  for (const auto& manifest : index.manifests) {
    if (!manifest.platform) continue;
    int match = oci::match(machine, oci::normalized(*manifest.platform));
    if (match > best_match) {
      best = &manifest;
      best_match = match;
    }
    others += (others.empty() ? "" : ", ") + oci::text_of(*manifest.platform);
  }
  if (best != nullptr) return *best;
  return fail(Code::unsupported, "image {} is not there for {}, but for {}", label, oci::text_of(machine),
              others.empty() ? "no platform at all" : others)
      .with_cure("--platform chooses one of them");
}

Result<Offer> offer_of_manifest(const Tree& tree, const oci::Descriptor& descriptor, std::string bytes,
                                std::string (*blob_path)(const oci::Digest&), const Wanted& wanted, std::string label) {
  Offer offer;
  offer.label = std::move(label);
  std::string name = fmt::format("{}: manifest of {}", tree.name(), offer.label);
  auto manifest = TRY(oci::parse_manifest(bytes, name));
  if (!oci::is_config(manifest.config.media_type))
    return fail(Code::unsupported, "{}: its config is of type {}, so it is no container image", name,
                manifest.config.media_type);
  offer.config_bytes = TRY(read_document(tree, blob_path(manifest.config.digest), manifest.config));
  auto config =
      TRY(oci::parse_image_config(offer.config_bytes, fmt::format("{}: config of {}", tree.name(), offer.label)));
  if (config.rootfs.diff_ids.size() != manifest.layers.size())
    return fail(Code::corrupt, "{} lists {} layers, the config {}", name, manifest.layers.size(),
                config.rootfs.diff_ids.size());
  TRY(check_platform(config, wanted, offer.label));
  for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
    const auto& layer = manifest.layers[i];
    if (!oci::is_layer(layer.media_type))
      return fail(Code::unsupported, "{}: layer {} is of type {}", name, i + 1, layer.media_type);
    offer.layers.push_back({blob_path(layer.digest), layer, config.rootfs.diff_ids[i]});
  }
  offer.manifest = {.media_type = descriptor.media_type, .digest = descriptor.digest, .size = descriptor.size};
  offer.manifest_bytes = std::move(bytes);
  offer.config = manifest.config;
  return offer;
}

}  // namespace gantry::transfer
