#include "view/inspection.hpp"

#include "oci/media_types.hpp"
#include "transfer/offer.hpp"

#include <boost/json/array.hpp>

namespace gantry::view {

namespace {

/// Go writes a map or a list that nobody has made as null.
boost::json::value map_or_null(const std::map<std::string, std::string>& texts) {
  if (texts.empty()) return nullptr;
  boost::json::object object;
  for (const auto& [key, value] : texts) object[key] = value;
  return object;
}

boost::json::value list_or_null(const std::vector<std::string>& texts) {
  if (texts.empty()) return nullptr;
  return boost::json::array(texts.begin(), texts.end());
}

boost::json::object layer_data(const oci::Descriptor& layer) {
  return {{"MIMEType", layer.media_type},
          {"Digest", layer.digest.text()},
          {"Size", layer.size},
          {"Annotations", map_or_null(layer.annotations)}};
}

}  // namespace

Result<boost::json::object> inspection(const transfer::Origin& origin, const transfer::Listed& image,
                                       const std::optional<oci::Platform>& platform) {
  auto document = TRY(transfer::manifest_of(origin, image, platform));
  auto manifest = TRY(oci::parse_manifest(document.bytes, origin.name() + ": manifest"));
  oci::ImageConfig config;  // of an artifact there is none
  if (oci::is_config(manifest.config.media_type))
    config = TRY(oci::parse_image_config(TRY(origin.document(manifest.config)).bytes, origin.name() + ": config"));
  boost::json::array layers, data;
  for (const auto& layer : manifest.layers) {
    layers.emplace_back(layer.digest.text());
    data.emplace_back(layer_data(layer));
  }
  return boost::json::object{{"Digest", image.root.digest.text()},
                             {"RepoTags", boost::json::array()},
                             {"Created", config.created},
                             {"DockerVersion", ""},
                             {"Labels", map_or_null(config.config.labels)},
                             {"Architecture", config.architecture},
                             {"Variant", config.variant},
                             {"Os", config.os},
                             {"Layers", std::move(layers)},
                             {"LayersData", std::move(data)},
                             {"Env", list_or_null(config.config.env)},
                             {"MediaType", document.descriptor.media_type},
                             {"ArtifactType", manifest.artifact_type},
                             {"Annotations", map_or_null(manifest.annotations)}};
}

}  // namespace gantry::view
