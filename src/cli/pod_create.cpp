#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/create_options.hpp"
#include "cli/pod_commands.hpp"
#include "options/print.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>

namespace gantry::cli {

namespace {

struct PodCreateArguments {
  std::string name, hostname, cgroup_parent, id_file, restart, exit_policy = "continue";
  std::string share = "ipc,net,uts";
  std::vector<std::string> labels;
  bool infra = true;
  CreateNetworkOptions network;
  CreateResourceOptions resources;
  std::vector<std::string> words;
};

Result<std::vector<std::string>> read_share(const std::string& text, bool infra) {
  constexpr std::array<std::string_view, 5> kKinds{"ipc", "net", "uts", "pid", "cgroup"};
  std::vector<std::string> kinds;
  if (!infra || text.empty() || text == "none") return kinds;
  for (auto& kind : split(text, ',')) {
    if (std::ranges::find(kKinds, kind) == kKinds.end())
      return fail(Code::invalid, "option --share: '{}' is no namespace that a pod shares", kind)
          .with_cure("share some of ipc, net, uts, pid and cgroup, or none");
    kinds.push_back(std::move(kind));
  }
  return kinds;
}

Result<engine::PodConfig> pod_config(const PodCreateArguments& arguments) {
  engine::PodConfig config{.hostname = arguments.hostname,
                           .labels = {},
                           .share = TRY(read_share(arguments.share, arguments.infra)),
                           .cgroup_parent = arguments.cgroup_parent,
                           .restart_policy = arguments.restart,
                           .exit_policy = arguments.exit_policy,
                           .no_infra = !arguments.infra};
  for (const auto& word : arguments.labels) {
    const auto [name, value, found] = cut(word, '=');
    if (name.empty()) return fail(Code::invalid, "option --label: '{}' names no label", word);
    config.labels[std::string(name)] = value;
  }
  return config;
}

Result<int> create_pod(const Globals& globals, const PodCreateArguments& arguments) {
  const std::string& name = arguments.words.empty() ? arguments.name : arguments.words.front();
  const auto config = TRY(pod_config(arguments));
  engine::ContainerConfig infra;
  infra.cgroup_parent = config.cgroup_parent;
  TRY(set_network(infra, arguments.network));
  TRY(set_resources(infra, arguments.resources));
  auto engine = TRY(open_starting_engine(globals));
  Fd id_file;
  if (!arguments.id_file.empty())
    id_file =
        TRY(with_context(open_file(arguments.id_file, O_WRONLY | O_CREAT | O_EXCL, 0644), "option --pod-id-file"));
  const std::string id = TRY(engine::create_pod(engine, config, name, infra));
  if (id_file.valid()) TRY(write_all(id_file, id, arguments.id_file));
  TRY(options::print(id + "\n"));
  return 0;
}

constexpr options::Choice<std::string_view> kExitPolicies[] = {{"continue", "continue"}};
constexpr options::Choice<std::string_view> kRestartPolicies[] = {
    {"no", "no"}, {"on-failure", "on-failure"}, {"always", "always"}, {"unless-stopped", "unless-stopped"}};

constexpr options::Option kOptions[] = {
    options::option<&PodCreateArguments::name>('n', "name", "NAME", "Name the pod; else it gets a name of two words"),
    options::option<&PodCreateArguments::labels>('l', "label", "NAME[=VALUE]", "Attach a label"),
    options::option<&PodCreateArguments::hostname>(0, "hostname", "NAME",
                                                   "Host name of the containers (default: NAME)"),
    options::option<&PodCreateArguments::share>(
        0, "share", "LIST", "Namespaces that its containers share: ipc, net, uts, pid, cgroup (default ipc,net,uts)"),
    options::flag<&PodCreateArguments::infra>(0, "infra", "Hold the namespaces by a process (default true)"),
    options::option<&PodCreateArguments::cgroup_parent>(0, "cgroup-parent", "PATH", "Cgroup of its containers"),
    options::option<&PodCreateArguments::restart, options::read_choice<kRestartPolicies>>(
        0, "restart", "no|on-failure|always|unless-stopped", "Restart policy of containers that have none"),
    options::option<&PodCreateArguments::exit_policy, options::read_choice<kExitPolicies>>(
        0, "exit-policy", "continue", "What happens when the last container ends"),
    options::option<&PodCreateArguments::id_file>(0, "pod-id-file", "FILE", "Write the pod's ID to a new file")
        .completing(options::Completes::files),
};
constexpr options::Group kGroups[] = {
    options::group(kOptions),
    options::group<&PodCreateArguments::network>(create::kNetwork, "Network options"),
    options::group<&PodCreateArguments::resources>(create::kLimits, "Limit options of the infra container"),
    options::group<&PodCreateArguments::resources>(create::kFixedLimits, "Further limit options of it"),
};
constexpr options::Example kExamples[] = {
    {"gantry pod create --name shop -p 8080:80", "Make a pod whose port 80 is the host's port 8080"},
    {"gantry run -d --pod shop web", "Run a container in it"},
};

}  // namespace

constinit const Command kPodCreate = options::command<create_pod>({
    .name = "create",
    .summary = "Make a pod",
    .synopsis = "[OPTIONS] [NAME]",
    .description = "Makes a pod without containers and prints its ID. Its infra container, which holds the namespaces, "
                   "starts with the first container or with `gantry pod start`.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&PodCreateArguments::words>({.name = "NAME", .most = 1}),
});

}  // namespace gantry::cli
