#include "oci/runtime_validate.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace gantry::oci {

Result<> check_absolute(std::string_view path, std::string_view file) {
  if (file.starts_with('/')) return {};
  return bad_member(path, "'{}' is not an absolute path", file);
}

Result<> check_number_list(std::string_view path, std::string_view list) {
  for (const std::string& item : split(list, ',')) {
    const auto [first, last, is_range] = cut(item, '-');
    const auto low = parse_unsigned(first), high = parse_unsigned(is_range ? last : first);
    if (!low || !high || *low > *high) return bad_member(path, "'{}' is not a list such as 0-3,7", list);
  }
  return {};
}

namespace {

/// "1.2.0", "1.0.2-dev": any release of version 1.
Result<> validate_version(const std::string& version) {
  const auto [numbers, suffix, has_suffix] = cut(version, '-');
  const auto parts = split(cut(numbers, '+').before, '.');
  const bool is_semver = parts.size() == 3 &&
                         std::ranges::all_of(parts, [](const auto& part) { return parse_unsigned(part).has_value(); });
  if (!is_semver || (has_suffix && suffix.empty()))
    return bad_member("/ociVersion", "'{}' is not a version such as {}", version, kRuntimeSpecVersion);
  if (parts[0] == "1") return {};
  return fail(Code::unsupported, "/ociVersion: {} is not supported, only 1.x is", version);
}

Result<> validate_rlimits(const std::vector<Rlimit>& rlimits, std::string_view path) {
  for (std::size_t i = 0; i < rlimits.size(); ++i) {
    const Rlimit& limit = rlimits[i];
    if (limit.soft > limit.hard)
      return bad_member(fmt::format("{}/{}", path, i), "the soft limit {} is above the hard limit {}", limit.soft,
                        limit.hard);
    for (std::size_t before = 0; before < i; ++before)
      if (rlimits[before].type == limit.type)
        return bad_member(fmt::format("{}/{}/type", path, i), "entry {} limits the same resource", before);
  }
  return {};
}

/// What sched_setattr(2) takes of each policy.
Result<> validate_scheduler(const Scheduler& scheduler, std::string_view path) {
  const bool is_real_time = scheduler.policy == SchedulerPolicy::fifo || scheduler.policy == SchedulerPolicy::rr;
  if (scheduler.nice < -20 || scheduler.nice > 19)
    return bad_member(path, "nice {} is not in the range -20 to 19", scheduler.nice);
  if (scheduler.priority != 0 && !is_real_time) return bad_member(path, "only SCHED_FIFO and SCHED_RR have a priority");
  if (is_real_time && (scheduler.priority < 1 || scheduler.priority > 99))
    return bad_member(path, "priority {} is not in the range 1 to 99", scheduler.priority);
  const bool has_deadline = scheduler.runtime != 0 || scheduler.deadline != 0 || scheduler.period != 0;
  if (has_deadline && scheduler.policy != SchedulerPolicy::deadline)
    return bad_member(path, "only SCHED_DEADLINE has a runtime, a deadline and a period");
  return {};
}

Result<> validate_environment(const std::vector<std::string>& env, std::string_view path) {
  for (std::size_t i = 0; i < env.size(); ++i)
    if (env[i].find('=') == std::string::npos || env[i].starts_with('='))
      return bad_member(fmt::format("{}/{}", path, i), "'{}' is not NAME=value", env[i]);
  return {};
}

Result<> validate_hooks(const std::vector<Hook>& hooks, std::string_view path) {
  for (std::size_t i = 0; i < hooks.size(); ++i) {
    const std::string here = fmt::format("{}/{}", path, i);
    TRY(check_absolute(here + "/path", hooks[i].path));
    if (hooks[i].timeout && *hooks[i].timeout <= 0)
      return bad_member(here + "/timeout", "{} is not a number of seconds above 0", *hooks[i].timeout);
  }
  return {};
}

Result<> validate_hooks(const Hooks& hooks) {
  TRY(validate_hooks(hooks.prestart, "/hooks/prestart"));
  TRY(validate_hooks(hooks.create_runtime, "/hooks/createRuntime"));
  TRY(validate_hooks(hooks.create_container, "/hooks/createContainer"));
  TRY(validate_hooks(hooks.start_container, "/hooks/startContainer"));
  TRY(validate_hooks(hooks.poststart, "/hooks/poststart"));
  return validate_hooks(hooks.poststop, "/hooks/poststop");
}

Result<> validate_mounts(const Spec& spec) {
  for (std::size_t i = 0; i < spec.mounts.size(); ++i) {
    const Mount& mount = spec.mounts[i];
    const std::string path = fmt::format("/mounts/{}", i);
    if (mount.destination.empty()) return bad_member(path + "/destination", "it is empty");
    if (mount.uid_mappings.empty() != mount.gid_mappings.empty())
      return bad_member(path, "uidMappings and gidMappings are given together or not at all");
    const bool wants_map =
        std::ranges::any_of(mount.options, [](const auto& option) { return option == "idmap" || option == "ridmap"; });
    if (wants_map && mount.uid_mappings.empty() && find_namespace(spec, NamespaceType::user) == nullptr)
      return bad_member(path, "an idmapped mount needs uidMappings and gidMappings, or a user namespace");
  }
  return {};
}

Result<> validate_uts_name(const Spec& spec, std::string_view path, const std::string& name) {
  if (name.empty()) return {};
  if (find_namespace(spec, NamespaceType::uts) == nullptr)
    return bad_member(path, "it would be set on the host, as linux.namespaces has no 'uts'");
  // __NEW_UTS_LEN
  if (name.size() > 64) return bad_member(path, "'{}' is longer than 64 bytes", name);
  return {};
}

}  // namespace

