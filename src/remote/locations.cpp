#include "remote/locations.hpp"

#include "remote/target_registry.hpp"
#include "transfer/open_origin.hpp"
#include "transfer/targets.hpp"

namespace gantry::remote {

using transfer::Transport;

Result<std::unique_ptr<transfer::Origin>> open_origin(const store::Store& store, const Registries& registries,
                                                      const transfer::Location& location) {
  if (location.transport == Transport::docker) return registries.origin(location.path);
  if (location.transport == Transport::store) return transfer::open_store_origin(store, location.path);
  if (location.transport != Transport::detect) return transfer::open_files(location, store.root() + "/tmp");
  auto image = transfer::open_store_origin(store, location.path);
  if (image) return image;
  return std::move(image.error()).with_cure("name where it is: docker://NAME, oci:PATH, oci-archive:PATH, dir:PATH");
}

Result<OpenedImage> open_image(const store::Store& store, const Registries& registries, const std::string& location) {
  transfer::Location from = transfer::parse_location(location);
  auto origin = TRY(open_origin(store, registries, from));
  auto images = TRY(origin->list(from.reference));
  if (images.size() != 1)
    return fail(Code::invalid, "{} has {} images that may be meant", origin->name(), images.size())
        .with_cure("say which: PATH:NAME");
  return OpenedImage{.origin = std::move(origin), .image = std::move(images[0])};
}

Result<std::unique_ptr<transfer::Target>> make_target(const Registries& registries, const std::string& text) {
  transfer::Location location = transfer::parse_location(text);
  switch (location.transport) {
    case Transport::docker: {
      auto reference = oci::with_default_tag(TRY(oci::parse_reference(location.path)));
      return make_registry_target(TRY(registries.repository(reference)), reference, {});
    }
    case Transport::oci:
      return transfer::make_layout_target(location);
    case Transport::oci_archive:
      return transfer::make_archive_target(location);
    case Transport::dir:
      return transfer::make_dir_target(location);
    default:
      return fail(Code::unsupported, "'{}' is not a place to copy to", text)
          .with_cure("docker://NAME, oci:PATH, oci-archive:PATH or dir:PATH; pull, load and save work on the store");
  }
}

}  // namespace gantry::remote
