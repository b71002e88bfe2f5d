#include "archive/hash.hpp"
#include "base/json.hpp"
#include "oci/media_types.hpp"
#include "oci/reference.hpp"
#include "transfer/docker_archive.hpp"
#include "transfer/offer.hpp"

#include <algorithm>

namespace gantry::transfer {

namespace {

std::string canonical(const std::string& name) {
  auto reference = oci::parse_reference(name);
  return reference ? oci::with_default_tag(std::move(*reference)).canonical() : std::string();
}

Result<Offer> offer_of_item(const Tree& tree, const DockerArchiveItem& item, const Wanted& wanted) {
  Offer offer;
  for (const auto& tag : item.repo_tags) {
    TRY(with_context(oci::parse_reference(tag), "{}: manifest.json", tree.name()));
    offer.names.push_back(canonical(tag));
  }
  offer.label = offer.names.empty() ? item.config : offer.names.front();
  offer.config_bytes = TRY(tree.read(item.config));
  auto config =
      TRY(oci::parse_image_config(offer.config_bytes, fmt::format("{}: config of {}", tree.name(), offer.label)));
  if (config.rootfs.diff_ids.size() != item.layers.size())
    return fail(Code::corrupt, "{}: manifest.json lists {} layers of {}, its config {}", tree.name(),
                item.layers.size(), offer.label, config.rootfs.diff_ids.size());
  TRY(check_platform(config, wanted, offer.label));
  offer.config = {.media_type = std::string(oci::kOciConfig),
                  .digest = archive::hash_of(as_bytes(offer.config_bytes)),
                  .size = static_cast<std::int64_t>(offer.config_bytes.size())};
  for (std::size_t i = 0; i < item.layers.size(); ++i)
    offer.layers.push_back({item.layers[i], {}, config.rootfs.diff_ids[i]});
  return offer;
}

}  // namespace

Result<std::vector<Offer>> offers_of_docker_archive(const Tree& tree, const Wanted& wanted) {
  auto items = TRY(
      json::decode<std::vector<DockerArchiveItem>>(TRY(tree.read("manifest.json")), tree.name() + ": manifest.json"));
  std::vector<Offer> offers;
  for (auto& item : items) {
    if (!wanted.reference.empty()) {
      std::string name = canonical(wanted.reference);
      bool has_it = std::ranges::any_of(item.repo_tags, [&](const auto& tag) { return canonical(tag) == name; });
      if (name.empty() || !has_it) continue;
      item.repo_tags = {name};
    }
    offers.push_back(TRY(offer_of_item(tree, item, wanted)));
  }
  return offers;
}

}  // namespace gantry::transfer
