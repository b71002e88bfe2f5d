#include "engine/spec.hpp"

#include "base/text.hpp"
#include "engine/environment.hpp"
#include "linux/capabilities.hpp"
#include "oci/default_path.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <charconv>

namespace gantry::engine {

namespace {

/// podman's default: what a container needs to install packages and to serve, and no more.
constexpr std::string_view kDefaultCapabilities[] = {
    "CAP_CHOWN",   "CAP_DAC_OVERRIDE", "CAP_FOWNER",  "CAP_FSETID", "CAP_KILL",      "CAP_NET_BIND_SERVICE",
    "CAP_SETFCAP", "CAP_SETGID",       "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT"};

bool is_all(std::string_view name) { return to_lower(name) == "all"; }

Result<linux::CapabilityMask> mask_but_all(const std::vector<std::string>& names) {
  linux::CapabilityMask mask = 0;
  for (const auto& name : names)
    if (!is_all(name)) mask |= linux::capability_bit(TRY(linux::capability_from_name(name)));
  return mask;
}

std::vector<std::string> names_of(linux::CapabilityMask mask) {
  std::vector<std::string> names;
  for (unsigned capability = 0; capability <= linux::last_capability(); ++capability)
    if (mask & linux::capability_bit(capability)) names.emplace_back(linux::capability_name(capability));
  return names;
}

Result<linux::CapabilityMask> default_mask() {
  linux::CapabilityMask mask = 0;
  for (std::string_view name : kDefaultCapabilities)
    mask |= linux::capability_bit(TRY(linux::capability_from_name(name)));
  return mask;
}

Result<oci::Rlimit> to_rlimit(const Ulimit& limit) {
  struct Name {
    std::string_view name;
    oci::RlimitType type;
  };
  using enum oci::RlimitType;
  constexpr Name kNames[] = {
      {"as", as},       {"core", core},       {"cpu", cpu},           {"data", data},     {"fsize", fsize},
      {"locks", locks}, {"memlock", memlock}, {"msgqueue", msgqueue}, {"nice", nice},     {"nofile", nofile},
      {"nproc", nproc}, {"rss", rss},         {"rtprio", rtprio},     {"rttime", rttime}, {"sigpending", sigpending},
      {"stack", stack}};
  auto found = std::ranges::find(kNames, limit.name, &Name::name);
  if (found == std::end(kNames))
    return fail(Code::invalid, "there is no limit '{}'", limit.name)
        .with_cure("the names are those of ulimit: nofile, nproc, core, …");
  return oci::Rlimit{found->type, limit.hard, limit.soft};
}

/// What was asked for; and as many open files as the host lets us have, since many programs want more than the 1024 of
/// a login.
Result<std::vector<oci::Rlimit>> build_rlimits(const ContainerConfig& config) {
  std::vector<oci::Rlimit> limits;
  if (config.host_ulimits) return limits;
  for (const auto& limit : config.ulimits) limits.push_back(TRY(to_rlimit(limit)));
  const bool has_nofile =
      std::ranges::any_of(limits, [](const oci::Rlimit& limit) { return limit.type == oci::RlimitType::nofile; });
  if (has_nofile) return limits;
  constexpr rlim_t kMost = 1u << 20;  // more makes programs slow that close every descriptor there could be
  rlimit host{};
  if (getrlimit(RLIMIT_NOFILE, &host) < 0) return Error::system("read the limit of open files");
  const std::uint64_t files = std::min(host.rlim_max, kMost);
  limits.push_back({oci::RlimitType::nofile, files, files});
  return limits;
}

Result<oci::Process> build_process(const SpecInput& input, const oci::Capabilities& capabilities) {
  const ContainerConfig& config = input.config;
  oci::Process process;
  process.terminal = config.tty;
  if (config.tty && input.window_size)
    process.console_size = oci::ConsoleSize{.height = input.window_size->rows, .width = input.window_size->columns};
  process.user = {
      .uid = input.user.uid, .gid = input.user.gid, .umask = umask_of(config), .additional_gids = input.user.groups};
  if (!config.init_path.empty()) process.args = {kInitInside, "--"};
  if (config.entrypoint) process.args.insert(process.args.end(), config.entrypoint->begin(), config.entrypoint->end());
  process.args.insert(process.args.end(), config.command.begin(), config.command.end());
  process.env = build_environment(config, input.user, input.hostname);
  process.env.insert(process.env.end(), input.env.begin(), input.env.end());
  process.cwd = config.workdir.empty() ? "/" : config.workdir;
  process.capabilities = capabilities;
  process.rlimits = TRY(build_rlimits(config));
  process.no_new_privileges = config.no_new_privileges;
  process.apparmor_profile = config.apparmor;
  process.oom_score_adj = config.oom_score_adj;
  return process;
}

}  // namespace

Result<oci::Capabilities> build_capabilities(const ContainerConfig& config, const oci::Identity& user) {
  const auto added = TRY(mask_but_all(config.cap_add));
  const auto dropped = TRY(mask_but_all(config.cap_drop));
  if (added & dropped)
    return fail(Code::invalid, "capability {} is both added and dropped", names_of(added & dropped).front())
        .with_cure("drop one of --cap-add and --cap-drop");
  const bool add_all = config.privileged || std::ranges::any_of(config.cap_add, is_all);
  const bool drop_all = std::ranges::any_of(config.cap_drop, is_all);
  linux::CapabilityMask mask = add_all ? linux::all_capabilities() : drop_all ? 0 : TRY(default_mask());
  mask = (mask | added) & ~dropped;

  oci::Capabilities sets;
  sets.bounding = names_of(mask);
  // Root gets them by exec; another user only those that were asked for, and these stay over exec (ambient).
  const auto held = user.uid == 0 ? sets.bounding : names_of(mask & added);
  sets.effective = sets.permitted = held;
  if (user.uid != 0) sets.inheritable = sets.ambient = held;
  return sets;
}

std::uint32_t umask_of(const ContainerConfig& config) {
  std::uint32_t mask = 0022;
  std::from_chars(config.umask.data(), config.umask.data() + config.umask.size(), mask, 8);
  return mask;
}

std::vector<std::string> build_environment(const ContainerConfig& config, const oci::Identity& user,
                                           const std::string& hostname) {
  if (config.unset_all_env) return config.env;
  std::vector<std::string> result{oci::kDefaultPath, "container=gantry", "HOSTNAME=" + hostname, "HOME=" + user.home};
  if (config.tty) result.emplace_back("TERM=xterm");
  std::erase_if(result, [&](const std::string& entry) { return is_unset(config, entry); });
  return join_environment(std::move(result), config.env);
}

Result<oci::Spec> build_spec(const SpecInput& input) {
  oci::Spec spec;
  spec.oci_version = oci::kRuntimeSpecVersion;
  const auto capabilities = TRY(build_capabilities(input.config, input.user));
  spec.process = TRY(build_process(input, capabilities));
  spec.root = oci::Root{.path = input.root, .readonly = input.config.read_only};
  if (input.namespaces.uts.own) {
    spec.hostname = input.hostname;
    spec.domainname = input.config.domainname;
  }
  spec.annotations = input.config.annotations;
  if (input.config.keep_groups) spec.annotations["run.oci.keep_original_groups"] = "1";
  spec.mounts = TRY(build_mounts(input));
  spec.linux = TRY(build_linux(input, capabilities));
  return spec;
}

}  // namespace gantry::engine
