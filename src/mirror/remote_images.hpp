#pragma once

#include "distribution/repository.hpp"
#include "retention/retention.hpp"

#include <vector>

namespace gantry::mirror {

/// What a repository of any registry has, as far as tags, indexes and referrers lead there.
Result<std::vector<retention::Image>> images_of(const distribution::Repository& repository);

/// What is gone already is no error. Code::unsupported: the registry allows no deletions.
Result<> remove_image(const distribution::Repository& repository, const oci::Digest& digest);

}  // namespace gantry::mirror
