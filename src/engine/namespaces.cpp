#include "engine/namespaces.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace gantry::engine {

namespace {

constexpr std::string_view kContainer = "container:";
constexpr std::string_view kPath = "ns:";

struct Mode {
  std::string_view option;
  const std::string& value;
  std::string_view words;  ///< with commas between
};

Result<> check_mode(const Mode& mode) {
  const std::string_view value = mode.value;
  const auto words = split(mode.words, ',');
  if (value.empty() || std::ranges::find(words, value) != words.end()) return {};
  if (value.starts_with(kContainer) && value.size() > kContainer.size()) return {};
  if (value.starts_with(kPath) && value.substr(kPath.size()).starts_with('/')) return {};
  return fail(Code::invalid, "option --{}: there is no mode '{}'", mode.option, value)
      .with_cure(fmt::format("use {}, container:NAME or ns:PATH", join(words, ", ")));
}

std::array<Mode, 4> modes_of(const ContainerConfig& config) {
  return {Mode{"pid", config.pid, "private,host"}, Mode{"ipc", config.ipc, "private,shareable,none,host"},
          Mode{"uts", config.uts, "private,host"}, Mode{"cgroupns", config.cgroupns, "private,host"}};
}

/// Takes the namespaces of containers apart: whose they are is asked once for each of them.
class Resolver {
 public:
  Resolver(bool has_maps, const std::function<Result<pid_t>(const std::string& id)>& pid_of)
      : has_maps_(has_maps), pid_of_(pid_of) {}

  Result<NamespaceUse> resolve(std::string_view mode, const char* file) {
    if (mode == "host") return NamespaceUse{.own = false};
    if (mode.starts_with(kPath)) return NamespaceUse{.own = false, .path = std::string(mode.substr(kPath.size()))};
    const std::string id(container_of(mode));
    if (id.empty()) return NamespaceUse{};
    const pid_t pid = TRY(pid_of_(id));
    if (has_maps_ && user_of_ == 0) user_of_ = pid;
    return NamespaceUse{.own = false, .path = fmt::format("/proc/{}/ns/{}", pid, file)};
  }

  /// Another container's namespaces belong to its user namespace.
  void join_user(NamespaceUse& user) const {
    if (user_of_ != 0 && user.own) user = {.own = false, .path = fmt::format("/proc/{}/ns/user", user_of_)};
  }

 private:
  bool has_maps_;
  const std::function<Result<pid_t>(const std::string& id)>& pid_of_;
  pid_t user_of_ = 0;
};

}  // namespace

std::string_view container_of(std::string_view mode) {
  return mode.starts_with(kContainer) ? mode.substr(kContainer.size()) : std::string_view();
}

Result<> check_namespace_modes(const ContainerConfig& config) {
  for (const Mode& mode : modes_of(config)) TRY(check_mode(mode));
  if (config.uts == "host" && !config.hostname.empty())
    return fail(Code::invalid, "option --hostname: the name is the host's with --uts host")
        .with_cure("drop one of them");
  return {};
}

bool has_own_uts(const ContainerConfig& config) { return config.uts.empty() || config.uts == "private"; }

std::vector<std::string> needed_containers(const ContainerConfig& config) {
  std::vector<std::string> ids = config.needs;
  for (const auto* mode : {&config.pid, &config.ipc, &config.uts, &config.cgroupns, &config.userns, &config.network})
    if (!container_of(*mode).empty()) ids.emplace_back(container_of(*mode));
  return ids;
}

Result<Namespaces> resolve_namespaces(const ContainerConfig& config, bool has_maps,
                                      const std::function<Result<pid_t>(const std::string& id)>& pid_of) {
  Resolver resolver(has_maps, pid_of);
  Namespaces all;
  all.user = TRY(resolver.resolve(config.userns == "host" ? "" : config.userns, "user"));
  all.pid = TRY(resolver.resolve(config.pid, "pid"));
  all.ipc = TRY(resolver.resolve(config.ipc, "ipc"));
  all.uts = TRY(resolver.resolve(config.uts, "uts"));
  all.cgroup = TRY(resolver.resolve(config.cgroupns, "cgroup"));
  all.network = TRY(resolver.resolve(config.network, "net"));
  resolver.join_user(all.user);
  return all;
}

}  // namespace gantry::engine
