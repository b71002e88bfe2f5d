#include "runtime/prepared_mounts.hpp"

#include "base/file.hpp"
#include "runtime/id_maps.hpp"
#include "runtime/mount_job.hpp"

#include <fcntl.h>

#include <algorithm>

namespace gantry::runtime {

namespace {

bool has_any(const oci::Mount& mount, std::string_view one, std::string_view other) {
  return std::any_of(mount.options.begin(), mount.options.end(),
                     [&](const std::string& option) { return option == one || option == other; });
}

bool wants_map(const oci::Mount& mount) { return !mount.uid_mappings.empty() || has_any(mount, "idmap", "ridmap"); }

/// Not out of a user namespace: its root must not mount anything on the host.
bool shares_with_host(const CreateRequest& request, const oci::Mount& mount) {
  return has_any(mount, "shared", "rshared") && has_any(mount, "bind", "rbind") &&
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

Result<PreparedMount> prepare(const CreateRequest& request, const oci::Mount& mount) {
  PreparedMount prepared;
  if (wants_map(mount)) prepared.user_namespace = TRY(namespace_for(mount, request.spec));
  MountOptions options = TRY(parse_mount_options(mount.options));
  if (is_bind(mount, options)) prepared.tree = TRY(make_bind(request, mount, options, prepared.user_namespace));
  return prepared;
}

}  // namespace

Result<std::vector<PreparedMount>> prepare_mounts(const CreateRequest& request) {
  const auto& mounts = request.spec.mounts;
  std::vector<PreparedMount> prepared;
  auto needs = [&](const oci::Mount& mount) { return wants_map(mount) || shares_with_host(request, mount); };
  if (std::none_of(mounts.begin(), mounts.end(), needs)) return prepared;
  prepared.resize(mounts.size());
  for (std::size_t i = 0; i < mounts.size(); ++i)
    if (needs(mounts[i]))
      prepared[i] = TRY(with_context(prepare(request, mounts[i]), "/mounts/{}: prepare {}", i, mounts[i].destination));
  return prepared;
}

}  // namespace gantry::runtime
