#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

// Patterns of `${NAME#…}` and its kin (POSIX XCU 2.13): `*` is any text, `?` any one character, `\` makes either plain.
// Brackets are plain too, as in BuildKit. Characters are code points. Errors are Code::invalid: `\x` of another x.

namespace gantry::dockerfile {

enum class Extent { shortest, longest };

/// `value` without what `pattern` matches at its beginning, or at its end.
Result<std::string> without_prefix(std::string_view value, std::string_view pattern, Extent extent);
Result<std::string> without_suffix(std::string_view value, std::string_view pattern, Extent extent);

/// `value` with the longest match from the left, or with all of them, replaced.
Result<std::string> replace_matches(std::string_view value, std::string_view pattern, std::string_view replacement,
                                    bool all);

}  // namespace gantry::dockerfile
