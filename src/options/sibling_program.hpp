#pragma once

#include "options/command.hpp"
#include "options/globals.hpp"

#include <span>
#include <string_view>

// A program that answers a part of the commands of `gantry`, which calls it.

namespace gantry::options {

inline constexpr Group kSiblingGroups[] = {group(kGlobalOptions)};

/// `description`: one sentence on which part it is.
consteval Command sibling_root(std::span<const Command* const> commands, std::string_view description) {
  return {
      .name = "gantry",
      .summary = "Work with containers and images",
      .synopsis = "[OPTIONS] COMMAND",
      .description = description,
      .groups = kSiblingGroups,
      .commands = commands,
  };
}

/// All that its main() does. Returns the exit status.
int run_sibling(const Command& root, int argc, char** argv);

}  // namespace gantry::options
