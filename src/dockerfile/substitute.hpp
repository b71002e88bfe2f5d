#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::dockerfile {

/// The value of a variable; nullptr: it has none.
using FindVariable = std::function<const std::string*(std::string_view name)>;

struct SubstituteOptions {
  char escape = '\\';
  bool reads_quotes = true;      ///< false: quotes are text, as in the content of a heredoc
  std::size_t limit = 1u << 20;  ///< bytes that the result may have; the kernel takes 128 KiB in a variable
};

struct Substituted {
  std::string text;                ///< quotes taken off, variables replaced
  std::vector<std::string> words;  ///< the same split at blanks outside of quotes, those of variables included
  std::vector<std::string> unset;  ///< variables without a value that were asked for plainly: `$X`, `${X}`
};

/// Replaces `$NAME`, `${NAME}` and `${NAME…}` with the modifiers `:-` `-` `:+` `+` `:?` `?` `#` `##` `%` `%%` `/` `//`.
/// Code::invalid for bad syntax, for what `?` demands, and for a result beyond the limit; the text has no
/// place yet.
Result<Substituted> substitute(std::string_view text, const FindVariable& find, const SubstituteOptions& options = {});

}  // namespace gantry::dockerfile
