#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string_view>

namespace gantry::linux {

/// Bit `n` stands for capability number `n` of capabilities(7).
using CapabilityMask = std::uint64_t;

constexpr CapabilityMask capability_bit(unsigned capability) { return CapabilityMask{1} << capability; }

/// "CAP_NET_ADMIN", "net_admin", in any case; Code::invalid for a name that capabilities(7) does not know.
Result<unsigned> capability_from_name(std::string_view name);
/// "CAP_NET_ADMIN"; empty for a number without a name here.
std::string_view capability_name(unsigned capability);
/// The highest number that both the running kernel and this program know.
unsigned last_capability();
/// Every capability up to last_capability().
CapabilityMask all_capabilities();

/// The five sets of a thread.
struct CapabilitySets {
  CapabilityMask bounding = 0;
  CapabilityMask effective = 0;
  CapabilityMask permitted = 0;
  CapabilityMask inheritable = 0;
  CapabilityMask ambient = 0;
};

/// What the calling thread may have at most, and so may give to others.
Result<CapabilityMask> permitted_capabilities();
/// The sets of the calling thread.
Result<CapabilitySets> own_capabilities();
/// Adds to the inheritable set; to be done before drop_bounding(), of what is not to be kept there.
Result<> add_inheritable(CapabilityMask more);
/// Drops what is not in `keep` from the bounding set: one prctl(2) for each capability that is there now. Needs
/// CAP_SETPCAP.
Result<> drop_bounding(CapabilityMask keep);
/// The effective, permitted and inheritable sets by capset(2), then the ambient set. `bounding` is ignored:
/// drop_bounding() must come before, while CAP_SETPCAP is still effective. Ambient capabilities must be permitted and
/// inheritable too.
Result<> set_capabilities(const CapabilitySets& sets);

}  // namespace gantry::linux
