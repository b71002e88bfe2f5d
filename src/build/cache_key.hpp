#pragma once

#include "build/situation.hpp"
#include "oci/digest.hpp"

#include <vector>

namespace gantry::build {

struct StepKey {
  oci::Digest digest;
  bool is_portable = true;  ///< it is the same on other machines
};

/// The digest of all that the result of a node depends on: what is below it, its steps, the content of the files that
/// they take, and the rules of the build. The nodes that it needs are done. Secrets are in it by name alone.
Result<StepKey> cache_key(const Node& node, const Situation& situation, std::vector<Context>& contexts);

}  // namespace gantry::build
