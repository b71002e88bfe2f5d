#include "cli/volume_filter.hpp"

#include "cli/moment.hpp"
#include "options/value.hpp"

#include <algorithm>

namespace gantry::cli {

Result<VolumeFilter> VolumeFilter::make(const Filters& filters, Timestamp now) {
  VolumeFilter filter;
  for (const auto& [key, value] : filters) TRY(with_context(filter.add(key, value, now), "option --filter"));
  return filter;
}

Result<> VolumeFilter::add(const std::string& key, const std::string& value, Timestamp now) {
  if (key == "name") names_.push_back(value);
  else if (key == "driver") drivers_.push_back(value);
  else if (key == "label") labels_.push_back(value);
  else if (key == "label!") no_labels_.push_back(value);
  else if (key == "opt") options_.push_back(value);
  else if (key == "dangling") dangling_ = TRY(options::read_flag(value));
  else if (key == "anonymous" || key == "all") anonymous_ = TRY(options::read_flag(value));
  else if (key == "since" || key == "after") since_ = TRY(read_moment(value, now));
  else if (key == "until") until_ = TRY(read_moment(value, now));
  else if (key != "scope" || value != "local")
    return fail(Code::invalid, "volumes are not filtered by '{}={}'", key, value)
        .with_cure("filter by name, driver, label, label!, opt, scope=local, since, until, dangling or anonymous");
  return {};
}

bool VolumeFilter::takes(const engine::Volume& volume, const std::function<bool(const std::string&)>& is_used) const {
  auto has = [&](const std::string& label) { return has_label(volume.labels, label); };
  auto has_option = [&](const std::string& option) { return has_label(volume.options, option); };
  auto in_name = [&](const std::string& part) { return volume.name.find(part) != std::string::npos; };
  if (!names_.empty() && std::ranges::none_of(names_, in_name)) return false;
  if (!drivers_.empty() && std::ranges::find(drivers_, volume.driver) == drivers_.end()) return false;
  if (!std::ranges::all_of(labels_, has) || std::ranges::any_of(no_labels_, has)) return false;
  if (!std::ranges::all_of(options_, has_option)) return false;
  if (anonymous_ && volume.anonymous != *anonymous_) return false;
  if (since_ && volume.created < *since_) return false;
  if (until_ && volume.created >= *until_) return false;
  return !dangling_ || is_used(volume.name) != *dangling_;
}

}  // namespace gantry::cli
