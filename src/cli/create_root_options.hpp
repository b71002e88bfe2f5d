#pragma once

#include "engine/config.hpp"
#include "options/option.hpp"

#include <span>
#include <string>
#include <vector>

namespace gantry::cli {

/// What the container is made of and called.
struct CreateRootOptions {
  std::string name;
  std::vector<std::string> labels, label_files;
  bool rootfs = false, host_root = false;
  std::string pull;
};

/// `words` are those after the options.
Result<> set_root(engine::ContainerConfig& config, const CreateRootOptions& options,
                  std::span<const std::string> words);

namespace create {

inline constexpr options::Choice<std::string_view> kPulls[] = {{"never", "never"}};

inline constexpr options::Option kRoot[] = {
    options::option<&CreateRootOptions::name>(0, "name", "NAME",
                                              "Name the container; else it gets a name of two words"),
    options::option<&CreateRootOptions::labels>('l', "label", "NAME[=VALUE]", "Attach a label"),
    options::option<&CreateRootOptions::label_files>(0, "label-file", "FILE", "Attach the labels in a file, one a line")
        .completing(options::Completes::files),
    options::flag<&CreateRootOptions::rootfs>(
        0, "rootfs", "Run off a folder, which is named in place of the image (FOLDER:O keeps it as it is)"),
    options::flag<&CreateRootOptions::host_root>(0, "host-root",
                                                 "Run off the host's own /usr, read-only; no image is named then"),
    options::option<&CreateRootOptions::pull, options::read_choice<kPulls>>(
        0, "pull", "never", "Whether to fetch the image from its registry"),
};

}  // namespace create

}  // namespace gantry::cli
