#include "cli/lab_command.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "lab/graph.hpp"
#include "lab/lab.hpp"
#include "options/print.hpp"
#include "report/listing.hpp"

namespace gantry::cli {

namespace {

struct LabFile {
  lab::Topology topology;
  std::string folder;
};

Result<LabFile> read_lab(const std::string& path) {
  const std::string absolute = TRY(absolute_path(path));
  return LabFile{TRY(lab::parse_topology(TRY(read_file(path)), path)), std::string(cut_last(absolute, '/').before)};
}

constexpr report::Column kColumns[] = {
    {"Lab", "LAB", true},   {"Node", "NODE", true},   {"Name", "NAME", true},
    {"ID", "CONTAINER ID"}, {"Image", "IMAGE", true}, {"State", "STATE", true},
};

Result<> print_nodes(engine::Engine& engine, const std::string& name, const report::ListingOptions& options) {
  auto listing = TRY(report::Listing::make(options, kColumns, "ID"));
  for (const lab::NodeState& node : TRY(lab::inspect(engine, name)))
    listing.add({{"Lab", node.lab},
                 {"Node", node.node},
                 {"Name", node.container},
                 {"ID", options.no_trunc || listing.json() ? node.id : short_id(node.id)},
                 {"Image", node.image},
                 {"State", node.status}});
  return listing.print();
}

struct LabDeployArguments {
  std::vector<std::string> files;
  bool reconfigure = false;
};

Result<int> run_deploy(const Globals& globals, const LabDeployArguments& arguments) {
  const LabFile file = TRY(read_lab(arguments.files[0]));
  auto engine = TRY(open_starting_engine(globals));
  if (arguments.reconfigure) TRY(lab::destroy(engine, file.topology));
  TRY(lab::deploy(engine, file.topology, file.folder));
  TRY(print_nodes(engine, file.topology.name, {}));
  return 0;
}

struct LabDestroyArguments {
  std::vector<std::string> files;
};

Result<int> run_destroy(const Globals& globals, const LabDestroyArguments& arguments) {
  const LabFile file = TRY(read_lab(arguments.files[0]));
  auto engine = TRY(open_engine(globals));
  TRY(lab::destroy(engine, file.topology));
  return 0;
}

struct LabInspectArguments {
  std::vector<std::string> files;
  report::ListingOptions listing;
};

Result<int> run_inspect(const Globals& globals, const LabInspectArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  std::string name;
  if (!arguments.files.empty()) name = TRY(read_lab(arguments.files[0])).topology.name;
  TRY(print_nodes(engine, name, arguments.listing));
  return 0;
}

struct LabGraphArguments {
  std::vector<std::string> files;
  std::string output;
};

Result<int> run_graph(const Globals&, const LabGraphArguments& arguments) {
  const LabFile file = TRY(read_lab(arguments.files[0]));
  if (arguments.output.empty()) TRY(options::print(lab::graph_text(file.topology)));
  else TRY(replace_file(arguments.output, lab::graph_page(file.topology), 0644, Sync::no));
  return 0;
}

constexpr options::Words kFile{.name = "TOPOLOGY", .least = 1, .most = 1, .first = options::Completes::files};
constexpr options::Words kFileOrNone{.name = "TOPOLOGY", .most = 1, .first = options::Completes::files};

constexpr options::Option kDeployOptions[] = {
    options::flag<&LabDeployArguments::reconfigure>(0, "reconfigure", "Take the lab down first"),
};
constexpr options::Group kDeployGroups[] = {options::group(kDeployOptions)};
constexpr options::Example kDeployExamples[] = {
    {"gantry lab deploy routers.clab.yml", "Start the containers of a lab, and link them"},
};
constinit const Command kDeploy = options::command<run_deploy>({
    .name = "deploy",
    .summary = "Start the nodes of a lab, and link them",
    .synopsis = "[OPTIONS] TOPOLOGY",
    .description =
        "Reads a topology file of Containerlab with nodes of the kinds linux and bridge. Each node is a container, "
        "each "
        "link a pair of network devices with the names that the file has for them. Nodes are privileged in their own "
        "namespaces, as those who play routers must be. When something fails, all that was made is removed again.",
    .examples = kDeployExamples,
    .groups = kDeployGroups,
    .words = options::words<&LabDeployArguments::files>(kFile),
});

constinit const Command kDestroy = options::command<run_destroy>({
    .name = "destroy",
    .summary = "Remove the containers, links and bridges of a lab",
    .synopsis = "TOPOLOGY",
    .description = "Bridges and devices of the host that `gantry lab` has not made stay.",
    .words = options::words<&LabDestroyArguments::files>(kFile),
});

constexpr options::Group kInspectGroups[] = {options::group<&LabInspectArguments::listing>(report::kListingOptions)};
constinit const Command kLabInspect = options::command<run_inspect>({
    .name = "inspect",
    .summary = "List the nodes of a lab, or of all labs",
    .synopsis = "[OPTIONS] [TOPOLOGY]",
    .description = "Lists the containers of labs, and how they are.",
    .groups = kInspectGroups,
    .words = options::words<&LabInspectArguments::files>(kFileOrNone),
});

constexpr options::Option kGraphOptions[] = {
    options::option<&LabGraphArguments::output>('o', "output", "FILE", "Draw it as a page of HTML")
        .completing(options::Completes::files),
};
constexpr options::Group kGraphGroups[] = {options::group(kGraphOptions)};
constinit const Command kGraph = options::command<run_graph>({
    .name = "graph",
    .summary = "Show how the nodes of a lab are linked",
    .synopsis = "[OPTIONS] TOPOLOGY",
    .description = "Prints a line for each link, or draws a page. The lab need not run.",
    .groups = kGraphGroups,
    .words = options::words<&LabGraphArguments::files>(kFile),
});

constexpr const Command* kCommands[] = {&kDeploy, &kDestroy, &kGraph, &kLabInspect};

}  // namespace

constinit const Command kLab = {
    .name = "lab",
    .summary = "Run networks of containers from Containerlab's topology files",
    .synopsis = "COMMAND",
    .description = "Nodes are containers, links are pairs of network devices.",
    .commands = kCommands,
};

}  // namespace gantry::cli
