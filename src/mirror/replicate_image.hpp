#pragma once

#include "mirror/replicate.hpp"

#include <string>

namespace gantry::mirror {

// One image from here to there, or from there to here. False: it was the same already.

Result<bool> push_image(const ReplicationContext& context, const std::string& repository, const std::string& tag,
                        const distribution::Repository& to);
Result<bool> pull_image(const ReplicationContext& context, const std::string& repository, const std::string& tag,
                        const distribution::Repository& from);

}  // namespace gantry::mirror
