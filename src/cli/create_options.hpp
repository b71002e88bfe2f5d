#pragma once

#include "cli/create_life_options.hpp"
#include "cli/create_name_options.hpp"
#include "cli/create_namespace_options.hpp"
#include "cli/create_network_options.hpp"
#include "cli/create_process_options.hpp"
#include "cli/create_resource_options.hpp"
#include "cli/create_root_options.hpp"
#include "cli/create_security_options.hpp"
#include "cli/create_storage_options.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace gantry::cli {

/// What `create` and `run` have in common, as it was typed. Each part has a file with its table of options and the
/// function that turns it into a part of the config.
struct CreateOptions {
  CreateRootOptions root;
  CreateProcessOptions process;
  CreateLifeOptions life;
  CreateStorageOptions storage;
  CreateResourceOptions resources;
  CreateNamespaceOptions namespaces;
  CreateNetworkOptions network;
  CreateNameOptions names;
  CreateSecurityOptions security;
};

/// What to create: the words after the options are IMAGE (a folder with --rootfs, nothing with --host-root) and the
/// command.
Result<engine::ContainerConfig> container_config(const CreateOptions& options, const std::vector<std::string>& words);

namespace create {

/// The groups of CreateOptions, for a command with such a member.
template <auto Member>
consteval auto groups() {
  using O = CreateOptions;
  return std::array{
      options::group<Member, &O::root>(kRoot),
      options::group<Member, &O::process>(kProcess, "Process options"),
      options::group<Member, &O::life>(kLife, "Life options"),
      options::group<Member, &O::storage>(kStorage, "File options"),
      options::group<Member, &O::resources>(kLimits, "Limit options"),
      options::group<Member, &O::resources>(kFixedLimits, "Further limit options"),
      options::group<Member, &O::namespaces>(kNamespaces, "Namespace options"),
      options::group<Member, &O::network>(kNetwork, "Network options"),
      options::group<Member, &O::names>(kNames, "Name options"),
      options::group<Member, &O::security>(kSecurity, "Security options"),
  };
}

/// `first`, then groups().
template <auto Member, std::size_t N>
consteval auto groups_after(const options::Group (&first)[N]) {
  constexpr auto rest = groups<Member>();
  std::array<options::Group, N + rest.size()> all{};
  std::copy(std::begin(first), std::end(first), all.begin());
  std::copy(rest.begin(), rest.end(), all.begin() + N);
  return all;
}

}  // namespace create

}  // namespace gantry::cli
