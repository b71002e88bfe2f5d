#include "engine/host_files.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/spec.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>

namespace gantry::engine {

namespace {

constexpr const char* kNotifyInside = "/run/gantry-notify";

Result<> add_timezone(const std::string& zone, HostFiles& files) {
  if (zone.empty()) return {};
  const auto steps = split(zone, '/');
  if (zone.starts_with('/') || std::ranges::find(steps, "..") != steps.end())
    return fail(Code::invalid, "option --tz: '{}' is not the name of a time zone", zone);
  const std::string path = zone == "local" ? "/etc/localtime" : "/usr/share/zoneinfo/" + zone;
  struct stat info;
  if (stat(path.c_str(), &info) < 0 || !S_ISREG(info.st_mode))
    return fail(Code::not_found, "option --tz: the host knows no time zone '{}'", zone)
        .with_cure("the names are those below /usr/share/zoneinfo (Debian: package tzdata)");
  files.mounts.push_back({"bind", path, "/etc/localtime", {"bind", "ro", "rprivate"}});
  return {};
}

Result<> add_init(const std::string& path, HostFiles& files) {
  if (path.empty()) return {};
  struct stat info;
  if (stat(path.c_str(), &info) < 0) return Error::system("option --init-path: {}", path);
  files.mounts.push_back({"bind", path, kInitInside, {"bind", "ro", "rprivate"}});
  return {};
}

/// A path, not an abstract socket: that belongs to the network namespace.
const char* notify_socket() {
  const char* path = getenv("NOTIFY_SOCKET");
  return path != nullptr && path[0] == '/' ? path : nullptr;
}

void add_notify_socket(const ContainerConfig& config, HostFiles& files) {
  const char* path = notify_socket();
  struct stat info;
  if (path == nullptr || !(config.sd_notify.empty() || config.sd_notify == "container")) return;
  if (stat(path, &info) < 0) return;
  files.mounts.push_back({"bind", path, kNotifyInside, {"bind", "rprivate"}});
  files.env.push_back(fmt::format("NOTIFY_SOCKET={}", kNotifyInside));
}

/// The monitor, whose child the container's first process is.
Result<std::string> parent_of(pid_t pid) {
  for (const auto& line : split(TRY(read_file(fmt::format("/proc/{}/status", pid))), '\n'))
    if (line.starts_with("PPid:")) return std::string(trim(std::string_view(line).substr(5)));
  return fail(Code::failed, "process {} has no parent", pid);
}

Result<> notify(pid_t init) {
  const char* path = notify_socket();
  if (path == nullptr) return {};
  const std::string text = fmt::format("READY=1\nMAINPID={}\n", TRY(parent_of(init)));
  sockaddr_un address{.sun_family = AF_UNIX};
  const std::string_view name = path;
  if (name.size() >= sizeof address.sun_path) return fail(Code::invalid, "NOTIFY_SOCKET is too long a path");
  name.copy(address.sun_path, name.size());
  const Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() + 1);
  if (!socket.valid() ||
      sendto(socket.get(), text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&address), size) < 0)
    return Error::system("tell systemd at {}", path);
  return {};
}

}  // namespace

Result<HostFiles> find_host_files(const ContainerConfig& config) {
  HostFiles files;
  TRY(add_timezone(config.timezone, files));
  TRY(add_init(config.init_path, files));
  add_notify_socket(config, files);
  return files;
}

Result<> notify_started(const ContainerConfig& config, pid_t init) {
  return config.sd_notify == "conmon" ? notify(init) : Result<>();
}

Result<> notify_healthy(const ContainerConfig& config, pid_t init) {
  return config.sd_notify == "healthy" ? notify(init) : Result<>();
}

}  // namespace gantry::engine
