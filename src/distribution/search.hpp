#pragma once

#include "distribution/session.hpp"

#include <string>
#include <vector>

namespace gantry::distribution {

/// A repository that a search has found.
struct SearchHit {
  std::string name;  ///< without the registry
  std::string description;
  std::int64_t stars = 0;
  bool official = false;
  bool automated = false;
};

/// Asks a registry for repositories about `term`, at most `limit` (0: as many as it gives): by the search of docker.io,
/// which a few other registries have too, else among all that the catalog lists.
Result<std::vector<SearchHit>> search(Session& session, const std::string& term, std::size_t limit);

}  // namespace gantry::distribution
