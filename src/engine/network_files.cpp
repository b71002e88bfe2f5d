#include "engine/network_files.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include <algorithm>

namespace gantry::engine {

namespace {

struct File {
  std::string name;  ///< below /etc
  std::string text;
};

std::string own_hosts(const std::string& hostname, const std::string& name) {
  return fmt::format(
      "127.0.0.1\tlocalhost\n"
      "::1\tlocalhost ip6-localhost ip6-loopback\n"
      "127.0.1.1\t{} {}\n",
      hostname, name);
}

/// A host without the file is no reason to fail.
std::string host_file(const char* path) { return read_file(path).value_or(std::string()); }

bool is_covered(const ContainerConfig& config, const std::string& target) {
  return std::ranges::any_of(config.mounts, [&](const Mount& mount) { return mount.target == target; });
}

}  // namespace

Result<std::string> choose_hostname(const ContainerConfig& config, const std::string& id) {
  if (!config.hostname.empty()) return config.hostname;
  if (config.network != "host") return id.substr(0, 12);
  utsname names{};
  if (uname(&names) < 0) return Error::system("read the hostname");
  return std::string(names.nodename);
}

Result<std::vector<Mount>> write_network_files(const ContainerConfig& config, const std::string& hostname,
                                               const std::string& name, const std::string& folder) {
  const bool host = config.network == "host";
  std::vector<File> files{{"hostname", hostname + "\n"},
                          {"hosts", host ? host_file("/etc/hosts") : own_hosts(hostname, name)}};
  if (host) files.push_back({"resolv.conf", host_file("/etc/resolv.conf")});

  std::vector<Mount> mounts;
  for (const File& file : files) {
    const std::string target = "/etc/" + file.name;
    if (is_covered(config, target)) continue;
    const std::string source = folder + "/" + file.name;
    const Fd made = TRY(open_file(source, O_WRONLY | O_CREAT | O_TRUNC, 0644));
    // Every user of the container reads it, whatever the umask of ours.
    if (fchmod(made.get(), 0644) < 0) return Error::system("set the mode of {}", source);
    TRY(write_all(made, file.text, source));
    mounts.push_back({"bind", source, target, {"bind", "rprivate"}});
  }
  return mounts;
}

}  // namespace gantry::engine
