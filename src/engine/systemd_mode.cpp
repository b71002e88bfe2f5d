#include "engine/systemd_mode.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace gantry::engine {

bool is_systemd(const ContainerConfig& config) {
  if (config.systemd == "always") return true;
  if (config.systemd == "false") return false;
  // The programs that podman takes for systemd.
  constexpr std::array<std::string_view, 3> kWhole{"/sbin/init", "/usr/sbin/init", "/usr/local/sbin/init"};
  const bool has_entrypoint = config.entrypoint && !config.entrypoint->empty();
  if (!has_entrypoint && config.command.empty()) return false;
  const std::string& program = has_entrypoint ? config.entrypoint->front() : config.command.front();
  return std::ranges::find(kWhole, program) != kWhole.end() || cut_last(program, '/').after == "systemd" ||
         program == "systemd";
}

std::vector<oci::Mount> systemd_mounts(const ContainerConfig& config) {
  std::vector<oci::Mount> mounts;
  const std::string size = fmt::format("size={}", config.shm_size_systemd);
  for (const char* path : {"/run", "/run/lock", "/tmp", "/var/log/journal"}) {
    std::vector<std::string> options{"nosuid", "nodev", "tmpcopyup"};
    if (config.shm_size_systemd != 0) options.push_back(size);
    mounts.push_back({path, "tmpfs", "tmpfs", std::move(options)});
  }
  return mounts;
}

}  // namespace gantry::engine
