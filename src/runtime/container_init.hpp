#pragma once

#include "runtime/hooks.hpp"
#include "runtime/prepared_mounts.hpp"
#include "runtime/process_setup.hpp"
#include "runtime/runtime.hpp"

#include <string>
#include <vector>

namespace gantry::runtime {

/// What the child of create() works from. Everything is made by the parent, before the clone.
struct InitPlan {
  const CreateRequest& request;
  ProcessSetup process;
  std::vector<std::string> cgroup_folders;
  std::vector<Fd> v1_cgroups = {};                  ///< to enter first: linux::enter_v1()
  Fd cgroup_namespace = {};                         ///< one to join; invalid: none, or a new one
  std::vector<PreparedMount> prepared_mounts = {};  ///< one for each mount
  Fd root = {};                                     ///< the overlay, where it is made outside
  HookOutput hook_output = {};
  bool own_user_namespace = false;  ///< in a user namespace, new or joined
  bool joins = false;               ///< an existing namespace was joined on the way
  bool parent_goes_first = false;   ///< id maps, or cgroups that it is moved into, come before all else
  Fd channel;                       ///< the child's end
};

/// The child's half of create(): from a fresh clone to gantry-init. Does not return.
[[noreturn]] void run_container_init(InitPlan& plan);

}  // namespace gantry::runtime
