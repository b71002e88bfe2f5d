#pragma once

#include "edit/draft.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gantry::edit {

/// What is to become different in an image's config and manifest, in the words of a command line. What is empty or
/// absent stays.
struct ConfigChanges {
  std::vector<std::string> clear;       ///< members that are emptied before all else: "env", "labels", …
  std::vector<std::string> entrypoint;  ///< its words, or one JSON list
  std::vector<std::string> cmd;         ///< ditto
  std::vector<std::string> env;         ///< NAME=VALUE
  std::vector<std::string> labels;      ///< NAME=VALUE
  std::vector<std::string> ports;       ///< 80, 53/udp
  std::vector<std::string> volumes;
  std::vector<std::string> annotations;   ///< NAME=VALUE, of the manifest
  std::vector<std::string> instructions;  ///< of a Dockerfile, see transfer::apply_change()
  std::optional<std::string> user;
  std::optional<std::string> workdir;
  std::optional<std::string> stop_signal;
  std::optional<std::string> author;
  std::optional<std::string> created;  ///< RFC 3339, or @SECONDS since 1970
  std::optional<std::string> os;
  std::optional<std::string> architecture;
  std::optional<std::string> variant;
  std::optional<oci::Platform> platform;  ///< all of the three
};

/// Code::invalid names what cannot be understood; the draft is then not to be used.
Result<> change_config(Draft& draft, const ConfigChanges& changes);

}  // namespace gantry::edit
