#pragma once

#include "artifact/artifact.hpp"
#include "image_cli/commands.hpp"
#include "options/option.hpp"
#include "remote/registry_options.hpp"

#include <string>
#include <vector>

namespace gantry::image_cli {

extern const Command kArtifactAttach, kArtifactDiscover, kArtifactPull, kArtifactPush;

/// What `push` and `attach` share.
struct ArtifactArguments {
  std::string type;
  std::vector<std::string> annotations;  ///< "KEY=VALUE"
  std::string config;                    ///< "PATH[:TYPE]"
};

inline constexpr options::Option kArtifactOptions[] = {
    options::option<&ArtifactArguments::annotations>('a', "annotation", "KEY=VALUE", "Note this in the manifest"),
    options::option<&ArtifactArguments::type>(0, "artifact-type", "TYPE", "What it is, as application/spdx+json"),
    options::option<&ArtifactArguments::config>(0, "config", "PATH[:TYPE]", "The config is in this file")
        .completing(options::Completes::files),
};

/// The files that the words name, as an artifact. `tmp` is a folder for packed folders.
Result<std::unique_ptr<artifact::LocalArtifact>> local_artifact(const ArtifactArguments& arguments,
                                                                const std::vector<std::string>& words,
                                                                std::optional<oci::Descriptor> subject,
                                                                const std::string& tmp);

}  // namespace gantry::image_cli
