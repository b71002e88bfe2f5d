#include "runtime/annotations.hpp"

#include "base/json.hpp"
#include "base/log.hpp"

#include <boost/describe/class.hpp>

#include <algorithm>

namespace gantry::runtime {

namespace {

/// Any value but "0" and "false" is a yes, as crun has it.
bool is_yes(const std::string& value) { return value != "0" && value != "false"; }

Result<> take_path(std::string& place, const std::string& value) {
  if (!value.starts_with('/')) return fail(Code::invalid, "'{}' is not an absolute path", value);
  place = value;
  return {};
}

struct LandlockText {
  std::vector<std::string> read;
  std::vector<std::string> write;
  json::Unknown unknown;
};
BOOST_DESCRIBE_STRUCT(LandlockText, (), (read, write, unknown))

Result<> take_landlock(Annotations& taken, const std::string& value) {
  auto paths = TRY(json::decode<LandlockText>(value, "the value"));
  for (const auto& [member, ignored] : paths.unknown.members)
    return fail(Code::invalid, "'{}' is neither 'read' nor 'write'", member);
  for (const auto* list : {&paths.read, &paths.write})
    for (const auto& path : *list)
      if (!path.starts_with('/')) return fail(Code::invalid, "'{}' is not an absolute path", path);
  taken.landlock = {std::move(paths.read), std::move(paths.write)};
  return {};
}

struct Offered {
  std::string_view name;
  Result<> (*take)(Annotations& taken, const std::string& value);
};

constexpr Offered kOffered[] = {
    {"run.gantry.landlock", take_landlock},
    {"run.oci.hooks.stderr", [](Annotations& taken, const std::string& v) { return take_path(taken.hooks_stderr, v); }},
    {"run.oci.hooks.stdout", [](Annotations& taken, const std::string& v) { return take_path(taken.hooks_stdout, v); }},
    {"run.oci.keep_original_groups",
     [](Annotations& taken, const std::string& value) -> Result<> {
       taken.keep_original_groups = is_yes(value);
       return {};
     }},
    {"run.oci.pidfd_receiver",
     [](Annotations& taken, const std::string& v) { return take_path(taken.pidfd_receiver, v); }},
    {"run.oci.seccomp_fail_unknown_syscall",
     [](Annotations& taken, const std::string& value) -> Result<> {
       taken.fail_unknown_syscall = is_yes(value);
       return {};
     }},
};

struct Refused {
  std::string_view name;
  const char* cure;
};

constexpr Refused kRefused[] = {
    {"run.oci.delegate-cgroup", "drop it; a container with a cgroup namespace manages the cgroups below its own"},
    {"run.oci.handler", "drop it"},
    {"run.oci.mount_context_type", "drop it"},
    {"run.oci.seccomp.plugins", "drop it"},
    {"run.oci.seccomp.receiver", "use /linux/seccomp/listenerPath"},
    {"run.oci.seccomp_bpf_data", "use /linux/seccomp/syscalls"},
    {"run.oci.systemd.force_cgroup_v1", "drop it"},
    {"run.oci.systemd.subgroup", "drop it; no further cgroup is made"},
    {"run.oci.timens_offset", "use /linux/timeOffsets"},
};

/// Whether it asks for what is done in any case.
bool changes_nothing(const oci::Spec& spec, std::string_view name, const std::string& value) {
  if (name == "run.oci.systemd.subgroup") return value.empty();
  if (name == "run.oci.mount_context_type") return value == "context" || !spec.linux || spec.linux->mount_label.empty();
  return false;
}

constexpr std::string_view kOurs = "run.gantry.";

/// Prefixes whose annotations are orders to a runtime.
bool is_order(std::string_view name) { return name.starts_with("run.oci.") || name.starts_with(kOurs); }

}  // namespace

Result<Annotations> read_annotations(const oci::Spec& spec) {
  Annotations taken;
  for (const auto& [name, value] : spec.annotations) {
    if (!is_order(name) || changes_nothing(spec, name, value)) continue;
    if (auto offered = std::ranges::find(kOffered, name, &Offered::name); offered != std::end(kOffered)) {
      TRY(with_context(offered->take(taken, value), "/annotations/{}", name));
      continue;
    }
    if (auto refused = std::ranges::find(kRefused, name, &Refused::name); refused != std::end(kRefused))
      return fail(Code::unsupported, "/annotations/{} is not supported", name).with_cure(refused->cure);
    if (name.starts_with(kOurs))
      return fail(Code::unsupported, "/annotations/{} is not supported", name)
          .with_cure("drop it, or correct its name");
    log::warning("/annotations/{} is not known and has no effect", name);
  }
  return taken;
}

std::vector<std::string> unsafe_annotations() {
  std::vector<std::string> names;
  for (const auto& offered : kOffered) names.emplace_back(offered.name);
  return names;
}

}  // namespace gantry::runtime
