#include "dockerfile/show.hpp"

#include "base/text.hpp"
#include "options/suggest.hpp"

#include <algorithm>

namespace gantry::dockerfile {

namespace {

constexpr std::size_t kMaxShown = 60;
constexpr std::size_t kMaxCompared = 64;

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool is_c1 = c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (c == '\t') {
      shown += ' ';
    } else if (is_c1) {
      shown += '?';
      ++i;
    } else {
      shown += c < 0x20 || c == 0x7F ? '?' : text[i];
    }
  }
  return shown;
}

std::string quoted(std::string_view word) {
  const bool is_cut = word.size() > kMaxShown;
  return "'" + printable(word.substr(0, kMaxShown)) + (is_cut ? "…" : "") + "'";
}

std::string nearest(std::string_view word, std::span<const std::string_view> candidates) {
  if (word.size() > kMaxCompared) return {};
  const auto wanted = to_lower(word);
  std::string_view best;
  std::size_t least = std::min<std::size_t>(3, wanted.size());  // a word is not near when all of it is other
  for (const auto candidate : candidates) {
    const auto away = options::edit_distance(wanted, to_lower(candidate));
    if (away >= least) continue;
    least = away;
    best = candidate;
  }
  return std::string(best);
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates,
                         std::string_view otherwise) {
  const auto best = nearest(word, candidates);
  return best.empty() ? std::string(otherwise) : "did you mean " + best + "?";
}

}  // namespace gantry::dockerfile
