#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"

#include <string_view>

// Option values as docker and podman write them. Each error names the value and the form that is expected.

namespace gantry::engine {

/// "-v SOURCE:TARGET[:OPTIONS]" with absolute paths; options of ro, rw, rbind, bind, propagation, exec, suid, dev and
/// their opposites, `z` and `Z` (nothing to do: no SELinux). A SOURCE that is a name is refused: no named volumes.
Result<Mount> parse_volume(std::string_view text);
/// "--mount type=bind,src=…,dst=…,ro" and "type=tmpfs,dst=…,tmpfs-size=…,tmpfs-mode=…".
Result<Mount> parse_mount(std::string_view text);
/// "--tmpfs TARGET[:OPTIONS]".
Result<Mount> parse_tmpfs(std::string_view text);
/// "--ulimit NAME=SOFT[:HARD]"; -1 or "unlimited" is no limit.
Result<Ulimit> parse_ulimit(std::string_view text);
/// "--device SOURCE[:TARGET][:ACCESS]".
Result<Device> parse_device(std::string_view text);
/// "--cpus 1.5" in billionths.
Result<std::uint64_t> parse_cpus(std::string_view text);
/// "--security-opt no-new-privileges | seccomp=unconfined|FILE | mask=PATH[:PATH…] | unmask=ALL|PATH[:PATH…]".
Result<> set_security_option(ContainerConfig& config, std::string_view text);

}  // namespace gantry::engine
