#pragma once

#include "dockerfile/ast.hpp"
#include "oci/platform.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace gantry::build {

enum class Pull { missing, always, newer, never };

/// What is made one layer.
enum class Squash {
  none,      ///< nothing: every step that changes files has its own
  stage,     ///< all steps of a stage
  with_base  ///< all of the image, its base included
};

/// What a build is asked for, but for where its result goes.
struct Request {
  const dockerfile::Dockerfile& file;
  std::string context;  ///< absolute path of the main context
  bool context_is_fetched = false;
  std::string target;  ///< name or number of a stage; empty: the last
  std::map<std::string, std::string> build_args;
  std::map<std::string, std::string> contexts;  ///< --build-context: a folder, or "docker-image://NAME"
  oci::Platform platform;
  Pull pull = Pull::missing;
  bool no_cache = false;
  std::set<std::string> uncached_stages;  ///< --no-cache-filter
  std::optional<dockerfile::RunNetwork> network;
  Squash squash = Squash::none;
  std::map<std::string, std::string> labels;
};

}  // namespace gantry::build
