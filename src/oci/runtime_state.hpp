#pragma once

#include "base/json_options.hpp"
#include "base/result.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::oci {

/// runtime-spec runtime.md, "State"; `paused` is runc's and crun's addition.
enum class Status { creating, created, running, stopped, paused };
BOOST_DESCRIBE_ENUM(Status, creating, created, running, stopped, paused)
std::string_view name_of(Status status);

/// What `state` prints and hooks read on stdin: runtime.md, "State".
struct State {
  std::string oci_version;
  std::string id;
  Status status = Status::creating;
  int pid = 0;         ///< as the host sees it; 0 when stopped
  std::string bundle;  ///< absolute
  std::map<std::string, std::string> annotations;

  bool operator==(const State&) const = default;
};
BOOST_DESCRIBE_STRUCT(State, (), (oci_version, id, status, pid, bundle, annotations))
constexpr json::Options json_options(const State*) { return {.required = {"oci_version", "id", "status", "bundle"}}; }

/// What a seccomp agent receives with the notify descriptor: config-linux.md, "The Container Process State".
struct ContainerProcessState {
  std::string oci_version;
  std::vector<std::string> fds;  ///< names of the descriptors that come along: "seccompFd"
  int pid = 0;
  std::string metadata;
  State state;

  bool operator==(const ContainerProcessState&) const = default;
};
BOOST_DESCRIBE_STRUCT(ContainerProcessState, (), (oci_version, fds, pid, metadata, state))
constexpr json::Options json_options(const ContainerProcessState*) {
  return {.required = {"oci_version", "pid", "state"}};
}

Result<State> parse_state(std::string_view text, std::string_view name);
std::string write_state(const State& state);
std::string write_container_process_state(const ContainerProcessState& state);

}  // namespace gantry::oci
