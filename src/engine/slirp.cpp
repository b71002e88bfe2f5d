#include "engine/slirp.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "linux/ip_address.hpp"
#include "linux/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <boost/describe/class.hpp>

#include <algorithm>

namespace gantry::engine {

/// Its protocol, one request a connection (slirp4netns(1), "API SOCKET").
struct SlirpForward {
  std::string proto;
  std::string host_addr;
  std::uint16_t host_port = 0;
  std::string guest_addr;
  std::uint16_t guest_port = 0;
};
BOOST_DESCRIBE_STRUCT(SlirpForward, (), (proto, host_addr, host_port, guest_addr, guest_port))
constexpr json::Options json_options(const SlirpForward*) { return {.style = json::Style::snake}; }

struct SlirpRequest {
  std::string execute;
  SlirpForward arguments;
};
BOOST_DESCRIBE_STRUCT(SlirpRequest, (), (execute, arguments))

struct SlirpFailure {
  std::string desc;
};
BOOST_DESCRIBE_STRUCT(SlirpFailure, (), (desc))

struct SlirpAnswer {
  std::optional<SlirpFailure> error;
};
BOOST_DESCRIBE_STRUCT(SlirpAnswer, (), (error))

namespace {

/// In the run folder: where it is told which ports to publish.
constexpr const char* kSocket = "slirp";
constexpr int kReadyPatience = 5000;  // milliseconds
constexpr const char* kProgram = "slirp4netns";
constexpr const char* kDevice = "tap0";

/// Addresses in its subnet, as slirp4netns numbers them.
constexpr unsigned kHostNumber = 2, kDnsNumber = 3, kGuestNumber = 100;

std::string option_value(const NetworkConfig& config, std::string_view name, std::string fallback) {
  for (const std::string& option : config.network_options)
    if (const Halves halves = cut(option, '='); halves.before == name) return std::string(halves.after);
  return fallback;
}

Result<linux::IpNetwork> subnet_of(const NetworkConfig& config) {
  const auto subnet = TRY(linux::IpNetwork::parse(option_value(config, "cidr", "10.0.2.0/24")));
  // The last number that it gives away.
  if (!subnet.address.v6 && subnet.length <= 25) return subnet;
  return fail(Code::invalid, "--network slirp4netns: {} is no subnet for it", subnet.text())
      .with_cure("IPv4, with a length of at most 25");
}

std::string numbered(const NetworkConfig& config, unsigned number) {
  auto subnet = subnet_of(config);
  if (!subnet) return {};
  subnet->address.bytes[3] = static_cast<std::uint8_t>(subnet->address.bytes[3] + number);
  return subnet->address.text();
}

bool host_is_open(const NetworkConfig& config) { return option_value(config, "allow_host_loopback", "") == "true"; }

/// slirp4netns stays a process of its own: a child of nobody who waits for it, or is ended with it. It runs in
/// `folder`, since the names of sockets are short, and names that in its command line, see stop_user_network().
Result<> start_slirp_detached(const std::vector<std::string>& words, const std::string& folder,
                              const std::string& pid_file, const Fd& ready) {
  const linux::Process first = TRY(linux::clone_process({}));
  if (first.pid != 0) {
    int status = 0;
    waitpid(first.pid, &status, 0);
    return {};
  }
  setsid();
  const auto second = linux::clone_process({});
  if (!second || second->pid != 0) _exit(0);
  auto become = [&]() -> Result<> {
    const Fd null = TRY(open_file("/dev/null", O_RDWR));
    for (int fd = 0; fd < 2; ++fd) dup2(null.get(), fd);
    TRY(replace_file(pid_file, fmt::format("{}\n", getpid()), 0600, Sync::no));
    TRY(set_close_on_exec(ready.get(), false));
    if (chdir(folder.c_str()) < 0) return Error::system("enter {}", folder);
    execvp(kProgram, pointers(words).data());
    return {};
  };
  best_effort(become());
  _exit(127);
}

/// It writes "1" there when the device is configured.
Result<> wait_until_ready(const Fd& ready) {
  pollfd waiting{ready.get(), POLLIN, 0};
  char byte = 0;
  if (poll(&waiting, 1, kReadyPatience) == 1 && read(ready.get(), &byte, 1) == 1) return {};
  return fail(Code::failed, "slirp4netns cannot connect the container")
      .with_cure("look whether /dev/net/tun may be opened, or use --network none");
}

Result<> publish(const std::string& socket, const SlirpForward& forward) {
  const Fd connection = TRY(connect_unix(socket, "slirp4netns"));
  TRY(write_all(connection, json::encode(SlirpRequest{"add_hostfwd", forward}), socket));
  if (shutdown(connection.get(), SHUT_WR) < 0) return Error::system("ask slirp4netns");
  const auto answer = TRY(json::decode<SlirpAnswer>(TRY(read_all(connection, socket)), "the answer of slirp4netns"));
  if (!answer.error) return {};
  return fail(Code::busy, "cannot publish port {}: slirp4netns: {}", forward.host_port, answer.error->desc)
      .with_cure("another program may have it: choose another port");
}

Result<> publish_ports(const NetworkConfig& config, const std::string& socket) {
  for (const PortMapping& port : config.ports)
    for (unsigned i = 0; i < port.count; ++i)
      TRY(publish(socket, {.proto = port.protocol,
                           .host_addr = port.host_ip.empty() ? "0.0.0.0" : port.host_ip,
                           .host_port = static_cast<std::uint16_t>(port.host_port + i),
                           .guest_addr = numbered(config, kGuestNumber),
                           .guest_port = static_cast<std::uint16_t>(port.container_port + i)}));
  return {};
}

}  // namespace

Result<std::vector<std::string>> slirp_arguments(const NetworkConfig& config) {
  TRY(subnet_of(config));
  std::vector<std::string> words{"--configure", "--enable-seccomp", "--mtu=" + option_value(config, "mtu", "65520"),
                                 "--cidr=" + option_value(config, "cidr", "10.0.2.0/24")};
  if (!host_is_open(config)) words.emplace_back("--disable-host-loopback");
  for (const std::string& option : config.network_options) {
    const Halves halves = cut(option, '=');
    const std::string value(halves.after);
    if (halves.before == "enable_ipv6") {
      if (value == "true") words.emplace_back("--enable-ipv6");
    } else if (halves.before == "outbound_addr") {
      words.push_back("--outbound-addr=" + value);
    } else if (halves.before == "outbound_addr6") {
      words.push_back("--outbound-addr6=" + value);
    } else if (halves.before != "mtu" && halves.before != "cidr" && halves.before != "allow_host_loopback") {
      return fail(Code::invalid, "--network slirp4netns has no option '{}'", option)
          .with_cure("mtu, cidr, enable_ipv6, allow_host_loopback, outbound_addr or outbound_addr6");
    }
  }
  return words;
}

NetworkFacts slirp_facts(const NetworkConfig& config) {
  NetworkFacts facts{.addresses = {numbered(config, kGuestNumber)}, .servers = {numbered(config, kDnsNumber)}};
  if (!config.dns.empty()) facts.servers = config.dns;
  if (host_is_open(config)) facts.host_gateway = numbered(config, kHostNumber);
  return facts;
}

Result<> start_slirp(const NetworkConfig& config, pid_t pid, const std::string& pid_file, const std::string& folder) {
  const Fd place = TRY(open_folder(folder));
  const std::string socket = fmt::format("/proc/self/fd/{}/{}", place.get(), kSocket);
  std::vector<std::string> words{folder + "/" + kProgram};
  const auto options = TRY(slirp_arguments(config));
  Pipe ready = TRY(make_pipe());
  words.insert(words.end(), options.begin(), options.end());
  words.push_back(fmt::format("--ready-fd={}", ready.write.get()));
  words.push_back(fmt::format("--api-socket={}", kSocket));
  words.push_back(fmt::format("--userns-path=/proc/{}/ns/user", pid));
  words.push_back(fmt::format("{}", pid));
  words.emplace_back(kDevice);
  TRY(start_slirp_detached(words, folder, pid_file, ready.write));
  ready.write.close();
  TRY(wait_until_ready(ready.read));
  return publish_ports(config, socket);
}

}  // namespace gantry::engine
