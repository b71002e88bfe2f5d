#include "retention/retention.hpp"

#include "accounts/directory.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace gantry::retention {

namespace {

/// Somebody may be about to name what was pushed since then.
constexpr std::int64_t kGrace = 3600 * kSecond;

using Digests = std::set<std::string>;

bool fits(const std::vector<std::string>& patterns, const std::string& tag) {
  return std::ranges::any_of(patterns, [&](const auto& each) { return accounts::matches_pattern(each, tag); });
}

struct Tag {
  std::string name;
  Timestamp time = 0;
};

/// Images that are about others by their tags are no longer tagged, and have a subject.
std::vector<Image> with_subjects(std::vector<Image> images) {
  for (auto& image : images) {
    if (image.tags.empty()) continue;
    const auto subject = subject_of_tag(image.tags.front());
    if (!subject || !std::ranges::all_of(image.tags, [](const auto& tag) { return subject_of_tag(tag).has_value(); }))
      continue;
    if (!image.subject) image.subject = subject;
    image.tags.clear();
  }
  return images;
}

std::set<std::string> expired_tags(const std::vector<Image>& images, const Rule& rule, Timestamp now) {
  std::vector<Tag> tags;
  if (rule.is_about_tags())
    for (const auto& image : images)
      for (const auto& tag : image.tags)
        if ((rule.tags.empty() || fits(rule.tags, tag)) && !fits(rule.keep, tag)) tags.push_back({tag, image.time});
  std::ranges::stable_sort(tags, [](const Tag& a, const Tag& b) { return a.time > b.time; });
  std::set<std::string> names;
  std::int64_t left = rule.keep_last.value_or(0);
  for (const auto& tag : tags) {
    const bool stays = tag.time == 0 || left > 0 || tag.time > now - rule.older_than;
    if (tag.time != 0) --left;
    if (!stays) names.insert(tag.name);
  }
  return names;
}

/// Which images come with which: an index has its images, and an image has what is about it.
class Links {
 public:
  explicit Links(const std::vector<Image>& images) {
    for (const auto& image : images) {
      const std::string digest = image.digest.text();
      for (const auto& part : image.parts) parts_[digest].push_back(part.text());
      if (image.subject) about_[image.subject->text()].push_back(digest);
    }
  }

  /// Adds to `found` what comes with those in it.
  void close(Digests& found) const {
    std::vector<std::string> left(found.begin(), found.end());
    while (!left.empty()) {
      const std::string digest = std::move(left.back());
      left.pop_back();
      for (const auto* links : {&parts_, &about_})
        if (const auto with = links->find(digest); with != links->end())
          for (const auto& each : with->second)
            if (found.insert(each).second) left.push_back(each);
    }
  }

 private:
  std::map<std::string, std::vector<std::string>> parts_, about_;
};

/// What names another image or is about it comes before that one.
std::vector<Image> in_order(std::vector<Image> images) {
  std::map<std::string, std::size_t> numbers;
  for (std::size_t i = 0; i < images.size(); ++i) numbers.emplace(images[i].digest.text(), i);
  std::vector<std::vector<std::size_t>> behind(images.size());
  std::vector<std::size_t> before(images.size());
  auto link = [&](std::size_t from, const oci::Digest& to) {
    const auto found = numbers.find(to.text());
    if (found == numbers.end()) return;
    behind[from].push_back(found->second);
    ++before[found->second];
  };
  for (std::size_t i = 0; i < images.size(); ++i) {
    for (const auto& part : images[i].parts) link(i, part);
    if (images[i].subject) link(i, *images[i].subject);
  }
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < images.size(); ++i)
    if (before[i] == 0) order.push_back(i);
  for (std::size_t at = 0; at < order.size(); ++at)
    for (const std::size_t next : behind[order[at]])
      if (--before[next] == 0) order.push_back(next);
  // Circles, which digests do not allow, would be left out, and so stay.
  std::vector<Image> ordered;
  for (const std::size_t i : order) ordered.push_back(std::move(images[i]));
  return ordered;
}

}  // namespace

std::optional<oci::Digest> subject_of_tag(const std::string& tag) {
  constexpr std::size_t kSize = 7 + 64;
  if (!tag.starts_with("sha256-") || tag.size() < kSize) return std::nullopt;
  if (tag.size() > kSize && tag[kSize] != '.') return std::nullopt;
  auto digest = oci::Digest::parse("sha256:" + tag.substr(7, 64));
  return digest ? std::optional(std::move(*digest)) : std::nullopt;
}

std::vector<Image> expired(const std::vector<Image>& all, const Rule& rule, Timestamp now) {
  const auto images = with_subjects(all);
  const auto tags = expired_tags(images, rule, now);
  auto goes = [&](const Image& image) {
    return !image.tags.empty() && std::ranges::all_of(image.tags, [&](const auto& tag) { return tags.contains(tag); });
  };
  Digests gone, kept;
  for (const auto& image : images)
    if (goes(image)) gone.insert(image.digest.text());
  const Links links(images);
  links.close(gone);
  const std::int64_t least = std::max(rule.older_than, kGrace);
  for (const auto& image : images) {
    const bool is_untagged = image.tags.empty();
    const bool is_old = rule.untagged && image.time != 0 && image.time <= now - least;
    if (is_untagged ? !is_old && !gone.contains(image.digest.text()) : !goes(image)) kept.insert(image.digest.text());
  }
  links.close(kept);
  std::vector<Image> expired;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (kept.contains(all[i].digest.text())) continue;
    expired.push_back(images[i]);
    expired.back().tags = all[i].tags;
  }
  return in_order(std::move(expired));
}

}  // namespace gantry::retention
