#pragma once

#include "base/fd.hpp"
#include "oci/runtime_spec.hpp"

#include <string>

// Labels of the security modules: process.apparmorProfile, process.selinuxLabel and linux.mountLabel.
namespace gantry::runtime {

bool has_apparmor();
bool has_selinux();

/// What the next program gets.
struct Labels {
  std::string apparmor;
  std::string selinux;
  Fd proc;  ///< the host's procfs: what a container shows at /proc cannot be trusted with this (CVE-2019-16884)
};

/// Code::unsupported for the label of a security module that this kernel does not run.
Result<Labels> plan_labels(const oci::Process& process);
/// The same for linux.mountLabel.
Result<> check_mount_label(const oci::Spec& spec);

/// Has the kernel give the labels to what this process executes next.
Result<> apply_labels(const Labels& labels);

}  // namespace gantry::runtime
