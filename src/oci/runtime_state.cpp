#include "oci/runtime_state.hpp"

#include "base/json.hpp"

namespace gantry::oci {

std::string_view name_of(Status status) {
  switch (status) {
    case Status::creating:
      return "creating";
    case Status::created:
      return "created";
    case Status::running:
      return "running";
    case Status::stopped:
      return "stopped";
    case Status::paused:
      return "paused";
  }
  return "unknown";
}

Result<State> parse_state(std::string_view text, std::string_view name) { return json::decode<State>(text, name); }
std::string write_state(const State& state) { return json::encode_pretty(state); }
std::string write_container_process_state(const ContainerProcessState& state) { return json::encode(state); }

}  // namespace gantry::oci
