#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

namespace gantry::dockerfile {

/// A place in a Dockerfile; both are counted from 1, columns in bytes. 0: no place is known.
struct Position {
  int line = 0;
  int column = 0;
  int width = 1;  ///< how many columns the caret underlines
  bool operator==(const Position&) const = default;
};

/// The line and a caret below the place, each with its number in front; empty when there is no such line.
std::string excerpt(std::string_view source, const Position& at);

/// `Dockerfile:3:1: 'RUNN' is no instruction (did you mean RUN?)`, and the excerpt on lines of its own.
/// `cure` may be empty. Code::invalid.
Error error_at(std::string_view file, std::string_view source, const Position& at, std::string_view text,
               std::string_view cure);

}  // namespace gantry::dockerfile
