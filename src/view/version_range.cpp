#include "base/text.hpp"
#include "view/sync_plan.hpp"

#include <algorithm>
#include <array>

// Semantic versions (semver.org 2.0.0) and ranges of them, as skopeo-sync(1) takes them from Masterminds/semver.

namespace gantry::view {

namespace {

struct Version {
  std::array<std::uint64_t, 3> numbers{};
  std::size_t given = 0;  ///< how many of them are written
  std::string pre_release;
};

std::optional<Version> parse_version(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  text = cut(text, '+').before;  // what a build is called counts for nothing
  auto [numbers, pre_release, has_pre_release] = cut(text, '-');
  Version version;
  version.pre_release = pre_release;
  if (has_pre_release && pre_release.empty()) return {};
  auto parts = split(numbers, '.');
  if (parts.size() > version.numbers.size()) return {};
  for (const auto& part : parts) {
    auto number = parse_unsigned(part);
    if (!number) return {};
    version.numbers[version.given++] = *number;
  }
  return version;
}

/// Parts of a pre-release: numbers by their value and before words.
int compare_pre_release(const std::string& left, const std::string& right) {
  if (left.empty() || right.empty()) return static_cast<int>(left.empty()) - static_cast<int>(right.empty());
  auto lefts = split(left, '.'), rights = split(right, '.');
  for (std::size_t i = 0; i < std::min(lefts.size(), rights.size()); ++i) {
    auto a = parse_unsigned(lefts[i]), b = parse_unsigned(rights[i]);
    if (a && b && *a != *b) return *a < *b ? -1 : 1;
    if (a.has_value() != b.has_value()) return a ? -1 : 1;
    if (!a && lefts[i] != rights[i]) return lefts[i] < rights[i] ? -1 : 1;
  }
  return lefts.size() == rights.size() ? 0 : lefts.size() < rights.size() ? -1 : 1;
}

int compare(const Version& left, const Version& right) {
  if (left.numbers != right.numbers) return left.numbers < right.numbers ? -1 : 1;
  return compare_pre_release(left.pre_release, right.pre_release);
}

/// The first version that is not like the given one in its first `kept` numbers.
Version next_after(Version version, std::size_t kept) {
  ++version.numbers[kept - 1];
  std::fill(version.numbers.begin() + static_cast<std::ptrdiff_t>(kept), version.numbers.end(), 0);
  version.pre_release.clear();
  return version;
}

/// How many numbers of a "^" version stay: up to the first that is not 0.
std::size_t kept_by_caret(const Version& version) {
  for (std::size_t i = 0; i < version.given; ++i)
    if (version.numbers[i] > 0) return i + 1;
  return version.given;
}

bool holds(const Version& version, std::string_view comparison, const Version& bound) {
  if (!version.pre_release.empty() && bound.pre_release.empty()) return false;
  const bool from = compare(version, bound) >= 0;
  auto before = [&](std::size_t kept) { return compare(version, next_after(bound, kept)) < 0; };
  if (comparison == ">=") return from;
  if (comparison == "<") return !from;
  if (comparison == "^") return from && before(kept_by_caret(bound));
  if (comparison == "~") return from && before(std::min<std::size_t>(bound.given, 2));
  // Of "1.2" all that begins so is meant.
  const bool is_like = bound.given == 3 ? compare(version, bound) == 0 : from && before(bound.given);
  if (comparison == "!=") return !is_like;
  if (comparison == ">") return from && !is_like;
  if (comparison == "<=") return !from || is_like;
  return is_like;
}

Result<bool> is_in_all(const Version& version, std::string_view range) {
  bool all = true;
  std::string spaced(range);
  std::replace(spaced.begin(), spaced.end(), ',', ' ');
  std::string comparison;
  for (const auto& word : split(spaced, ' ')) {
    const std::size_t start = std::min(word.find_first_not_of("<>=!~^"), word.size());
    comparison += word.substr(0, start);
    if (start == word.size()) continue;  // the blank between a comparison and its version
    auto bound = parse_version(std::string_view(word).substr(start));
    constexpr std::string_view kComparisons[] = {"", "=", "!=", "<", "<=", ">", ">=", "~", "^"};
    if (!bound || std::ranges::find(kComparisons, comparison) == std::end(kComparisons))
      return fail(Code::invalid, "'{}' is no range of versions", range).with_cure("as \">= 1.2, < 2\"");
    all = all && holds(version, comparison, *bound);
    comparison.clear();
  }
  return all;
}

}  // namespace

Result<bool> is_in_range(std::string_view tag, std::string_view range) {
  auto version = parse_version(tag);
  if (!version) return false;
  while (true) {
    const std::size_t end = range.find("||");
    if (TRY(is_in_all(*version, range.substr(0, end)))) return true;
    if (end == std::string_view::npos) return false;
    range.remove_prefix(end + 2);
  }
}

}  // namespace gantry::view
