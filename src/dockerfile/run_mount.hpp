#pragma once

#include "base/result.hpp"
#include "dockerfile/ast.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace gantry::dockerfile {

/// What a value becomes.
using Replace = std::function<Result<std::string>(const std::string&)>;

/// Reads `--mount=` of RUN (docs.docker.com/reference/dockerfile, "RUN --mount"). Without `replace`, values with
/// variables are passed over: they are read when it is known what they are. Code::invalid; the text has no place yet.
Result<RunMount> parse_run_mount(std::string_view text, const Replace& replace = {});

}  // namespace gantry::dockerfile
