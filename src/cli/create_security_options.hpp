#pragma once

#include "engine/config.hpp"
#include "options/option.hpp"

#include <string>
#include <vector>

namespace gantry::cli {

/// What the container may do.
struct CreateSecurityOptions {
  bool privileged = false;
  std::vector<std::string> cap_add, cap_drop, security, devices, device_rules, cdi_spec_dirs, sysctls;
  std::string gpus;
};

Result<> set_security(engine::ContainerConfig& config, const CreateSecurityOptions& options);

namespace create {

inline constexpr options::Option kSecurity[] = {
    options::option<&CreateSecurityOptions::cap_add>(0, "cap-add", "CAPABILITY", "Grant a capability, or ALL"),
    options::option<&CreateSecurityOptions::cap_drop>(0, "cap-drop", "CAPABILITY", "Take a capability away, or ALL"),
    options::option<&CreateSecurityOptions::security>(
        0, "security-opt", "OPTION",
        "no-new-privileges, seccomp=, apparmor=, label=disable, systempaths=unconfined, mask=PATH, unmask=PATH or ALL"),
    options::option<&CreateSecurityOptions::devices>(
        0, "device", "SOURCE[:TARGET][:ACCESS]",
        "Give access to a device of the host, or to one that CDI describes: VENDOR/CLASS=NAME")
        .completing(options::Completes::files),
    options::option<&CreateSecurityOptions::device_rules>(0, "device-cgroup-rule", "RULE",
                                                          "Allow nodes of devices, as in 'c 1:3 rw'"),
    options::option<&CreateSecurityOptions::gpus>(0, "gpus", "all|NUMBER|device=NAMES",
                                                  "Give access to GPUs, by what CDI says of nvidia.com/gpu"),
    options::option<&CreateSecurityOptions::cdi_spec_dirs>(0, "cdi-spec-dir", "PATH",
                                                           "Folder with CDI specs (default /etc/cdi and /var/run/cdi)")
        .completing(options::Completes::folders),
    options::option<&CreateSecurityOptions::sysctls>(0, "sysctl", "NAME=VALUE",
                                                     "Set a kernel parameter of the container"),
    options::flag<&CreateSecurityOptions::privileged>(
        0, "privileged", "Take most of the walls down: every capability and device, nothing masked"),
};

}  // namespace create

}  // namespace gantry::cli
