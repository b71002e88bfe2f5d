#pragma once

#include "engine/config.hpp"
#include "options/option.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gantry::cli {

/// When the image is fetched from its registry.
enum class PullPolicy { missing, always, never, newer };

/// What the container is made of and called.
struct CreateRootOptions {
  std::string name;
  bool replace = false;
  std::vector<std::string> labels, label_files, annotations, hooks_dirs, needs;
  bool rootfs = false, host_root = false;

  PullPolicy pull = PullPolicy::missing;
  std::string platform, arch, os, variant;
  std::string auth_file, certificates, credentials;
  std::optional<bool> tls_verify;
  bool quiet = false;
};

/// `words` are those after the options.
Result<> set_root(engine::ContainerConfig& config, const CreateRootOptions& options,
                  std::span<const std::string> words);

namespace create {

inline constexpr options::Choice<PullPolicy> kPulls[] = {{"missing", PullPolicy::missing},
                                                         {"always", PullPolicy::always},
                                                         {"never", PullPolicy::never},
                                                         {"newer", PullPolicy::newer}};

inline constexpr options::Option kRoot[] = {
    options::option<&CreateRootOptions::name>(0, "name", "NAME",
                                              "Name the container; else it gets a name of two words"),
    options::flag<&CreateRootOptions::replace>(0, "replace", "Remove the container that has the name"),
    options::option<&CreateRootOptions::labels>('l', "label", "NAME[=VALUE]", "Attach a label"),
    options::option<&CreateRootOptions::label_files>(0, "label-file", "FILE", "Attach the labels in a file, one a line")
        .completing(options::Completes::files),
    options::option<&CreateRootOptions::annotations>(0, "annotation", "NAME=VALUE",
                                                     "Attach an annotation, which the runtime and hooks see"),
    options::option<&CreateRootOptions::needs>(0, "requires", "CONTAINER", "Start this container first")
        .completing(options::Completes::containers),
    options::option<&CreateRootOptions::hooks_dirs>(0, "hooks-dir", "PATH",
                                                    "Run the OCI hooks that the JSON files in this folder describe")
        .completing(options::Completes::folders),
    options::flag<&CreateRootOptions::rootfs>(
        0, "rootfs", "Run off a folder, which is named in place of the image (FOLDER:O keeps it as it is)"),
    options::flag<&CreateRootOptions::host_root>(0, "host-root",
                                                 "Run off the host's own /usr, read-only; no image is named then"),
    options::option<&CreateRootOptions::pull, options::read_choice<kPulls>>(
        0, "pull", "missing|always|never|newer", "When the image is fetched from its registry (default missing)"),
    options::option<&CreateRootOptions::platform>(0, "platform", "OS/ARCH[/VARIANT]", "Image for another platform"),
    options::option<&CreateRootOptions::arch>(0, "arch", "ARCH", "Image for another architecture"),
    options::option<&CreateRootOptions::os>(0, "os", "OS", "Image for another operating system"),
    options::option<&CreateRootOptions::variant>(0, "variant", "VARIANT", "Image for a variant of the architecture"),
    options::option<&CreateRootOptions::auth_file>(0, "authfile", "PATH",
                                                   "Credentials for the registry are in this file")
        .completing(options::Completes::files),
    options::option<&CreateRootOptions::certificates>(0, "cert-dir", "PATH", "Certificates for the registry")
        .completing(options::Completes::folders),
    options::option<&CreateRootOptions::credentials>(0, "creds", "USER:PASSWORD", "Credentials for the registry"),
    options::flag<&CreateRootOptions::tls_verify>(0, "tls-verify", "Check the registry's certificate (default true)"),
    options::flag<&CreateRootOptions::quiet>('q', "quiet", "Show no progress of the pull"),
};

}  // namespace create

}  // namespace gantry::cli
