#pragma once

#include "mirror/replicate.hpp"

#include <cstddef>
#include <string>

namespace gantry::mirror {

/// Of one image.
inline constexpr std::size_t kMostReplicatedReferrers = 1000;
/// Of indexes of indexes, and of what is about what is about an image.
inline constexpr int kMostReplicatedDepth = 8;

// One image from here to there, or from there to here. False: it was the same already.

Result<bool> push_image(const ReplicationContext& context, const std::string& repository, const std::string& tag,
                        const distribution::Repository& to);
Result<bool> pull_image(const ReplicationContext& context, const std::string& repository, const std::string& tag,
                        const distribution::Repository& from);

}  // namespace gantry::mirror
