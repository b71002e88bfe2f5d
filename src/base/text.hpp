#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gantry {

/// "a,,b" split at ',' gives "a", "", "b"; the empty text gives one empty part.
std::vector<std::string> split(std::string_view text, char separator);

struct Halves {
  std::string_view before;
  std::string_view after;
  bool found = false;  ///< false: `before` is the whole text
};
Halves cut(std::string_view text, char separator);
Halves cut_last(std::string_view text, char separator);

std::string_view trim(std::string_view text);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string to_lower(std::string_view text);

/// Whole text as a decimal number, no sign, no blanks; Code::invalid otherwise or on overflow.
Result<std::uint64_t> parse_unsigned(std::string_view text);
/// As parse_unsigned, with a leading '-' allowed.
Result<std::int64_t> parse_signed(std::string_view text);

/// Bytes of "512", "64k", "128m", "1g", "2t", "10kb", "1GiB" (1024-based, as docker and podman read them).
Result<std::uint64_t> parse_size(std::string_view text);
/// "12.3MB": 1000-based with three figures, as docker and podman print sizes.
std::string human_size(std::uint64_t bytes);

/// `'it'\''s'`: a word for a POSIX shell.
std::string shell_quote(std::string_view text);

}  // namespace gantry
