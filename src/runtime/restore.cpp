#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "linux/path.hpp"
#include "runtime/bundle.hpp"
#include "runtime/checkpoint_image.hpp"
#include "runtime/mount_options.hpp"
#include "runtime/process_setup.hpp"
#include "runtime/reservation.hpp"

#include <fcntl.h>

#include <algorithm>

namespace gantry::runtime {

namespace {

/// What stands for what is not in the images: descriptors, which are open until CRIU has taken them.
struct Replacements {
  std::vector<std::string> external;
  std::vector<std::pair<std::string, int>> inherited;
  std::vector<Fd> open;
};

Result<> add_mounts(const CreateRequest& request, Replacements& replacements) {
  auto add = [&](std::string_view name, const std::string& source) {
    replacements.external.push_back(fmt::format("mnt[{}]:{}", name, source));
  };
  for (const auto& mount : request.spec.mounts) {
    if (TRY(mount_options_of(mount)).bind != MountOptions::Bind::no)
      add(linux::clean_path(mount.destination), in_bundle(request.bundle, mount.source));
  }
  // Masks, and the nodes that are bound in a user namespace. What the images do not name is not asked for.
  for (const char* node : {kNull, "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"}) add(node, node);
  return {};
}

Result<> add_namespaces(const oci::Spec& spec, Replacements& replacements) {
  for (const auto& shared : kSharedNamespaces) {
    const oci::Namespace* space = oci::find_namespace(spec, shared.type);
    if (space == nullptr || space->path.empty()) continue;
    replacements.open.push_back(TRY(open_file(space->path, O_RDONLY)));
    replacements.inherited.emplace_back(shared.name, replacements.open.back().get());
  }
  return {};
}

/// Pipes have another end, which is gone; ours take their place. All else CRIU opens again.
Result<> add_stdio(const CreateRequest& request, const std::string& images, Replacements& replacements) {
  const std::string path = fmt::format("{}/{}", images, kDescriptorsFile);
  auto descriptors = TRY(json::decode<Descriptors>(TRY(read_file(path)), path));
  for (std::size_t fd = 0; fd < std::min(descriptors.size(), request.stdio.size()); ++fd)
    if (descriptors[fd].starts_with("pipe:")) replacements.inherited.emplace_back(descriptors[fd], request.stdio[fd]);
  return {};
}

/// As the process itself sees it.
Result<std::string> v2_cgroup_of(pid_t pid) {
  for (const auto& line : split(TRY(read_file(fmt::format("/proc/{}/cgroup", pid))), '\n'))
    if (line.starts_with("0::")) return line.substr(3);
  return fail(Code::unsupported, "process {} has no cgroup v2", pid);
}

}  // namespace

Result<pid_t> restore(const Settings& settings, const CreateRequest& request, criu::Options options) {
  TRY(check_request(request));
  TRY(check_criu_host());
  if (!path_exists(options.images)) return fail(Code::not_found, "there is no checkpoint in {}", options.images);
  Replacements replacements;
  TRY(add_mounts(request, replacements));
  TRY(add_namespaces(request.spec, replacements));
  TRY(add_stdio(request, options.images, replacements));

  Reservation reservation(settings, request, TRY(StateFolder::make(settings, request.id)));
  TRY(reservation.make());
  options.log = "restore.log";
  options.root = in_bundle(request.bundle, request.spec.root->path);
  options.external = std::move(replacements.external);
  options.inherited = std::move(replacements.inherited);
  criu::Service service = TRY(criu::Service::start(criu::Task::restore, options));
  TRY(reservation.place(service.pid(), {}));
  if (reservation.cgroup()) options.cgroup_root = TRY(v2_cgroup_of(service.pid()));
  options.terminals_of_others = request.spec.process->terminal;
  auto take_terminal = [&](const Fd& master) -> Result<> {
    if (request.console_socket < 0) return fail(Code::invalid, "nobody takes the container's terminal");
    return send_terminal(request.console_socket, master);
  };
  pid_t pid = TRY(service.perform(options, take_terminal));
  reservation.own({pid, TRY(linux::open_pidfd(pid))});
  TRY(reservation.hand_over(pid));
  TRY(reservation.record_process());
  reservation.keep();
  return pid;
}

}  // namespace gantry::runtime
