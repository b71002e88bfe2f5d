#pragma once

#include "base/result.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::view {

/// An image that a file names.
struct NamedImage {
  std::string name;
  int line = 0;
};

/// What a file of Kubernetes or compose names as images: the values of all `image` keys, and those of `reference` in
/// them, where Kubernetes mounts an image. `file` is its name, for errors.
Result<std::vector<NamedImage>> images_in(std::string_view text, std::string_view file);

/// The same text with each of these names replaced by what `lock` makes of it; nothing else changes by a byte.
Result<std::string> lock_images(std::string_view text, std::string_view file,
                                const std::function<Result<std::string>(const NamedImage&)>& lock);

}  // namespace gantry::view
