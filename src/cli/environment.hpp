#pragma once

#include "base/result.hpp"

#include <string>
#include <vector>

namespace gantry::cli {

/// The variables of --env-file and then --env, "NAME=value" each. "NAME" alone takes the value from our own
/// environment, "NAME*" takes all that begin so; what we have not got is left out.
Result<std::vector<std::string>> read_environment(const std::vector<std::string>& files,
                                                  const std::vector<std::string>& words);

/// Lines "NAME=value" or "NAME" of an --env-file or --label-file; blank lines and those with '#' in front are skipped.
Result<std::vector<std::string>> read_lines(const std::string& path);

}  // namespace gantry::cli
