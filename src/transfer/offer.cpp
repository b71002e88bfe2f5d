#include "transfer/offer.hpp"

#include "oci/choose.hpp"
#include "oci/media_types.hpp"

namespace gantry::transfer {

namespace {

/// Code::unsupported names both platforms.
Result<> check_platform(const oci::ImageConfig& config, const std::optional<oci::Platform>& wanted,
                        const std::string& label) {
  oci::Platform image = oci::normalized(oci::platform_of(config));
  oci::Platform machine = wanted.value_or(oci::host_platform());
  if (oci::match(machine, image) > 0) return {};
  std::string cure = fmt::format("--platform {} takes it all the same", oci::text_of(image));
  return fail(Code::unsupported, "image {} is made for {}, {} {}", label, oci::text_of(image),
              wanted ? "not for" : "and this machine is", oci::text_of(machine))
      .with_cure(std::move(cure));
}

}  // namespace

Result<oci::Document> manifest_of(const Origin& origin, const Listed& image,
                                  const std::optional<oci::Platform>& platform) {
  oci::Descriptor entry = image.root;
  for (int depth = 0; depth < oci::kMaxIndexDepth; ++depth) {
    auto document = TRY(origin.document(entry));
    if (oci::is_manifest(entry.media_type)) return document;
    if (!oci::is_index(entry.media_type))
      return fail(Code::unsupported, "{}: {} is of type {}, which is no image", origin.name(), image.label,
                  entry.media_type);
    auto index = TRY(oci::parse_index(document.bytes, fmt::format("{}: index of {}", origin.name(), image.label)));
    auto chosen = oci::choose(index, platform.value_or(oci::host_platform()), "image " + image.label);
    if (!chosen) return std::move(chosen.error()).with_cure("--platform chooses one of them");
    entry = std::move(*chosen);
  }
  return fail(Code::invalid, "{}: the indexes of {} are nested too deep", origin.name(), image.label);
}

Result<Offer> offer_of(const Origin& origin, const Listed& image, const std::optional<oci::Platform>& platform) {
  Offer offer;
  offer.names = image.names;
  offer.label = image.label;
  offer.manifest = TRY(manifest_of(origin, image, platform));
  std::string name = fmt::format("{}: manifest of {}", origin.name(), offer.label);
  auto manifest = TRY(oci::parse_manifest(offer.manifest.bytes, name));
  if (!oci::is_config(manifest.config.media_type))
    return fail(Code::unsupported, "{}: its config is of type {}, so it is no container image", name,
                manifest.config.media_type);
  offer.config = TRY(origin.document(manifest.config));
  auto config =
      TRY(oci::parse_image_config(offer.config.bytes, fmt::format("{}: config of {}", origin.name(), offer.label)));
  if (config.rootfs.diff_ids.size() != manifest.layers.size())
    return fail(Code::corrupt, "{} lists {} layers, the config {}", name, manifest.layers.size(),
                config.rootfs.diff_ids.size());
  TRY(check_platform(config, platform, offer.label));
  for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
    const auto& layer = manifest.layers[i];
    if (!oci::is_layer(layer.media_type))
      return fail(Code::unsupported, "{}: layer {} is of type {}", name, i + 1, layer.media_type);
    offer.layers.push_back({layer, config.rootfs.diff_ids[i]});
  }
  return offer;
}

}  // namespace gantry::transfer
