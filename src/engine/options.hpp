#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"
#include "oci/runtime_resources.hpp"

#include <string_view>
#include <vector>

// Option values as docker and podman write them. Each error names the value and the form that is expected.

namespace gantry::engine {

/// "-v [SOURCE:]TARGET[:OPTIONS]": SOURCE is an absolute path, or the name of a volume; without one the volume is
/// anonymous. OPTIONS are ro, rw, rbind, bind, propagation, exec, suid, dev and their opposites, copy, nocopy, U, O
/// with upperdir= and workdir=, idmap, `z` and `Z` (labels of SELinux, which containers here do not have). A colon in a
/// path is written "\:".
Result<Mount> parse_volume(std::string_view text);
/// "--mount type=TYPE,src=…,dst=…,…" with TYPE bind, volume (the default), tmpfs, image, glob, ramfs or devpts. A glob
/// becomes a mount for every file that it matches now.
Result<std::vector<Mount>> parse_mount(std::string_view text);
/// "--tmpfs TARGET[:OPTIONS]".
Result<Mount> parse_tmpfs(std::string_view text);
/// "--ulimit NAME=SOFT[:HARD]"; -1 or "unlimited" is no limit.
Result<Ulimit> parse_ulimit(std::string_view text);
/// "--device SOURCE[:TARGET][:ACCESS]".
Result<Device> parse_device(std::string_view text);
/// "--cpus 1.5" in billionths.
Result<std::uint64_t> parse_cpus(std::string_view text);
/// "--uidmap INSIDE:OUTSIDE[:COUNT]".
Result<IdRange> parse_id_range(std::string_view text);
/// "--secret NAME[,type=mount|env][,target=…][,uid=…][,gid=…][,mode=…]".
Result<SecretUse> parse_secret_use(std::string_view text);
/// "--device-cgroup-rule 'c 1:3 rwm'".
Result<oci::DeviceRule> parse_device_rule(std::string_view text);
/// "--security-opt": no-new-privileges, seccomp=unconfined|FILE, apparmor=PROFILE, label=disable,
/// systempaths=unconfined, mask=PATH[:PATH…], unmask=ALL|PATH[:PATH…].
Result<> set_security_option(ContainerConfig& config, std::string_view text);

}  // namespace gantry::engine
