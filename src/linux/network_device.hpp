#pragma once

#include "base/fd.hpp"

#include <string>

namespace gantry::linux {

/// A device after its move.
struct MovedDevice {
  std::string name;     ///< a "%d" of the wish is a number now
  bool was_up = false;  ///< in the namespace that it left
};

/// Moves a network device to another network namespace, under a new name; one with "%d" becomes the first that is free.
/// Permanent addresses of global scope move along, and the device is brought up when `up`. Code::not_found when there
/// is no such device, Code::exists when the name is taken; a move that fails half way is undone.
Result<MovedDevice> move_network_device(const Fd& from, const std::string& name, const Fd& to,
                                        const std::string& new_name, bool up);

}  // namespace gantry::linux
