#pragma once

#include "content/blobs.hpp"
#include "oci/image_spec.hpp"
#include "registry/backend.hpp"
#include "serve/message.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace gantry::registry {

/// Serves the images of an OCI image layout, such as the store of a host, as they are; nothing is pushed or deleted.
/// An image that the store has as `localhost/app:1` or `registry.example/app:1` is `app:1` here, and also goes by its
/// whole name where that can be a repository's. Of several with one short name, `localhost` comes first, then
/// docker.io.
class StoreApi final : public Backend {
 public:
  explicit StoreApi(content::Blobs blobs) : blobs_(std::move(blobs)) {}

  serve::Response handle(const Call& call, Source& body) override;
  /// Whether the layout can be read.
  bool works() { return images().has_value(); }

 private:
  using Tags = std::map<std::string, oci::Descriptor, std::less<>>;
  /// Tags by repository.
  using Images = std::map<std::string, Tags, std::less<>>;

  Result<std::shared_ptr<const Images>> images();
  static Images read_images(const oci::Index& index);
  Result<serve::Response> answer(const serve::Request& request, const Route& route);
  Result<serve::Response> manifest(const serve::Request& request, const Route& route, const Tags& tags);
  Result<serve::Response> blob(const serve::Request& request, const Route& route);

  content::Blobs blobs_;
  std::mutex mutex_;
  std::string version_;  ///< of index.json
  std::shared_ptr<const Images> images_;
};

}  // namespace gantry::registry
