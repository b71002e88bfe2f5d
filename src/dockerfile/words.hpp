#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::dockerfile {

/// A part of an instruction and where it is in the instruction's text.
struct Word {
  std::string text;
  std::size_t offset = 0;
  std::size_t width = 0;
};

// `base` is the offset of `text` in the instruction; it is added to those of the words.

/// Split at blanks, whatever quotes say.
std::vector<Word> split_blanks(std::string_view text, std::size_t base);
/// Split at blanks outside of quotes, which stay, as do escapes.
std::vector<Word> split_words(std::string_view text, std::size_t base, char escape);

/// The `--name[=value]` words that `text` begins with, quotes taken off, and where the rest of it begins; `--` ends
/// them.
struct FlagWords {
  std::vector<Word> flags;
  std::size_t end = 0;  ///< in `text`
};
FlagWords take_flags(std::string_view text, std::size_t base, char escape);

/// `["a", "b"]`. nullopt: it is no JSON, so it is meant for a shell. Code::invalid: JSON that has more than strings.
Result<std::optional<std::vector<std::string>>> json_words(std::string_view text);

/// One row of comma-separated values (RFC 4180), as flags of mounts are; nullopt: its quotes do not fit.
std::optional<std::vector<std::string>> csv_fields(std::string_view text);

}  // namespace gantry::dockerfile
