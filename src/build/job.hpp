#pragma once

#include "build/bases.hpp"
#include "build/downloads.hpp"
#include "build/observer.hpp"
#include "build/request.hpp"
#include "build/situation.hpp"
#include "build/step_cache.hpp"
#include "build/store_result.hpp"
#include "dockerfile/ignore.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gantry::build {

/// Where the files of a build come from.
struct Sources {
  std::string context;      ///< a folder
  std::string dockerfile;   ///< path; empty: Containerfile or Dockerfile in the context; "-": standard input
  std::string ignore_file;  ///< empty: as it is found
  bool is_fetched = false;  ///< it came from elsewhere: no link leads out of it, and it is there for this build alone
};

/// The main Dockerfile with the path that it was found at.
struct DockerfileText {
  std::string path;  ///< empty: standard input
  std::string text;
};
Result<DockerfileText> read_dockerfile(const Sources& sources);
/// The ignore file of the context, wherever it is; `dockerfile` is where the Dockerfile is, empty: nowhere.
Result<dockerfile::IgnoreRules> read_ignore_rules(const Sources& sources, const std::string& dockerfile);

/// All that a build is asked for.
struct Job {
  Sources sources;
  Request request;
  std::vector<oci::Platform> platforms;  ///< one at least
  oci::Annotations annotations;
  ManifestFormat format = ManifestFormat::oci;
  std::size_t jobs = 0;  ///< steps at a time; 0: as many as there are processors
  Bases::Fetch fetch;
  FetchFile fetch_file;
  const ImportedSteps* imported = nullptr;  ///< null: nothing
  bool notes_cache = false;                 ///< in the images, for others: kInlineCache
};

/// What a build has made.
struct Built {
  std::optional<Failure> failure;
  Node failed;                                             ///< the node of `failure`
  std::vector<BuiltImage> images;                          ///< one for each platform
  oci::Document root;                                      ///< manifest or index that all of it is known by
  std::vector<std::vector<oci::Digest>> layers;            ///< of each image, the base first
  std::map<std::string, std::vector<oci::Digest>> stages;  ///< layers of stages of the first image that were done
  std::vector<Material> materials;                         ///< what it was made from that is not in the context
  std::vector<CachedStep> result_steps;                    ///< those whose layers the images have
  std::vector<CachedStep> steps;                           ///< all
};

/// Plans the job, does its steps and writes its images, which the store does not list yet. The store is in use.
Result<Built> build(const Settings& settings, const Job& job, Observer& observer);

}  // namespace gantry::build
