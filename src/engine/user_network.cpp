#include "engine/user_network.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "base/variables.hpp"
#include "dns/resolv_conf.hpp"
#include "engine/pasta.hpp"
#include "engine/slirp.hpp"
#include "linux/process.hpp"

#include <poll.h>
#include <unistd.h>

#include <csignal>

namespace gantry::engine {

namespace {

constexpr int kPatience = 1000;  // milliseconds until a program that was asked to end is killed

/// Whether `pid` is still the program: its command line names a file in its folder, as no other does.
bool is_program_of(pid_t pid, const std::string& folder) {
  const auto words = read_file(fmt::format("/proc/{}/cmdline", pid));
  return words && words->contains(folder);
}

}  // namespace

bool is_user_network(std::string_view mode) { return mode == kPasta || mode == kSlirp; }

std::string default_user_network() {
  if (access("/dev/net/tun", R_OK | W_OK) != 0) return "none";
  if (!find_in_path(kPasta).empty()) return kPasta;
  return !find_in_path(kSlirp).empty() ? kSlirp : "none";
}

Result<> check_user_network(const NetworkConfig& config) {
  if (find_in_path(config.network).empty())
    return fail(Code::not_found, "--network {}: there is no program '{}'", config.network, config.network)
        .with_cure(config.network == kPasta ? "install the package passt" : "install the package slirp4netns");
  for (const PortMapping& port : config.ports)
    if (port.protocol != "tcp" && port.protocol != "udp")
      return fail(Code::unsupported, "--network {} cannot publish port {} of {}", config.network, port.container_port,
                  port.protocol)
          .with_cure("tcp and udp alone");
  if (config.network == kSlirp) TRY(slirp_arguments(config));
  return {};
}

NetworkFacts user_network_facts(const NetworkConfig& config) {
  return config.network == kPasta ? pasta_facts(config) : slirp_facts(config);
}

Result<> start_user_network(const NetworkConfig& config, pid_t pid, const std::string& folder) {
  const std::string pid_file = folder + "/" + kUserNetworkPid;
  auto started =
      config.network == kPasta ? start_pasta(config, pid, pid_file) : start_slirp(config, pid, pid_file, folder);
  if (!started) best_effort(stop_user_network(folder));
  return started;
}

Result<> stop_user_network(const std::string& folder) {
  const std::string pid_file = folder + "/" + kUserNetworkPid;
  const auto text = read_file(pid_file);
  if (!text) return {};
  const auto number = parse_unsigned(trim(*text));
  if (!number) return {};
  const auto pid = static_cast<pid_t>(*number);
  const auto pidfd = linux::open_pidfd(pid);
  // Looked at behind the pidfd, so that it is the process that gets the signal.
  if (!pidfd || !is_program_of(pid, folder)) return {};
  TRY(linux::send_signal(*pidfd, SIGTERM));
  pollfd end{pidfd->get(), POLLIN, 0};
  if (poll(&end, 1, kPatience) == 0) TRY(linux::send_signal(*pidfd, SIGKILL));
  return {};
}

}  // namespace gantry::engine
