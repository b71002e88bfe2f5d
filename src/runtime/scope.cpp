#include "runtime/scope.hpp"

#include "base/error_packet.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "linux/idmap.hpp"
#include "runtime/unit_properties.hpp"

#include <unistd.h>

namespace gantry::runtime {

namespace {

using Words = std::vector<std::string>;

/// gantry-systemd at work on one request.
struct Talk {
  Child child;
  Fd input;
  std::string answer;
};

/// The request and, as soon as it is there, the answer.
Result<Talk> talk(const Settings& settings, Words request) {
  if (settings.systemd_program.empty())
    return fail(Code::unsupported, "the program gantry-systemd is not installed")
        .with_cure("install it, or use --cgroup-manager cgroupfs");
  request.insert(request.begin(), settings.systemd_program);
  Pipe in = TRY(make_pipe()), out = TRY(make_pipe());
  Child child = TRY(Child::start({.argv = std::move(request), .in = in.read.get(), .out = out.write.get()}));
  in.read.close();
  out.write.close();
  std::string text = TRY(read_all(out.read, "gantry-systemd's answer"));
  constexpr std::string_view kDone = "ok ";
  if (text.starts_with(kDone)) return Talk{std::move(child), std::move(in.write), text.substr(kDone.size())};
  if (auto error = unpack_error(text)) return std::move(*error);
  return fail(Code::failed, "gantry-systemd ended without an answer");
}

Result<> ask(const Settings& settings, Words request) {
  Talk done = TRY(talk(settings, std::move(request)));
  TRY(done.child.wait());
  return {};
}

}  // namespace

Result<ScopeName> scope_name(const std::string& cgroups_path, const std::string& id) {
  bool is_root = geteuid() == 0 && linux::in_initial_user_namespace();
  std::vector<std::string> parts = split(cgroups_path, ':');
  if (cgroups_path.empty()) parts = {"", "gantry", id};
  if (parts.size() != 3 || parts[2].empty())
    return fail(Code::invalid, "/linux/cgroupsPath: '{}' is not SLICE:PREFIX:NAME, as the systemd driver needs it",
                cgroups_path)
        .with_cure("use --cgroup-manager cgroupfs for a plain path");
  if (parts[0].empty()) parts[0] = is_root ? "system.slice" : "user.slice";
  if (!parts[0].ends_with(".slice"))
    return fail(Code::invalid, "/linux/cgroupsPath: '{}' is not the name of a slice", parts[0])
        .with_cure("it ends in .slice");
  return ScopeName{parts[0], fmt::format("{}{}{}.scope", parts[1], parts[1].empty() ? "" : "-", parts[2])};
}

Result<Scope> Scope::start(const Settings& settings, const ScopeName& name,
                           const std::optional<oci::Resources>& resources) {
  Words request{"start", name.unit, "Slice=s:" + name.slice, "Description=s:container " + name.unit,
                // Ours to change, and for the engine to end, not for the first step of a shutdown.
                "Delegate=b:true", "DefaultDependencies=b:false",
                // A scope that failed, as by a kill for want of memory, would else keep its name taken.
                "CollectMode=s:inactive-or-failed"};
  if (resources)
    for (auto& word : TRY(unit_properties(*resources))) request.push_back(std::move(word));
  Talk started = TRY(with_context(talk(settings, std::move(request)), "make {}", name.unit));
  return Scope(name.unit, std::move(started.answer), std::move(started.input), std::move(started.child));
}

Result<> join_cgroup(const Settings& settings, const std::string& unit, const linux::Cgroup& cgroup, pid_t pid,
                     linux::CgroupParts parts) {
  auto added = cgroup.add(pid, parts);
  if (added || unit.empty() || added.error().code() != Code::denied) return added;
  return ask(settings, {"attach", unit, fmt::format("{}", pid)});
}

Result<std::vector<Fd>> ways_into_v1(const std::string& unit, const linux::Cgroup& cgroup) {
  auto lists = cgroup.v1_lists();
  if (!lists && !unit.empty() && lists.error().code() == Code::denied) return std::vector<Fd>();
  return lists;
}

Result<> set_unit_limits(const Settings& settings, const std::string& unit, const oci::Resources& resources) {
  Words request = TRY(unit_properties(resources));
  if (request.empty()) return {};
  request.insert(request.begin(), {"set", unit});
  return ask(settings, std::move(request));
}

Result<> stop_unit(const Settings& settings, const std::string& unit) { return ask(settings, {"stop", unit}); }

}  // namespace gantry::runtime
