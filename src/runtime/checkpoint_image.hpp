#pragma once

#include "criu/service.hpp"
#include "runtime/runtime.hpp"

#include <string>
#include <vector>

// What checkpoint and restore agree on: the names by which CRIU's images know what is not part of the container, and
// the file beside them. Both are runc's and crun's.
namespace gantry::runtime {

/// JSON in the folder of the images: what 0, 1 and 2 of the container's process were, as in "pipe:[4711]".
inline constexpr const char* kDescriptorsFile = "descriptors.json";
using Descriptors = std::vector<std::string>;

/// A namespace that was joined by its path.
struct SharedNamespace {
  oci::NamespaceType type;
  const char* file;  ///< in /proc/PID/ns
  const char* name;
};
inline constexpr SharedNamespace kSharedNamespaces[] = {{oci::NamespaceType::network, "net", "extRootNetNS"},
                                                        {oci::NamespaceType::pid, "pid", "extRootPidNS"}};

/// What masks a file. Its name is that of what it is.
inline constexpr const char* kNull = "/dev/null";

/// Code::denied and unsupported where CRIU could not work.
Result<> check_criu_host();

}  // namespace gantry::runtime