Result<> validate(const Process& process, std::string_view path) {
  const std::string at(path);
  if (process.args.empty()) return bad_member(at + "/args", "there is no command to run");
  if (process.args[0].empty()) return bad_member(at + "/args/0", "the command is empty");
  TRY(check_absolute(at + "/cwd", process.cwd));
  TRY(validate_environment(process.env, at + "/env"));
  TRY(validate_rlimits(process.rlimits, at + "/rlimits"));
  if (process.oom_score_adj && (*process.oom_score_adj < -1000 || *process.oom_score_adj > 1000))
    return bad_member(at + "/oomScoreAdj", "{} is not in the range -1000 to 1000", *process.oom_score_adj);
  if (process.scheduler) TRY(validate_scheduler(*process.scheduler, at + "/scheduler"));
  if (process.io_priority && (process.io_priority->priority < 0 || process.io_priority->priority > 7))
    return bad_member(at + "/ioPriority/priority", "{} is not in the range 0 to 7", process.io_priority->priority);
  if (process.exec_cpu_affinity) {
    const ExecCpuAffinity& affinity = *process.exec_cpu_affinity;
    if (!affinity.initial.empty()) TRY(check_number_list(at + "/execCPUAffinity/initial", affinity.initial));
    if (!affinity.final.empty()) TRY(check_number_list(at + "/execCPUAffinity/final", affinity.final));
  }
  return {};
}

Result<> validate(const Spec& spec) {
  TRY(validate_version(spec.oci_version));
  if (spec.process) TRY(validate(*spec.process, "/process"));
  if (!spec.root) return bad_member("/root", "it is missing");
  if (spec.root->path.empty()) return bad_member("/root/path", "it is empty");
  TRY(validate_uts_name(spec, "/hostname", spec.hostname));
  TRY(validate_uts_name(spec, "/domainname", spec.domainname));
  TRY(validate_mounts(spec));
  if (spec.hooks) TRY(validate_hooks(*spec.hooks));
  if (spec.annotations.contains("")) return bad_member("/annotations", "a key is empty");
  if (spec.linux) TRY(validate_linux(spec));
  return {};
}

}  // namespace gantry::oci
