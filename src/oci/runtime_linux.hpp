#pragma once

#include "base/json_options.hpp"
#include "oci/runtime_resources.hpp"
#include "oci/runtime_seccomp.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// runtime-spec 1.3 config-linux.md.

namespace gantry::oci {

enum class NamespaceType { pid, network, mount, ipc, uts, user, cgroup, time };
BOOST_DESCRIBE_ENUM(NamespaceType, pid, network, mount, ipc, uts, user, cgroup, time)

struct Namespace {
  NamespaceType type = NamespaceType::pid;
  std::string path;  ///< absolute: one to join; empty: make a new one

  bool operator==(const Namespace&) const = default;
};
BOOST_DESCRIBE_STRUCT(Namespace, (), (type, path))
constexpr json::Options json_options(const Namespace*) { return {.required = {"type"}}; }

struct IdMapping {
  std::uint32_t container_id = 0;
  std::uint32_t host_id = 0;
  std::uint32_t size = 0;  ///< how many IDs

  bool operator==(const IdMapping&) const = default;
};
BOOST_DESCRIBE_STRUCT(IdMapping, (), (container_id, host_id, size))
constexpr json::Options json_options(const IdMapping*) {
  return {.names = {{"container_id", "containerID"}, {"host_id", "hostID"}},
          .required = {"container_id", "host_id", "size"}};
}

struct TimeOffset {
  std::int64_t secs = 0;
  std::uint32_t nanosecs = 0;

  bool operator==(const TimeOffset&) const = default;
};
BOOST_DESCRIBE_STRUCT(TimeOffset, (), (secs, nanosecs))

enum class DeviceType { character, unbuffered, block, fifo };
BOOST_DESCRIBE_ENUM(DeviceType, character, unbuffered, block, fifo)
constexpr json::Options json_options(const DeviceType*) {
  return {.names = {{"character", "c"}, {"unbuffered", "u"}, {"block", "b"}, {"fifo", "p"}}};
}

/// A node that the container gets.
struct Device {
  std::string path;  ///< absolute, in the container
  DeviceType type = DeviceType::character;
  std::optional<std::int64_t> major;  ///< required but for a fifo
  std::optional<std::int64_t> minor;
  std::optional<std::uint32_t> file_mode;
  std::optional<std::uint32_t> uid;  ///< in the container
  std::optional<std::uint32_t> gid;

  bool operator==(const Device&) const = default;
};
BOOST_DESCRIBE_STRUCT(Device, (), (path, type, major, minor, file_mode, uid, gid))
constexpr json::Options json_options(const Device*) { return {.required = {"path", "type"}}; }

/// Intel Resource Director Technology, through resctrl.
struct IntelRdt {
  std::string clos_id;                ///< a folder of resctrl; empty: the container's ID; "/": resctrl's own root
  std::vector<std::string> schemata;  ///< lines, written after those of the two below
  std::string l3_cache_schema;
  std::string mem_bw_schema;
  bool enable_monitoring = false;  ///< a monitoring group of its own
  bool enable_cmt = false;         ///< 1.2's names for the same: occupancy of the cache,
  bool enable_mbm = false;         ///< and bandwidth of memory

  bool operator==(const IntelRdt&) const = default;
};
BOOST_DESCRIBE_STRUCT(IntelRdt, (),
                      (clos_id, schemata, l3_cache_schema, mem_bw_schema, enable_monitoring, enable_cmt, enable_mbm))
constexpr json::Options json_options(const IntelRdt*) {
  return {.names = {{"clos_id", "closID"}, {"enable_cmt", "enableCMT"}, {"enable_mbm", "enableMBM"}}};
}

enum class PersonalityDomain { linux_64, linux_32 };
BOOST_DESCRIBE_ENUM(PersonalityDomain, linux_64, linux_32)
constexpr json::Options json_options(const PersonalityDomain*) {
  return {.names = {{"linux_64", "LINUX"}, {"linux_32", "LINUX32"}}};
}

/// personality(2).
struct Personality {
  PersonalityDomain domain = PersonalityDomain::linux_64;
  std::vector<std::string> flags;  ///< the specification defines none

  bool operator==(const Personality&) const = default;
};
BOOST_DESCRIBE_STRUCT(Personality, (), (domain, flags))
constexpr json::Options json_options(const Personality*) { return {.required = {"domain"}}; }

/// A network device that moves into the container. The map's key is its name outside.
struct NetDevice {
  std::string name;  ///< inside, "eth%d" for the first that is free; empty: as outside

  bool operator==(const NetDevice&) const = default;
};
BOOST_DESCRIBE_STRUCT(NetDevice, (), (name))

enum class MemoryPolicyMode { default_, preferred, bind, interleave, local, preferred_many, weighted_interleave };
BOOST_DESCRIBE_ENUM(MemoryPolicyMode, default_, preferred, bind, interleave, local, preferred_many, weighted_interleave)
constexpr json::Options json_options(const MemoryPolicyMode*) {
  return {.style = json::Style::upper, .prefix = "MPOL_"};
}

enum class MemoryPolicyFlag { numa_balancing, relative_nodes, static_nodes };
BOOST_DESCRIBE_ENUM(MemoryPolicyFlag, numa_balancing, relative_nodes, static_nodes)
constexpr json::Options json_options(const MemoryPolicyFlag*) {
  return {.style = json::Style::upper, .prefix = "MPOL_F_"};
}

/// set_mempolicy(2).
struct MemoryPolicy {
  MemoryPolicyMode mode = MemoryPolicyMode::default_;
  std::string nodes;  ///< "0-3,7"
  std::vector<MemoryPolicyFlag> flags;

  bool operator==(const MemoryPolicy&) const = default;
};
BOOST_DESCRIBE_STRUCT(MemoryPolicy, (), (mode, nodes, flags))
constexpr json::Options json_options(const MemoryPolicy*) { return {.required = {"mode"}}; }

struct Linux {
  std::vector<IdMapping> uid_mappings;
  std::vector<IdMapping> gid_mappings;
  std::map<std::string, std::string> sysctl;
  std::optional<Resources> resources;
  std::string cgroups_path;
  std::vector<Namespace> namespaces;
  std::vector<Device> devices;
  std::optional<Seccomp> seccomp;
  std::string rootfs_propagation;  ///< "private", "slave", "shared", "unbindable", or these with an r in front
  std::vector<std::string> masked_paths;
  std::vector<std::string> readonly_paths;
  std::string mount_label;
  std::optional<IntelRdt> intel_rdt;
  std::optional<Personality> personality;
  std::map<std::string, TimeOffset> time_offsets;  ///< by clock: "monotonic", "boottime"
  std::map<std::string, NetDevice> net_devices;    ///< by name outside
  std::optional<MemoryPolicy> memory_policy;
  json::Unknown unknown;

  bool operator==(const Linux&) const = default;
};
BOOST_DESCRIBE_STRUCT(Linux, (),
                      (uid_mappings, gid_mappings, sysctl, resources, cgroups_path, namespaces, devices, seccomp,
                       rootfs_propagation, masked_paths, readonly_paths, mount_label, intel_rdt, personality,
                       time_offsets, net_devices, memory_policy, unknown))

}  // namespace gantry::oci
