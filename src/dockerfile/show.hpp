#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace gantry::dockerfile {

/// The text without what a terminal would obey: control characters become '?', tabs a blank.
std::string printable(std::string_view text);

/// `'word'` for a message: printable, and no longer than 60 bytes.
std::string quoted(std::string_view word);

/// The candidate that is at most two changes away from the word, in any case; empty: none is.
std::string nearest(std::string_view word, std::span<const std::string_view> candidates);
/// "did you mean RUN?", or `otherwise` when nothing is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates,
                         std::string_view otherwise = {});

}  // namespace gantry::dockerfile
