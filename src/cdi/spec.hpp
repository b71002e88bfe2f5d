#pragma once

#include "base/json_options.hpp"
#include "base/result.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A file of the Container Device Interface, SPEC.md of cncf-tags/container-device-interface, versions 0.3.0 to 1.1.0.

namespace gantry::cdi {

struct DeviceNode {
  std::string path;       ///< in the container
  std::string host_path;  ///< empty: the same
  std::string type;       ///< "b", "c", "u", "p"; empty: the host's
  std::optional<std::int64_t> major;
  std::optional<std::int64_t> minor;
  std::optional<std::uint32_t> file_mode;
  std::string permissions;  ///< of r, w, m; empty: all
  std::optional<std::uint32_t> uid;
  std::optional<std::uint32_t> gid;
};
BOOST_DESCRIBE_STRUCT(DeviceNode, (), (path, host_path, type, major, minor, file_mode, permissions, uid, gid))
constexpr json::Options json_options(const DeviceNode*) { return {.required = {"path"}}; }

struct CdiMount {
  std::string host_path;
  std::string container_path;
  std::string type;
  std::vector<std::string> options;
};
BOOST_DESCRIBE_STRUCT(CdiMount, (), (host_path, container_path, type, options))
constexpr json::Options json_options(const CdiMount*) { return {.required = {"host_path", "container_path"}}; }

struct CdiHook {
  std::string hook_name;  ///< "createContainer" and the other kinds of runtime-spec
  std::string path;
  std::vector<std::string> args;
  std::vector<std::string> env;
  std::optional<int> timeout;
};
BOOST_DESCRIBE_STRUCT(CdiHook, (), (hook_name, path, args, env, timeout))
constexpr json::Options json_options(const CdiHook*) { return {.required = {"hook_name", "path"}}; }

struct ContainerEdits {
  std::vector<std::string> env;
  std::vector<DeviceNode> device_nodes;
  std::vector<CdiMount> mounts;
  std::vector<CdiHook> hooks;
  std::vector<std::uint32_t> additional_gids;
};
BOOST_DESCRIBE_STRUCT(ContainerEdits, (), (env, device_nodes, mounts, hooks, additional_gids))
constexpr json::Options json_options(const ContainerEdits*) {
  return {.names = {{"additional_gids", "additionalGIDs"}}};
}

struct CdiDevice {
  std::string name;
  std::map<std::string, std::string> annotations;
  ContainerEdits container_edits;
};
BOOST_DESCRIBE_STRUCT(CdiDevice, (), (name, annotations, container_edits))
constexpr json::Options json_options(const CdiDevice*) { return {.required = {"name", "container_edits"}}; }

struct CdiSpec {
  std::string cdi_version;
  std::string kind;  ///< "vendor.com/class"
  std::map<std::string, std::string> annotations;
  std::vector<CdiDevice> devices;
  ContainerEdits container_edits;  ///< made once for whatever devices of it are used
};
BOOST_DESCRIBE_STRUCT(CdiSpec, (), (cdi_version, kind, annotations, devices, container_edits))
constexpr json::Options json_options(const CdiSpec*) { return {.required = {"cdi_version", "kind", "devices"}}; }

/// Of JSON, or of YAML when the name ends with .yaml or .yml. Code::invalid names the file and the member.
Result<CdiSpec> parse_spec(std::string_view text, std::string_view name);

}  // namespace gantry::cdi
