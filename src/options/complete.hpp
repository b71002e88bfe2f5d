#pragma once

#include "options/program.hpp"

#include <string>

namespace gantry::options {

struct Completion {
  std::string text;  ///< a line each: the word, a tab and its help; a last line ":files" or ":folders" for paths
  std::string_view program;  ///< not empty: the sibling program that knows
};

/// What may stand in the place of the last of `argv`, which is empty or the beginning of a word.
Completion complete_words(const Program& program, std::span<char* const> argv);

/// The script that makes a shell ask `root` for completions.
Result<std::string> completion_script(std::string_view program, std::string_view shell);

}  // namespace gantry::options
