#pragma once

#include "build/observer.hpp"

#include <memory>
#include <string>

namespace gantry::build_cli {

/// Shows on standard error how far a build has come: "plain" lines, a live "tty" tree, "json" lines, "none", or "auto":
/// a tree where it can move, else lines. Code::invalid for another word.
Result<std::unique_ptr<build::Observer>> make_observer(const std::string& style, bool quiet);

// The kinds.
std::unique_ptr<build::Observer> make_plain_observer();
std::unique_ptr<build::Observer> make_tree_observer();
std::unique_ptr<build::Observer> make_json_observer();

/// "build: RUN make": the first line of a step, with its stage.
std::string step_title(const build::Node& step);

}  // namespace gantry::build_cli
