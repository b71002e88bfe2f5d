#pragma once

#include "criu/service.hpp"
#include "runtime_cli/context.hpp"

namespace gantry::runtime_cli {

/// What checkpoint and restore share.
struct CheckpointOptions {
  std::string image_path = "checkpoint";
  std::string work_path;
  bool tcp_established = false;
  bool ext_unix_sk = false;
  bool shell_job = false;
  bool file_locks = false;
  bool auto_dedup = false;
  criu::CgroupMode cgroups = criu::CgroupMode::soft;
  std::string empty_ns;
};

inline constexpr options::Choice<criu::CgroupMode> kCgroupModes[] = {
    {"soft", criu::CgroupMode::soft},     {"full", criu::CgroupMode::full}, {"strict", criu::CgroupMode::strict},
    {"ignore", criu::CgroupMode::ignore}, {"none", criu::CgroupMode::none}, {"props", criu::CgroupMode::props}};

inline constexpr options::Option kCheckpointOptions[] = {
    options::option<&CheckpointOptions::image_path>(0, "image-path", "PATH",
                                                    "The folder of the images (default: checkpoint)")
        .completing(options::Completes::folders),
    options::option<&CheckpointOptions::work_path>(0, "work-path", "PATH",
                                                   "The folder of CRIU's log (default: that of the images)")
        .completing(options::Completes::folders),
    options::flag<&CheckpointOptions::tcp_established>(0, "tcp-established", "Allow open TCP connections"),
    options::flag<&CheckpointOptions::ext_unix_sk>(0, "ext-unix-sk", "Allow unix sockets whose other end is outside"),
    options::flag<&CheckpointOptions::shell_job>(0, "shell-job", "Allow a terminal of somebody outside"),
    options::flag<&CheckpointOptions::file_locks>(0, "file-locks", "Allow locked files"),
    options::flag<&CheckpointOptions::auto_dedup>(0, "auto-dedup", "Keep memory once in a chain of images"),
    options::option<&CheckpointOptions::cgroups, options::read_choice<kCgroupModes>>(
        0, "manage-cgroups-mode", "soft|full|strict|ignore|none|props", "What is saved and restored of cgroups"),
    options::option<&CheckpointOptions::empty_ns>(0, "empty-ns", "network", "Leave the network namespace empty"),
};

/// With absolute folders.
Result<criu::Options> criu_options(const CheckpointOptions& given);

}  // namespace gantry::runtime_cli
