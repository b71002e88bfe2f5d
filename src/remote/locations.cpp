#include "remote/locations.hpp"

#include "remote/docker_daemon.hpp"
#include "remote/target_registry.hpp"
#include "transfer/containers_storage.hpp"
#include "transfer/open_origin.hpp"
#include "transfer/ssh.hpp"
#include "transfer/targets.hpp"

namespace gantry::remote {

using transfer::Transport;

Result<std::unique_ptr<transfer::Origin>> open_origin(const store::Store& store, const Registries& registries,
                                                      const transfer::Location& location) {
  std::string tmp = store.root() + "/tmp";
  switch (location.transport) {
    case Transport::docker:
      return registries.origin(location.path);
    case Transport::store:
      return transfer::open_store_origin(store, location.path);
    case Transport::ssh:
      return transfer::open_ssh_origin(TRY(transfer::parse_ssh_place(location.path)), tmp);
    case Transport::docker_daemon:
      return open_docker_daemon(location.path, tmp);
    case Transport::containers_storage:
      return transfer::open_containers_storage(TRY(transfer::parse_storage_place(location.path)));
    case Transport::detect:
      break;
    default:
      return transfer::open_files(location, tmp);
  }
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

Result<std::unique_ptr<transfer::Target>> make_target(const store::Store& store, const Registries& registries,
                                                      const std::string& text) {
  std::string tmp = store.root() + "/tmp";
  transfer::Location location = transfer::parse_location(text);
  switch (location.transport) {
    case Transport::docker: {
      auto reference = oci::with_default_tag(TRY(oci::parse_reference(location.path)));
      return make_registry_target(TRY(registries.repository(reference)), reference, {}, store);
    }
    case Transport::oci:
      return transfer::make_layout_target(location);
    case Transport::oci_archive:
      return transfer::make_archive_target(location);
    case Transport::dir:
      return transfer::make_dir_target(location);
    case Transport::docker_archive:
      return transfer::make_docker_archive_target(location);
    case Transport::docker_daemon:
      return make_docker_daemon_target(location.path, tmp);
    case Transport::ssh:
      return transfer::make_ssh_target(TRY(transfer::parse_ssh_place(location.path)), tmp);
    default:
      return fail(Code::unsupported, "'{}' is not a place to copy to", text)
          .with_cure(
              "docker://NAME, oci:PATH, oci-archive:PATH, docker-archive:PATH, docker-daemon:NAME, "
              "ssh://HOST/NAME or dir:PATH; pull, load and save work on the store");
  }
}

}  // namespace gantry::remote
