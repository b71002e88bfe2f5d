#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/network_row.hpp"
#include "options/print.hpp"

namespace gantry::cli {

namespace {

struct PortArguments {
  bool all = false;
  std::vector<std::string> words;
};

std::string host_text(const net::PublishedPort& port, unsigned offset) {
  const std::string address = port.host_ip ? port.host_ip->text() : "0.0.0.0";
  const bool v6 = port.host_ip && port.host_ip->v6;
  return fmt::format("{}{}{}:{}", v6 ? "[" : "", address, v6 ? "]" : "", port.host_port + offset);
}

/// All of a container's ports, or where one of them is to be found.
std::string lines_of(const net::Connections& connections, std::string_view wanted, std::string_view prefix) {
  std::string lines;
  for (const auto& port : connections.ports)
    for (unsigned i = 0; i < port.count; ++i) {
      const std::string inside = fmt::format("{}/{}", port.container_port + i, port.protocol);
      if (wanted.empty()) lines += fmt::format("{}{} -> {}\n", prefix, inside, host_text(port, i));
      else if (inside == wanted) lines += host_text(port, i) + "\n";
    }
  return lines;
}

Result<int> port(const Globals& globals, const PortArguments& arguments) {
  if (arguments.all != arguments.words.empty())
    return fail(Code::invalid, "port takes either a container or --all").with_cure("name one, or give --all");
  auto engine = TRY(open_engine(globals));
  if (arguments.all) {
    for (const auto& container : TRY(engine.list({})))
      if (auto connections = TRY(engine.connections(container.id)))
        TRY(options::print(lines_of(*connections, {}, short_id(container.id) + "\t")));
    return 0;
  }
  const auto container = TRY(engine.find(arguments.words[0]));
  const auto connections = TRY(engine.connections(container.id)).value_or(net::Connections{});
  std::string wanted = arguments.words.size() > 1 ? arguments.words[1] : "";
  if (!wanted.empty() && !cut(wanted, '/').found) wanted += "/tcp";
  const std::string lines = lines_of(connections, wanted, {});
  if (lines.empty() && !wanted.empty())
    return fail(Code::not_found, "container '{}' does not publish {}", arguments.words[0], wanted)
        .with_cure("`gantry port` with its name alone lists what it does");
  TRY(options::print(lines));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&PortArguments::all>('a', "all", "List the ports of all containers that run"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry port web 80", "Tell where port 80 of a container is to be found"},
};

}  // namespace

constinit const Command kPort = options::command<port>({
    .name = "port",
    .summary = "List the published ports of a container",
    .synopsis = "[OPTIONS] [CONTAINER [PORT[/PROTOCOL]]]",
    .description = "Lists which ports of the host lead to a container that runs, or to one of its ports.",
    .examples = kExamples,
    .groups = kGroups,
    .words =
        options::words<&PortArguments::words>({.name = "CONTAINER", .most = 2, .first = options::Completes::running}),
});

}  // namespace gantry::cli
