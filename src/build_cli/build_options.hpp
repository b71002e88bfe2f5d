#pragma once

#include "build/job.hpp"
#include "options/command.hpp"
#include "options/globals.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gantry::build_cli {

/// What is built: its files and what they are told.
struct BuildSourceOptions {
  std::string file, target, ignore_file;
  std::vector<std::string> build_args, contexts, secrets, agents, platforms;
  std::optional<build::Pull> pull;
  bool no_cache = false;
  std::vector<std::string> uncached, cache_from;
};

/// What its RUN steps have.
struct BuildRunOptions {
  std::vector<std::string> add_hosts, volumes, cap_add, cap_drop, devices, ulimits, security, allow;
  std::optional<std::string> network;
  std::optional<std::uint64_t> shm_size, memory;
  std::string cpus;
};

/// What comes of it.
struct BuildResultOptions {
  std::vector<std::string> tags, labels, annotations, outputs, cache_to;
  std::string iid_file, metadata_file, progress, timestamp;
  bool squash = false, squash_all = false, quiet = false;
  std::optional<bool> layers;
  build::ManifestFormat format = build::ManifestFormat::oci;
  std::int64_t jobs = 0;
};

inline constexpr options::Choice<build::Pull> kPulls[] = {
    {"missing", build::Pull::missing}, {"ifmissing", build::Pull::missing}, {"always", build::Pull::always},
    {"true", build::Pull::always},     {"newer", build::Pull::newer},       {"ifnewer", build::Pull::newer},
    {"never", build::Pull::never},     {"false", build::Pull::missing}};
inline constexpr options::Choice<build::ManifestFormat> kFormats[] = {{"oci", build::ManifestFormat::oci},
                                                                      {"docker", build::ManifestFormat::docker}};

inline constexpr options::Option kBuildSource[] = {
    options::option<&BuildSourceOptions::file>(
        'f', "file", "PATH", "The Dockerfile, Containerfile or Dockerfile in the context by default; or a stacker.yaml")
        .completing(options::Completes::files),
    options::option<&BuildSourceOptions::target>(0, "target", "STAGE", "Build this stage instead of the last"),
    options::option<&BuildSourceOptions::build_args>(0, "build-arg", "NAME[=VALUE]",
                                                     "Give an ARG its value, by default that of the environment"),
    options::option<&BuildSourceOptions::contexts>(
        0, "build-context", "NAME=PATH|URL",
        "A further context for FROM and --from: a folder, a URL of an archive or repository, or docker-image://IMAGE"),
    options::option<&BuildSourceOptions::secrets>(0, "secret", "id=ID[,src=PATH|,env=NAME]",
                                                  "Something that RUN --mount=type=secret sees, and nothing keeps"),
    options::option<&BuildSourceOptions::agents>(0, "ssh", "default|ID[=SOCKET]",
                                                 "An SSH agent for RUN --mount=type=ssh"),
    options::option<&BuildSourceOptions::ignore_file>(0, "ignorefile", "PATH",
                                                      "What of the context is left out, instead of .dockerignore")
        .completing(options::Completes::files),
    options::option<&BuildSourceOptions::platforms>(0, "platform", "OS/ARCH[/VARIANT]",
                                                    "Build for these platforms, with commas between"),
    options::option<&BuildSourceOptions::pull, options::read_choice<kPulls>>(
        0, "pull", "missing|always|newer|never", "When base images are fetched; missing by default")
        .alone("always"),
    options::flag<&BuildSourceOptions::no_cache>(0, "no-cache", "Do every step anew"),
    options::option<&BuildSourceOptions::uncached>(0, "no-cache-filter", "STAGE", "Do the steps of this stage anew"),
    options::option<&BuildSourceOptions::cache_from>(0, "cache-from", "NAME|type=TYPE,ref=NAME|src=FOLDER",
                                                     "Take steps from the cache of other builds: registry or local"),
};

