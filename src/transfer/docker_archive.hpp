#pragma once

#include "base/json_options.hpp"

#include <boost/describe/class.hpp>

#include <string>
#include <vector>

namespace gantry::transfer {

/// One image in the file manifest.json of a docker-archive, as `docker save` writes it since Docker 1.10. The format is
/// written down in github.com/moby/docker-image-spec, v1.2.md, "Combined Image JSON + Filesystem Changeset Format".
struct DockerArchiveItem {
  std::string config;  ///< path in the archive
  std::vector<std::string> repo_tags;
  std::vector<std::string> layers;  ///< paths in the archive, the base first
};
BOOST_DESCRIBE_STRUCT(DockerArchiveItem, (), (config, repo_tags, layers))
constexpr json::Options json_options(const DockerArchiveItem*) {
  return {.style = json::Style::pascal, .required = {"config", "layers"}};
}

}  // namespace gantry::transfer
