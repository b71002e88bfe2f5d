#include "engine/storage.hpp"

#include "base/id.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace gantry::engine {

bool is_covered(const ContainerConfig& config, const std::string& target) {
  return std::ranges::any_of(config.mounts, [&](const Mount& mount) { return mount.target == target; });
}

Result<> take_volumes_from(ContainerConfig& config, const std::function<Result<Record>(const std::string&)>& find) {
  for (const auto& word : config.volumes_from) {
    auto [name, options, has_options] = cut(word, ':');
    const Record other = TRY(with_context(find(std::string(name)), "option --volumes-from"));
    const auto words = has_options ? split(options, ',') : std::vector<std::string>();
    for (const auto& option : words)
      if (option != "ro" && option != "rw" && option != "z" && option != "Z")
        return fail(Code::invalid, "option --volumes-from: '{}' is none of ro, rw, z", option);
    for (Mount mount : other.config.mounts) {
      // Memory of its own and further images are no volumes.
      if ((mount.type != "bind" && mount.type != "volume") || is_covered(config, mount.target)) continue;
      if (std::ranges::find(words, "ro") != words.end()) mount.options.emplace_back("ro");
      // It goes with the container that it was made for.
      mount.anonymous = false;
      config.mounts.push_back(std::move(mount));
    }
  }
  config.volumes_from.clear();
  return {};
}

Result<> name_mounts(ContainerConfig& config, const store::Images& images) {
  for (Mount& mount : config.mounts) {
    if (mount.type == "volume" && mount.source.empty()) {
      mount.source = random_hex(32);
      mount.anonymous = true;
    } else if (mount.type == "image") {
      mount.source = TRY(with_context(images.find(mount.source), "mount on {}", mount.target)).id;
    }
  }
  return {};
}

Result<> make_volumes(const Volumes& volumes, const ContainerConfig& config) {
  for (const Mount& mount : config.mounts) {
    if (mount.type != "volume") continue;
    auto made = volumes.create({.name = mount.source, .created = now(), .anonymous = mount.anonymous});
    // Another container may make it at the same time.
    if (!made && made.error().code() != Code::exists) return made;
  }
  return {};
}

Result<> remove_anonymous_volumes(const Volumes& volumes, const ContainerConfig& config) {
  for (const Mount& mount : config.mounts)
    if (mount.type == "volume" && mount.anonymous) TRY(volumes.remove(mount.source));
  return {};
}

bool uses_volume(const ContainerConfig& config, const std::string& name) {
  return std::ranges::any_of(config.mounts,
                             [&](const Mount& mount) { return mount.type == "volume" && mount.source == name; });
}

bool uses_image(const ContainerConfig& config, const std::string& id) {
  return std::ranges::any_of(config.mounts,
                             [&](const Mount& mount) { return mount.type == "image" && mount.source == id; });
}

}  // namespace gantry::engine
