#pragma once

#include "base/fd.hpp"
#include "oci/runtime_spec.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace gantry::runtime {

/// linux.netDevices: devices that move into the container's network namespace. What becomes of them when the container
/// ends is the kernel's: hardware returns, virtual devices go.
class NetDevices {
 public:
  /// Into the namespace of `pid`, the container's process.
  Result<> move_in(const oci::Spec& spec, pid_t pid);
  /// All of them, when the creation failed.
  void move_back();

 private:
  struct Moved {
    std::string inside;
    std::string outside;
    bool was_up;
  };
  Fd outside_;
  Fd inside_;
  std::vector<Moved> moved_;
};

}  // namespace gantry::runtime