inline constexpr options::Option kBuildRun[] = {
    options::option<&BuildRunOptions::network>(0, "network", "default|host|none|NETWORK",
                                               "The network of RUN; as that of 'gantry run' by default"),
    options::option<&BuildRunOptions::add_hosts>(0, "add-host", "NAME:ADDRESS", "Add a line to /etc/hosts of RUN"),
    options::option<&BuildRunOptions::volumes>('v', "volume", "SOURCE:TARGET[:OPTIONS]",
                                               "Mount a folder of the host into every RUN"),
    options::option<&BuildRunOptions::cap_add>(0, "cap-add", "CAPABILITY", "Grant RUN a capability, or ALL"),
    options::option<&BuildRunOptions::cap_drop>(0, "cap-drop", "CAPABILITY", "Take a capability away, or ALL"),
    options::option<&BuildRunOptions::devices>(0, "device", "SOURCE[:TARGET][:ACCESS]",
                                               "Give RUN access to a device of the host"),
    options::option<&BuildRunOptions::ulimits>(0, "ulimit", "NAME=SOFT[:HARD]", "Limit the processes of RUN"),
    options::option<&BuildRunOptions::security>(
        0, "security-opt", "OPTION",
        "no-new-privileges, seccomp=unconfined or a profile, mask=PATH, unmask=PATH or ALL"),
    options::option<&BuildRunOptions::allow>(0, "allow", "security.insecure", "Allow RUN --security=insecure"),
    options::option<&BuildRunOptions::shm_size, options::read_size>(0, "shm-size", "BYTES", "Size of /dev/shm in RUN"),
    options::option<&BuildRunOptions::memory, options::read_size>('m', "memory", "BYTES", "Limit the memory of a RUN"),
    options::option<&BuildRunOptions::cpus>(0, "cpus", "NUMBER", "Limit the processors of a RUN"),
};

inline constexpr options::Option kBuildResult[] = {
    options::option<&BuildResultOptions::tags>('t', "tag", "NAME", "A name for the image"),
    options::option<&BuildResultOptions::labels>(0, "label", "NAME=VALUE", "Add a label to the image"),
    options::option<&BuildResultOptions::annotations>(0, "annotation", "NAME=VALUE",
                                                      "Add an annotation to its manifest"),
    options::option<&BuildResultOptions::outputs>(
        'o', "output", "PATH|type=TYPE[,dest=PATH]",
        "Where the result goes: image, local, tar, oci, docker, registry; image by default"),
    options::option<&BuildResultOptions::cache_to>(0, "cache-to", "type=TYPE[,ref=NAME|dest=FOLDER][,mode=min|max]",
                                                   "Keep the steps for other builds: inline, registry or local"),
    options::option<&BuildResultOptions::iid_file>(0, "iidfile", "PATH", "Write the image's id here"),
    options::option<&BuildResultOptions::metadata_file>(0, "metadata-file", "PATH",
                                                        "Write digests and names here, as JSON"),
    options::option<&BuildResultOptions::format, options::read_choice<kFormats>>(
        0, "format", "oci|docker", "The kind of manifest; oci by default"),
    options::option<&BuildResultOptions::layers>(0, "layers", "true|false",
                                                 "Whether each step has a layer of its own; true by default")
        .alone("true"),
    options::flag<&BuildResultOptions::squash>(0, "squash", "Make one layer of all steps of a stage"),
    options::flag<&BuildResultOptions::squash_all>(0, "squash-all", "Make one layer of the whole image"),
    options::option<&BuildResultOptions::timestamp>(
        0, "timestamp", "SECONDS|now", "The time of all that is made; $SOURCE_DATE_EPOCH or 1970 by default"),
    options::option<&BuildResultOptions::jobs, options::read_between<0, 1024>>(
        0, "jobs", "NUMBER", "So many steps at a time; as many as there are processors by default"),
    options::option<&BuildResultOptions::progress>(0, "progress", "auto|plain|tty|json|none", "How progress is shown"),
    options::flag<&BuildResultOptions::quiet>('q', "quiet", "Show no progress"),
};

/// What the options of a build come to, with the Dockerfile not read yet.
struct BuildSettings {
  engine::ContainerConfig container;
  std::vector<std::string> add_hosts;
  build::Secrets secrets;
  Timestamp time = 0;
  bool allows_insecure = false;
};

// Parts of the options as what they mean. Code::invalid names the option.
Result<BuildSettings> read_run_options(const BuildRunOptions& run, const BuildSourceOptions& source,
                                       const BuildResultOptions& result);
/// --network; none: what is usual.
Result<> set_network(engine::ContainerConfig& container, const std::optional<std::string>& word);
/// Completes a request that has its Dockerfile.
Result<> read_source_options(const BuildSourceOptions& source, build::Request& request);
Result<std::vector<oci::Platform>> read_platforms(const std::vector<std::string>& words);
/// "NAME=VALUE" words.
Result<std::map<std::string, std::string>> read_pairs(const std::vector<std::string>& words, std::string_view option);

}  // namespace gantry::build_cli
