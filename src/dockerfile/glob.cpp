#include "dockerfile/glob.hpp"

#include "dockerfile/character.hpp"
#include "dockerfile/show.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace gantry::dockerfile {

namespace {

constexpr std::size_t kMaxPattern = 1024;
constexpr std::size_t kMaxReplaced = 1u << 20;

using Characters = std::vector<std::string_view>;

Characters characters(std::string_view text) {
  Characters all;
  while (!text.empty()) {
    all.push_back(first_character(text));
    text.remove_prefix(all.back().size());
  }
  return all;
}

/// Between stars: the characters in a row; an empty view is any one.
using Segment = std::vector<std::string_view>;

class Glob {
 public:
  static Result<Glob> parse(std::string_view pattern) {
    if (pattern.size() > kMaxPattern) {
      return fail(Code::invalid, "the pattern {} is longer than {} bytes", quoted(pattern), kMaxPattern);
    }
    Glob glob;
    glob.segments_.emplace_back();
    const auto all = characters(pattern);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i] == "*") {
        glob.segments_.emplace_back();
      } else if (all[i] == "?") {
        glob.segments_.back().emplace_back();
      } else if (all[i] != "\\") {
        glob.segments_.back().push_back(all[i]);
      } else if (i + 1 < all.size() && std::string_view("*?\\}/").contains(all[i + 1])) {
        glob.segments_.back().push_back(all[++i]);
      } else {
        return fail(Code::invalid, "the pattern {} has an escape that escapes nothing", quoted(pattern))
            .with_cure("\\ stands before *, ?, \\, } or /");
      }
    }
    return glob;
  }

  bool empty() const { return segments_.size() == 1 && segments_.front().empty(); }

  /// The end of the match that begins at `from`.
  std::optional<std::size_t> match_from(const Characters& text, std::size_t from, Extent extent) const {
    if (!fits(segments_.front(), text, from)) return std::nullopt;
    std::size_t at = from + segments_.front().size();
    for (std::size_t i = 1; i < segments_.size(); ++i) {
      const bool is_last = i + 1 == segments_.size();
      const auto found =
          is_last && extent == Extent::longest ? find_last(segments_[i], text, at) : find_first(segments_[i], text, at);
      if (!found) return std::nullopt;
      at = *found + segments_[i].size();
    }
    return at;
  }

  /// The first place from `from` on where a match begins.
  std::optional<std::size_t> find_begin(const Characters& text, std::size_t from) const {
    const auto first = find_first(segments_.front(), text, from);
    // Where the rest does not fit behind the first place, it does not fit behind a later one.
    return first && match_from(text, *first, Extent::shortest) ? first : std::nullopt;
  }

  Glob reversed() const {
    auto glob = *this;
    std::ranges::reverse(glob.segments_);
    for (auto& segment : glob.segments_) std::ranges::reverse(segment);
    return glob;
  }

 private:
  static bool fits(const Segment& segment, const Characters& text, std::size_t at) {
    if (at + segment.size() > text.size()) return false;
    for (std::size_t i = 0; i < segment.size(); ++i) {
      if (!segment[i].empty() && segment[i] != text[at + i]) return false;
    }
    return true;
  }
  static std::optional<std::size_t> find_first(const Segment& segment, const Characters& text, std::size_t from) {
    for (std::size_t at = from; at + segment.size() <= text.size(); ++at) {
      if (fits(segment, text, at)) return at;
    }
    return std::nullopt;
  }
  static std::optional<std::size_t> find_last(const Segment& segment, const Characters& text, std::size_t from) {
    for (std::size_t at = text.size() - std::min(segment.size(), text.size()) + 1; at-- > from;) {
      if (fits(segment, text, at)) return at;
    }
    return std::nullopt;
  }

  std::vector<Segment> segments_;  ///< never empty
};

std::string joined(const Characters& text, std::size_t from, std::size_t to) {
  std::string all;
  for (std::size_t i = from; i < to; ++i) all += text[i];
  return all;
}

}  // namespace

Result<std::string> without_prefix(std::string_view value, std::string_view pattern, Extent extent) {
  const auto glob = TRY(Glob::parse(pattern));
  const auto text = characters(value);
  const auto end = glob.match_from(text, 0, extent);
  return end ? joined(text, *end, text.size()) : std::string(value);
}

Result<std::string> without_suffix(std::string_view value, std::string_view pattern, Extent extent) {
  const auto glob = TRY(Glob::parse(pattern)).reversed();
  const auto text = characters(value);
  auto backwards = text;
  std::ranges::reverse(backwards);
  const auto end = glob.match_from(backwards, 0, extent);
  return end ? joined(text, 0, text.size() - *end) : std::string(value);
}

Result<std::string> replace_matches(std::string_view value, std::string_view pattern, std::string_view replacement,
                                    bool all) {
  const auto glob = TRY(Glob::parse(pattern));
  if (glob.empty()) return std::string(value);
  const auto text = characters(value);
  std::string result;
  std::size_t at = 0;
  while (const auto begin = glob.find_begin(text, at)) {
    const auto end = *glob.match_from(text, *begin, Extent::longest);
    result += joined(text, at, *begin);
    result += replacement;
    if (result.size() > kMaxReplaced) {
      return fail(Code::invalid, "replacing {} makes more than {} MiB", quoted(pattern), kMaxReplaced >> 20);
    }
    at = end;
    if (!all || at >= text.size()) break;
    if (end == *begin) result += text[at++];  // an empty match: a pattern of stars alone takes all, so this is rare
  }
  return result + joined(text, std::min(at, text.size()), text.size());
}

}  // namespace gantry::dockerfile
