#pragma once

#include "engine/config.hpp"
#include "options/option.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gantry::cli {

/// The first process.
struct CreateProcessOptions {
  bool interactive = false, terminal = false, init = false;
  std::vector<std::string> variables, variable_files;
  std::optional<std::string> entrypoint;
  std::string workdir, user;
  std::vector<std::string> groups;
};

Result<> set_process(engine::ContainerConfig& config, const CreateProcessOptions& options);

namespace create {

inline constexpr options::Option kProcess[] = {
    options::flag<&CreateProcessOptions::interactive>('i', "interactive", "Pass stdin on to the container"),
    options::flag<&CreateProcessOptions::terminal>('t', "tty", "Give the container a terminal"),
    options::option<&CreateProcessOptions::variables>(
        'e', "env", "NAME[=VALUE]",
        "Set a variable; without a value it is taken from here, as is every one with NAME*"),
    options::option<&CreateProcessOptions::variable_files>(0, "env-file", "FILE",
                                                           "Set the variables in a file, one a line")
        .completing(options::Completes::files),
    options::option<&CreateProcessOptions::entrypoint>(
        0, "entrypoint", "COMMAND", "Replace the image's entrypoint by a program or a JSON array; \"\" is none"),
    options::option<&CreateProcessOptions::workdir>('w', "workdir", "PATH", "Start in this folder of the container"),
    options::option<&CreateProcessOptions::user>('u', "user", "USER[:GROUP]", "Run as this user, by name or number"),
    options::option<&CreateProcessOptions::groups>(0, "group-add", "GROUP", "Join a further group, by name or number"),
    options::flag<&CreateProcessOptions::init>(0, "init", "Run an init that forwards signals and reaps processes"),
};

}  // namespace create

}  // namespace gantry::cli
