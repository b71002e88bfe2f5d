#include "cli/container_row.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/moment.hpp"
#include "report/table.hpp"

#include <boost/json/array.hpp>

namespace gantry::cli {

namespace json = boost::json;

namespace {

/// "web,tier=front" as docker and podman print labels.
std::string label_text(const std::map<std::string, std::string>& labels) {
  std::string text;
  for (const auto& [name, value] : labels) text += fmt::format("{}{}={}", text.empty() ? "" : ",", name, value);
  return text;
}

std::string mount_text(const std::vector<engine::Mount>& mounts) {
  std::string text;
  for (const auto& mount : mounts) (text += text.empty() ? "" : ",") += mount.target;
  return text;
}

std::string range_text(unsigned first, unsigned count) {
  return count > 1 ? fmt::format("{}-{}", first, first + count - 1) : fmt::format("{}", first);
}

/// "0.0.0.0:8080->80/tcp, …".
std::string ports_text(const std::vector<engine::PortMapping>& ports) {
  std::string text;
  for (const auto& port : ports)
    text +=
        fmt::format("{}{}:{}->{}/{}", text.empty() ? "" : ", ", port.host_ip.empty() ? "0.0.0.0" : port.host_ip,
                    range_text(port.host_port, port.count), range_text(port.container_port, port.count), port.protocol);
  return text;
}

std::vector<std::string> network_names(const engine::ContainerConfig& config) {
  std::vector<std::string> names;
  for (const auto& network : config.networks) names.push_back(network.name);
  if (names.empty()) names.push_back(config.network);
  return names;
}

/// "4026531835" of the namespace `kind` of a process; empty when it cannot be read.
std::string namespace_id(pid_t pid, const char* kind) {
  if (pid == 0) return {};
  auto link = read_link(fmt::format("/proc/{}/ns/{}", pid, kind));
  if (!link) return {};
  const std::string inside(cut(*link, '[').after);
  return inside.substr(0, inside.find(']'));
}

struct Namespace {
  const char* field;
  const char* kind;
};
constexpr Namespace kNamespaces[] = {{"CGROUPNS", "cgroup"}, {"IPC", "ipc"},     {"MNT", "mnt"}, {"NET", "net"},
                                     {"PIDNS", "pid"},       {"USERNS", "user"}, {"UTS", "uts"}};

std::string size_text(const RowExtras& extras) {
  return fmt::format("{} (virtual {})", human_size(*extras.written), human_size(*extras.written + extras.image_size));
}

json::array port_documents(const std::vector<engine::PortMapping>& ports) {
  json::array all;
  for (const auto& port : ports)
    all.emplace_back(json::object{{"host_ip", port.host_ip},
                                  {"container_port", port.container_port},
                                  {"host_port", port.host_port},
                                  {"range", port.count},
                                  {"protocol", port.protocol}});
  return all;
}

}  // namespace

json::object container_row(const engine::Container& container, const RowExtras& extras, bool in_full, Timestamp now) {
  const auto& config = container.config;
  std::string command = join(container.argv(), " ");
  json::object row{
      {"ID", in_full ? container.id : short_id(container.id)},
      {"Image", container.image_name},
      {"Command", in_full ? command : report::shortened(std::move(command), 20)},
      {"RunningFor", time_ago(container.created, now)},
      {"Created", time_ago(container.created, now)},
      {"Status", engine::status_text(container, now)},
      {"Ports", ports_text(config.ports)},
      {"Names", container.name},
      {"CreatedAt", go_time(container.created)},
      {"StartedAt", container.started / kSecond},
      {"ImageID", in_full ? container.image_id : short_id(container.image_id)},
      {"State", engine::status_name(container.status)},
      {"ExitCode", container.exit_code.value_or(0)},
      {"Exited", container.status == engine::Status::exited},
      {"ExitedAt", container.finished / kSecond},
      {"Pid", container.pid},
      {"Labels", label_text(config.labels)},
      {"Mounts", mount_text(config.mounts)},
      {"Networks", join(network_names(config), ",")},
      {"Pod", in_full ? config.pod : short_id(config.pod)},
      {"PodName", extras.pod_name},
      {"Restarts", container.restarts},
      {"AutoRemove", config.remove},
      {"Size", extras.written ? size_text(extras) : std::string()},
  };
  if (extras.namespaces)
    for (const auto& one : kNamespaces) row[one.field] = namespace_id(container.pid, one.kind);
  return row;
}

json::object container_document(const engine::Container& container, const RowExtras& extras, Timestamp now) {
  const auto& config = container.config;
  json::array mounts;
  for (const auto& mount : config.mounts) mounts.emplace_back(mount.target);
  json::object labels;
  for (const auto& [name, value] : config.labels) labels[name] = value;
  json::object namespaces;
  if (extras.namespaces)
    for (const auto& one : kNamespaces) namespaces[one.field] = namespace_id(container.pid, one.kind);
  const auto argv = container.argv();
  const auto networks = network_names(config);
  json::value size = nullptr;
  if (extras.written)
    size = json::object{{"rootFsSize", *extras.written + extras.image_size}, {"rwSize", *extras.written}};
  return {
      {"AutoRemove", config.remove},
      {"Command", json::array(argv.begin(), argv.end())},
      {"CreatedAt", time_ago(container.created, now)},
      {"Exited", container.status == engine::Status::exited},
      {"ExitedAt", container.finished / kSecond},
      {"ExitCode", container.exit_code.value_or(0)},
      {"Id", container.id},
      {"Image", container.image_name},
      {"ImageID", container.image_id},
      {"IsInfra", false},
      {"Labels", std::move(labels)},
      {"Mounts", std::move(mounts)},
      {"Names", json::array{container.name}},
      {"Namespaces", std::move(namespaces)},
      {"Networks", json::array(networks.begin(), networks.end())},
      {"Pid", container.pid},
      {"Pod", config.pod},
      {"PodName", extras.pod_name},
      {"Ports", port_documents(config.ports)},
      {"Restarts", container.restarts},
      {"Size", std::move(size)},
      {"StartedAt", container.started / kSecond},
      {"State", engine::status_name(container.status)},
      {"Status", engine::status_text(container, now)},
      {"Created", container.created / kSecond},
  };
}

}  // namespace gantry::cli
