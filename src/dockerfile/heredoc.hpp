#pragma once

#include "dockerfile/ast.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::dockerfile {

/// `<<NAME` as it stands in a line.
struct HeredocMark {
  Heredoc heredoc;  ///< without content
  std::size_t offset = 0;
  std::size_t width = 0;
};

/// Those of a line, where words begin, outside of quotes; `<<<` and `1 << 2` are none.
std::vector<HeredocMark> find_heredocs(std::string_view text, char escape);

/// The mark that the whole word is, as COPY has it.
std::optional<HeredocMark> whole_heredoc(std::string_view word, char escape);

/// What a RUN with heredocs runs.
struct RunScript {
  bool is_program = false;  ///< it begins with `#!`: the text is a file of that name, to be executed itself
  std::string name;         ///< of the file: the delimiter
  std::string text;         ///< the file, or what the stage's shell reads
};
/// `command` is of the shell form and has heredocs: one alone is the script itself, others go to the shell with it.
RunScript script_of(const Command& command);

}  // namespace gantry::dockerfile
