#pragma once

#include "base/json_options.hpp"
#include "base/result.hpp"

#include <boost/describe/class.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace gantry::oci {

/// What an image needs of a machine (image-spec image-index.md, "platform"), in Go's names: linux, amd64, v7.
struct Platform {
  std::string architecture;
  std::string os;
  std::string os_version;
  std::vector<std::string> os_features;
  std::string variant;  ///< of the CPU; empty: the architecture's usual one

  bool operator==(const Platform&) const = default;
};
BOOST_DESCRIBE_STRUCT(Platform, (), (architecture, os, os_version, os_features, variant))
constexpr json::Options json_options(const Platform*) {
  return {.names = {{"os_version", "os.version"}, {"os_features", "os.features"}}, .required = {"architecture", "os"}};
}

/// "linux/arm64/v8", "arm64" (on linux), "linux/x86_64"; the result is normalized.
Result<Platform> parse_platform(std::string_view text);
/// "linux/arm/v7"
std::string text_of(const Platform& platform);

/// Other spellings of the same machine made one: x86_64 → amd64, aarch64 → arm64, armhf → arm/v7, arm64/v8 → arm64.
Platform normalized(Platform platform);

/// This machine, from uname(2).
Platform host_platform();

/// How well an image made for `image` runs on `host`: 0 not at all, else higher is better. An exact match is the best;
/// an older variant of the same architecture runs too (arm/v6 on v7), and so do 386 on amd64 and arm on arm64, least
/// well.
int match(const Platform& host, const Platform& image);

}  // namespace gantry::oci
