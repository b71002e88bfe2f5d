#pragma once

#include "base/result.hpp"
#include "dockerfile/ast.hpp"

#include <string_view>

namespace gantry::dockerfile {

/// Reads a Dockerfile of at most 16 MiB. `file` is its name in errors, which show the line, a caret and the cure
/// (dockerfile/position.hpp): Code::invalid for what breaks the language, Code::unsupported for what it has and this
/// program cannot do.
Result<Dockerfile> parse(std::string_view text, std::string_view file);

/// One instruction of a base image's `OnBuild`; FROM, ONBUILD and MAINTAINER are refused in it. `file` names the image.
Result<Instruction> parse_trigger(std::string_view text, std::string_view file);

}  // namespace gantry::dockerfile
