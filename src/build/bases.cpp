#include "build/bases.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace gantry::build {

Result<const store::Image*> Bases::find(const std::string& name, const oci::Platform& platform) {
  const std::string key = name + " " + oci::text_of(platform);
  if (const auto known = found_.find(key); known != found_.end()) return &known->second;
  auto image = TRY(load(name, platform));
  return &found_.emplace(key, std::move(image)).first->second;
}

std::vector<Material> Bases::materials() const {
  std::vector<Material> materials;
  for (const auto& [key, image] : found_) {
    const auto [name, platform, found] = cut(key, ' ');
    materials.push_back({.uri = fmt::format("pkg:docker/{}?platform={}", name, platform),
                         .digest = {{"sha256", image.descriptor.digest.hex()}}});
  }
  return materials;
}

/// An image without a platform of its own is for every one.
bool Bases::is_whole(const store::Image& image, const oci::Platform& platform) const {
  if (!image.config.architecture.empty() && oci::match(platform, oci::platform_of(image.config)) == 0) return false;
  return std::ranges::all_of(image.config.rootfs.diff_ids,
                             [&](const oci::Digest& layer) { return store_.layers().has(layer); });
}

Result<store::Image> Bases::load(const std::string& name, const oci::Platform& platform) {
  auto there = store_.images().find(name);
  const bool is_there = there && is_whole(*there, platform);
  if (is_there && (pull_ == Pull::missing || pull_ == Pull::never)) return std::move(*there);
  if (pull_ == Pull::never) {
    if (there) return fail(Code::not_found, "image '{}' is not there for {}", name, oci::text_of(platform));
    return std::move(there.error());
  }
  auto fetched = fetch_(name, platform);
  if (!fetched) {
    if (is_there && pull_ == Pull::newer) return std::move(*there);
    return std::move(fetched.error()).with_context(fmt::format("base image '{}'", name));
  }
  auto image = TRY(store_.images().find(name));
  if (!is_whole(image, platform))
    return fail(Code::unsupported, "image '{}' is not for {}", name, oci::text_of(platform))
        .with_cure("build for its platform: --platform " + oci::text_of(oci::platform_of(image.config)));
  return image;
}

}  // namespace gantry::build
