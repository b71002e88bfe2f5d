#include "runtime/prepared_mounts.hpp"

#include "base/file.hpp"
#include "runtime/bundle.hpp"
#include "runtime/id_maps.hpp"
#include "runtime/mount_job.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>

namespace gantry::runtime {

namespace {

bool wants_map(const oci::Mount& mount, const MountOptions& options) {
  return !mount.uid_mappings.empty() || options.id_map != MountOptions::IdMap::no;
}

/// What is mounted below later on goes both ways. Not out of a user namespace: its root must not mount anything on the
/// host.
bool shares_with_host(const CreateRequest& request, const MountOptions& options) {
  return options.propagation == MS_SHARED && options.bind != MountOptions::Bind::no &&
         oci::find_namespace(request.spec, oci::NamespaceType::user) == nullptr;
}

/// The mount's own maps, else the container's.
Result<Fd> namespace_for(const oci::Mount& mount, const oci::Spec& spec) {
  if (!mount.uid_mappings.empty())
    return linux::make_user_namespace({maps_of(mount.uid_mappings), maps_of(mount.gid_mappings)});
  const oci::Namespace* user = oci::find_namespace(spec, oci::NamespaceType::user);
  if (user == nullptr) return fail(Code::invalid, "there are no uidMappings and no user namespace to take them from");
  if (!user->path.empty()) return open_file(user->path, O_RDONLY);
  return linux::make_user_namespace(TRY(id_maps_of(spec)));
}

Result<Fd> make_mapped_folder(const CreateRequest& request) {
  const Fd space = TRY(linux::make_user_namespace(TRY(id_maps_of(request.spec))));
  Fd mount = TRY(linux::clone_mount(AT_FDCWD, in_bundle(request.bundle, request.spec.root->path), false));
  TRY(linux::change_mount(mount, {.set = MOUNT_ATTR_IDMAP, .user_namespace = space.get()}, false));
  return mount;
}

Result<Fd> make_mapped_layers(const CreateRequest& request, const OverlayRoot& layers, std::uint64_t attributes) {
  const Fd space = TRY(linux::make_user_namespace(TRY(id_maps_of(request.spec))));
  return linux::make_overlay(
      {.layers = layers.layers, .upper = layers.upper, .work = layers.work, .user_namespace = space.get()}, attributes);
}

/// An entry that is made of layers, or null.
const OverlayRoot* layers_of(const CreateRequest& request, const oci::Mount& mount) {
  for (const auto& overlay : request.overlays)
    if (overlay.destination == mount.destination) return &overlay.layers;
  return nullptr;
}

/// After the clone the host's mounts are cut off, and its ids may be out of reach.
Result<> prepare_outside(const CreateRequest& request, const oci::Mount& mount, PreparedMount& prepared) {
  if (prepared.options.remount) return {};
  const bool outside = maps_root(request);
  if (const OverlayRoot* layers = layers_of(request, mount)) {
    if (outside) prepared.tree = TRY(make_mapped_layers(request, *layers, prepared.options.flags.set));
    return {};
  }
  bool mapped = wants_map(mount, prepared.options);
  // A descriptor of ours is of a mount that the child's mount namespace does not have.
  const bool held = mount.source.starts_with("/proc/self/fd/");
  if (!mapped && !outside && !held && !shares_with_host(request, prepared.options)) return {};
  if (mapped) prepared.user_namespace = TRY(namespace_for(mount, request.spec));
  if (prepared.options.bind != MountOptions::Bind::no) prepared.tree = TRY(make_bind(request, mount, prepared));
  return {};
}

}  // namespace

bool maps_root(const CreateRequest& request) {
  const oci::Namespace* user = oci::find_namespace(request.spec, oci::NamespaceType::user);
  return (request.overlay || request.maps_root) && user != nullptr && user->path.empty() && geteuid() == 0 &&
         linux::in_initial_user_namespace();
}

Result<Fd> prepare_root(const CreateRequest& request) {
  if (!maps_root(request)) return Fd();
  return with_context(request.overlay ? make_mapped_layers(request, *request.overlay, 0) : make_mapped_folder(request),
                      "make the root");
}

Result<std::vector<PreparedMount>> prepare_mounts(const CreateRequest& request) {
  const auto& mounts = request.spec.mounts;
  std::vector<PreparedMount> all;
  all.reserve(mounts.size());
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    const std::string& destination = mounts[i].destination;
    PreparedMount& prepared = all.emplace_back();
    prepared.options = TRY(with_context(mount_options_of(mounts[i]), "mount {}", destination));
    TRY(with_context(prepare_outside(request, mounts[i], prepared), "/mounts/{}: prepare {}", i, destination));
  }
  return all;
}

}  // namespace gantry::runtime
