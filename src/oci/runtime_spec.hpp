#pragma once

#include "base/json_options.hpp"
#include "base/result.hpp"
#include "oci/runtime_linux.hpp"
#include "oci/runtime_process.hpp"

#include <boost/describe/class.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::oci {

/// The version that we write and report.
inline constexpr std::string_view kRuntimeSpecVersion = "1.3.0";

/// runtime-spec config.md, "Root".
struct Root {
  std::string path;  ///< absolute, or relative to the bundle
  bool readonly = false;

  bool operator==(const Root&) const = default;
};
BOOST_DESCRIBE_STRUCT(Root, (), (path, readonly))
constexpr json::Options json_options(const Root*) { return {.required = {"path"}}; }

/// config.md, "Mounts". Mounted in their order.
struct Mount {
  std::string destination;  ///< in the container; relative means relative to "/" (deprecated)
  std::string type;         ///< file system; a dummy for bind mounts
  std::string source;       ///< of a bind mount: absolute, or relative to the bundle
  std::vector<std::string> options;
  std::vector<IdMapping> uid_mappings;
  std::vector<IdMapping> gid_mappings;

  bool operator==(const Mount&) const = default;
};
BOOST_DESCRIBE_STRUCT(Mount, (), (destination, type, source, options, uid_mappings, gid_mappings))
constexpr json::Options json_options(const Mount*) { return {.required = {"destination"}}; }

/// config.md, "POSIX-platform Hooks".
struct Hook {
  std::string path;               ///< absolute
  std::vector<std::string> args;  ///< argv, from argv[0] on
  std::vector<std::string> env;
  std::optional<int> timeout;  ///< seconds

  bool operator==(const Hook&) const = default;
};
BOOST_DESCRIBE_STRUCT(Hook, (), (path, args, env, timeout))
constexpr json::Options json_options(const Hook*) { return {.required = {"path"}}; }

struct Hooks {
  std::vector<Hook> prestart;
  std::vector<Hook> create_runtime;
  std::vector<Hook> create_container;
  std::vector<Hook> start_container;
  std::vector<Hook> poststart;
  std::vector<Hook> poststop;

  bool operator==(const Hooks&) const = default;
};
BOOST_DESCRIBE_STRUCT(Hooks, (), (prestart, create_runtime, create_container, start_container, poststart, poststop))

/// A container's config.json: config.md. Sections of other platforms are carried in `unknown`.
struct Spec {
  std::string oci_version;
  std::optional<Process> process;  ///< needed from `start` on
  std::optional<Root> root;
  std::string hostname;
  std::string domainname;
  std::vector<Mount> mounts;
  std::optional<Hooks> hooks;
  std::map<std::string, std::string> annotations;
  std::optional<Linux> linux;
  json::Unknown unknown;

  bool operator==(const Spec&) const = default;
};
BOOST_DESCRIBE_STRUCT(Spec, (),
                      (oci_version, process, root, hostname, domainname, mounts, hooks, annotations, linux, unknown))
constexpr json::Options json_options(const Spec*) { return {.required = {"oci_version"}}; }

/// `name` is the document's name in errors. Reads the form alone; see validate for the rules.
Result<Spec> parse_spec(std::string_view text, std::string_view name);
/// Indented, as people read and edit it.
std::string write_spec(const Spec& spec);

/// A process alone, as `exec --process` takes it.
Result<Process> parse_process(std::string_view text, std::string_view name);
std::string write_process(const Process& process);

/// The file that `update --resources` takes.
Result<Resources> parse_resources(std::string_view text, std::string_view name);
/// A seccomp profile in the form of runtime-spec (not Docker's, which has conditions).
Result<Seccomp> parse_seccomp(std::string_view text, std::string_view name);

/// What the specification forbids beyond the form: a relative cwd, a namespace given twice, a hostname without a UTS
/// namespace, … Code::invalid with the member's path: `/process/cwd: 'tmp' is not an absolute path`.
Result<> validate(const Spec& spec);
/// The rules of `process` alone; `path` is where it is, as "/process" or "".
Result<> validate(const Process& process, std::string_view path);

/// The namespace of that type, or null.
const Namespace* find_namespace(const Spec& spec, NamespaceType type);

}  // namespace gantry::oci
