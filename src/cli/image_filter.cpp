#include "cli/image_filter.hpp"

#include "cli/moment.hpp"
#include "options/value.hpp"

#include <fnmatch.h>

#include <algorithm>

namespace gantry::cli {

bool reference_matches(const std::string& pattern, const std::string& name) {
  auto reference = oci::parse_reference(name);
  if (!reference) return false;
  const std::string tag = reference->tag.empty() ? "" : ":" + reference->tag;
  // "localhost/team/web" is also known as "team/web" and "web"; each with its tag and without.
  std::string repository = reference->name();
  while (true) {
    for (const auto& form : {repository, repository + tag})
      if (fnmatch(pattern.c_str(), form.c_str(), FNM_PATHNAME) == 0) return true;
    auto slash = repository.find('/');
    if (slash == repository.npos) break;
    repository.erase(0, slash + 1);
  }
  return pattern == reference->canonical();
}

CreationOf creation_in(const store::Images& images) {
  return [&images](const std::string& name) -> Result<Timestamp> {
    const std::string id = TRY(images.find(name)).id;
    for (const auto& image : TRY(images.list()))
      if (image.id == id) return image.created;
    return fail(Code::not_found, "image '{}' has just gone", name);
  };
}

Result<ImageFilter> ImageFilter::make(const Filters& filters, const CreationOf& creation_of, Timestamp now) {
  ImageFilter filter;
  for (const auto& [key, value] : filters) {
    if (key == "reference") filter.references_.push_back(value);
    else if (key == "label") filter.labels_.push_back(value);
    else if (key == "label!") filter.no_labels_.push_back(value);
    else if (key == "until") filter.before_.push_back(TRY(with_context(read_moment(value, now), "option --filter")));
    else if (key == "before") filter.before_.push_back(TRY(with_context(creation_of(value), "option --filter")));
    else if (key == "since") filter.since_.push_back(TRY(with_context(creation_of(value), "option --filter")));
    else if (key == "id") filter.ids_.push_back(value);
    else if (key == "dangling") filter.dangling_ = TRY(with_context(options::read_flag(value), "option --filter"));
    else
      return fail(Code::invalid, "option --filter: images have no '{}'", key)
          .with_cure("filter by reference, dangling, label, label!, until, before, since or id");
  }
  return filter;
}

bool ImageFilter::shows_image(const store::ImageSummary& image) const {
  if (dangling_ && *dangling_ != image.names.empty()) return false;
  auto begins = [&](const std::string& id) { return image.id.starts_with(id); };
  if (!ids_.empty() && std::ranges::none_of(ids_, begins)) return false;
  auto made_before = [&](Timestamp moment) { return image.created < moment; };
  auto made_after = [&](Timestamp moment) { return image.created > moment; };
  if (!std::ranges::all_of(before_, made_before) || !std::ranges::all_of(since_, made_after)) return false;
  auto has = [&](const std::string& label) { return has_label(image.labels, label); };
  return std::ranges::all_of(labels_, has) && std::ranges::none_of(no_labels_, has);
}

bool ImageFilter::shows_name(const std::string& name) const {
  if (references_.empty()) return true;
  return std::ranges::any_of(references_, [&](const std::string& each) { return reference_matches(each, name); });
}

std::vector<std::string> ImageFilter::names_of(const store::ImageSummary& image) const {
  std::vector<std::string> names;
  if (!shows_image(image)) return names;
  for (const auto& name : image.names)
    if (shows_name(name)) names.push_back(name);
  if (image.names.empty() && references_.empty()) names.emplace_back();
  return names;
}

}  // namespace gantry::cli
