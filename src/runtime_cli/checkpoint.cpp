#include "runtime_cli/context.hpp"

namespace gantry::runtime_cli {

namespace {

/// Before any option is read, --help among them: podman takes an answer to that for a yes.
Result<int> refuse(options::Call& call) {
  return fail(Code::unsupported, "'{}' is not supported: this runtime does not drive CRIU", call.name())
      .with_cure("run containers that need it with runc or crun");
}

}  // namespace

constinit const Command kCheckpoint = {.name = "checkpoint",
                                       .summary = "Save the state of the processes of a container (refused)",
                                       .hidden = true,
                                       .run = &refuse};
constinit const Command kRestore = {
    .name = "restore", .summary = "Make a container from a checkpoint (refused)", .hidden = true, .run = &refuse};

}  // namespace gantry::runtime_cli
