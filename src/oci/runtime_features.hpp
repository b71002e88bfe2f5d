#pragma once

#include "base/json_options.hpp"
#include "base/result.hpp"

#include <boost/describe/class.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// runtime-spec 1.3 features.md and features-linux.md. Absent means "unknown", not "none".

namespace gantry::oci {

/// Of a feature that is there or not.
struct FeatureSwitch {
  std::optional<bool> enabled;

  bool operator==(const FeatureSwitch&) const = default;
};
BOOST_DESCRIBE_STRUCT(FeatureSwitch, (), (enabled))

struct CgroupFeatures {
  std::optional<bool> v1;
  std::optional<bool> v2;
  std::optional<bool> systemd;
  std::optional<bool> systemd_user;
  std::optional<bool> rdma;

  bool operator==(const CgroupFeatures&) const = default;
};
BOOST_DESCRIBE_STRUCT(CgroupFeatures, (), (v1, v2, systemd, systemd_user, rdma))

struct SeccompFeatures {
  std::optional<bool> enabled;
  std::vector<std::string> actions;
  std::vector<std::string> operators;
  std::vector<std::string> archs;
  std::vector<std::string> known_flags;
  std::vector<std::string> supported_flags;

  bool operator==(const SeccompFeatures&) const = default;
};
BOOST_DESCRIBE_STRUCT(SeccompFeatures, (), (enabled, actions, operators, archs, known_flags, supported_flags))

struct MemoryPolicyFeatures {
  std::vector<std::string> modes;
  std::vector<std::string> flags;

  bool operator==(const MemoryPolicyFeatures&) const = default;
};
BOOST_DESCRIBE_STRUCT(MemoryPolicyFeatures, (), (modes, flags))

struct IntelRdtFeatures {
  std::optional<bool> enabled;
  std::optional<bool> schemata;
  std::optional<bool> monitoring;

  bool operator==(const IntelRdtFeatures&) const = default;
};
BOOST_DESCRIBE_STRUCT(IntelRdtFeatures, (), (enabled, schemata, monitoring))

struct MountExtensions {
  std::optional<FeatureSwitch> idmap;

  bool operator==(const MountExtensions&) const = default;
};
BOOST_DESCRIBE_STRUCT(MountExtensions, (), (idmap))

struct LinuxFeatures {
  std::vector<std::string> namespaces;
  std::vector<std::string> capabilities;
  std::optional<CgroupFeatures> cgroup;
  std::optional<SeccompFeatures> seccomp;
  std::optional<FeatureSwitch> apparmor;
  std::optional<FeatureSwitch> selinux;
  std::optional<IntelRdtFeatures> intel_rdt;
  std::optional<MemoryPolicyFeatures> memory_policy;
  std::optional<MountExtensions> mount_extensions;
  std::optional<FeatureSwitch> net_devices;

  bool operator==(const LinuxFeatures&) const = default;
};
BOOST_DESCRIBE_STRUCT(LinuxFeatures, (),
                      (namespaces, capabilities, cgroup, seccomp, apparmor, selinux, intel_rdt, memory_policy,
                       mount_extensions, net_devices))

/// What `features` prints.
struct Features {
  std::string oci_version_min;
  std::string oci_version_max;
  std::vector<std::string> hooks;
  std::vector<std::string> mount_options;
  std::optional<LinuxFeatures> linux;
  std::map<std::string, std::string> annotations;
  std::vector<std::string> potentially_unsafe_config_annotations;

  bool operator==(const Features&) const = default;
};
BOOST_DESCRIBE_STRUCT(Features, (),
                      (oci_version_min, oci_version_max, hooks, mount_options, linux, annotations,
                       potentially_unsafe_config_annotations))
constexpr json::Options json_options(const Features*) { return {.required = {"oci_version_min", "oci_version_max"}}; }

Result<Features> parse_features(std::string_view text, std::string_view name);
/// Indented.
std::string write_features(const Features& features);

}  // namespace gantry::oci
