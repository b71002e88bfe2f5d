#include "runtime/net_devices.hpp"

#include "base/file.hpp"
#include "linux/network_device.hpp"

#include <fcntl.h>

namespace gantry::runtime {

Result<> NetDevices::move_in(const oci::Spec& spec, pid_t pid) {
  if (!spec.linux || spec.linux->net_devices.empty()) return {};
  outside_ = TRY(open_file("/proc/self/ns/net", O_RDONLY));
  inside_ = TRY(open_file(fmt::format("/proc/{}/ns/net", pid), O_RDONLY));
  for (const auto& [name, device] : spec.linux->net_devices) {
    auto moved = TRY(with_context(
        linux::move_network_device(outside_, name, inside_, device.name.empty() ? name : device.name, true),
        "/linux/netDevices/{}", name));
    moved_.push_back({std::move(moved.name), name, moved.was_up});
  }
  return {};
}

void NetDevices::move_back() {
  for (const auto& device : moved_)
    best_effort(linux::move_network_device(inside_, device.inside, outside_, device.outside, device.was_up));
}

}  // namespace gantry::runtime
