#pragma once

#include "base/result.hpp"
#include "dockerfile/ast.hpp"

#include <map>
#include <string>
#include <string_view>

namespace gantry::task {

struct StackerFile {
  dockerfile::Dockerfile file;  ///< a stage for each layer, and for each import from the network
  std::string target;           ///< the last layer that is not build_only
};

/// Reads a stacker.yaml (github.com/project-stacker/stacker, doc/stacker_yaml.md) as stages of a Dockerfile.
/// `substitutions` are for `${{NAME}}`, `${{NAME:default}}`, and where they name it `$NAME` and `${NAME}`.
/// Read are from (docker, tar, built, scratch), import and imports, run, overlay_dirs, environment, build_env, labels,
/// volumes, working_dir, user, cmd, entrypoint, full_command and build_only; Code::unsupported for the rest.
Result<StackerFile> parse_stacker(std::string_view text, std::string_view file,
                                  const std::map<std::string, std::string>& substitutions);

}  // namespace gantry::task
