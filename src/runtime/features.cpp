#include "base/json_name.hpp"
#include "base/version.hpp"
#include "linux/capabilities.hpp"
#include "linux/seccomp.hpp"
#include "runtime/annotations.hpp"
#include "runtime/mount_options.hpp"
#include "runtime/runtime.hpp"

#include <algorithm>

namespace gantry::runtime {

namespace {

/// The values of an enum of the specification that we have a word for.
template <class Enum>
std::vector<std::string> common_words(const std::vector<std::string>& words) {
  std::vector<std::string> names = json::enum_names<Enum>();
  std::erase_if(names, [&](const auto& name) { return std::ranges::find(words, name) == words.end(); });
  return names;
}

oci::SeccompFeatures seccomp_features() {
  const linux::SeccompWords words = linux::seccomp_words();
  oci::SeccompFeatures features{.enabled = true,
                                .actions = common_words<oci::SeccompAction>(words.actions),
                                .operators = common_words<oci::SeccompOperator>(words.operators),
                                .archs = common_words<oci::SeccompArch>(words.architectures),
                                .known_flags = common_words<oci::SeccompFlag>(words.flags),
                                .supported_flags = {}};
  std::ranges::copy_if(features.known_flags, std::back_inserter(features.supported_flags),
                       [](const auto& flag) { return linux::kernel_has_seccomp_flag(flag); });
  return features;
}

std::vector<std::string> known_capabilities() {
  std::vector<std::string> names;
  for (unsigned number = 0; !linux::capability_name(number).empty(); ++number)
    names.emplace_back(linux::capability_name(number));
  return names;
}

std::vector<std::string> hook_kinds() {
  std::vector<std::string> kinds;
  for (const auto& member : json::kType<oci::Hooks>.members)
    kinds.push_back(json::name_of(json::kType<oci::Hooks>, member));
  return kinds;
}

oci::LinuxFeatures linux_features(const Settings& settings) {
  const bool systemd = !settings.systemd_program.empty();
  oci::LinuxFeatures features;
  features.namespaces = json::enum_names<oci::NamespaceType>();
  features.capabilities = known_capabilities();
  features.cgroup = {.v1 = true, .v2 = true, .systemd = systemd, .systemd_user = systemd, .rdma = true};
  features.seccomp = seccomp_features();
  features.apparmor = {.enabled = true};
  features.selinux = {.enabled = true};
  features.intel_rdt = {.enabled = true, .schemata = true, .monitoring = true};
  features.memory_policy = {.modes = json::enum_names<oci::MemoryPolicyMode>(),
                            .flags = json::enum_names<oci::MemoryPolicyFlag>()};
  features.mount_extensions.emplace().idmap = {.enabled = true};
  features.net_devices = {.enabled = true};
  return features;
}

}  // namespace

oci::Features features(const Settings& settings) {
  return {.oci_version_min = "1.0.0",
          .oci_version_max = std::string(oci::kRuntimeSpecVersion),
          .hooks = hook_kinds(),
          .mount_options = known_mount_options(),
          .linux = linux_features(settings),
          .annotations = {{"io.github.seccomp.libseccomp.version", linux::libseccomp_version()},
                          {"run.gantry.version", std::string(version())}},
          .potentially_unsafe_config_annotations = unsafe_annotations()};
}

}  // namespace gantry::runtime
