#include "oci/platform.hpp"

#include "base/text.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <array>

namespace gantry::oci {

namespace {

constexpr std::array<std::string_view, 17> kSystems{"aix",     "android", "darwin",  "dragonfly", "freebsd", "hurd",
                                                    "illumos", "ios",     "js",      "linux",     "nacl",    "netbsd",
                                                    "openbsd", "plan9",   "solaris", "windows",   "zos"};

struct Spelling {
  std::string_view name;  ///< uname's or a distribution's
  std::string_view architecture;
  std::string_view variant = {};  ///< that the name implies
};

constexpr std::array<Spelling, 22> kSpellings{{{"x86_64", "amd64"},
                                               {"x86-64", "amd64"},
                                               {"i386", "386"},
                                               {"i486", "386"},
                                               {"i586", "386"},
                                               {"i686", "386"},
                                               {"x86", "386"},
                                               {"aarch64", "arm64"},
                                               {"aarch64_be", "arm64be"},
                                               {"armhf", "arm", "v7"},
                                               {"armel", "arm", "v6"},
                                               {"armv5tel", "arm", "v5"},
                                               {"armv5l", "arm", "v5"},
                                               {"armv6l", "arm", "v6"},
                                               {"armv7l", "arm", "v7"},
                                               {"armv7", "arm", "v7"},
                                               {"armv8l", "arm", "v8"},
                                               {"loongarch64", "loong64"},
                                               {"mipsel", "mipsle"},
                                               {"mips64el", "mips64le"},
                                               {"ppc64el", "ppc64le"},
                                               {"powerpc64le", "ppc64le"}}};

/// The variant that an architecture has when none is stated, as a number.
int usual_level(std::string_view architecture) {
  return architecture == "arm64" ? 8 : architecture == "arm" ? 7 : architecture == "amd64" ? 1 : 0;
}

/// Variants are v5, v6, … and each runs what the ones before it run; -1 when it is something else.
int level_of(const Platform& platform) {
  if (platform.variant.empty()) return usual_level(platform.architecture);
  const auto number = parse_unsigned(std::string_view(platform.variant).substr(1));
  return platform.variant[0] == 'v' && number && *number < 100 ? static_cast<int>(*number) : -1;
}

bool is_word(std::string_view text) {
  auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  };
  return !text.empty() && std::ranges::all_of(text, fits);
}

}  // namespace

Platform normalized(Platform platform) {
  platform.os = to_lower(platform.os);
  platform.architecture = to_lower(platform.architecture);
  platform.variant = to_lower(platform.variant);
  if (platform.os == "macos") platform.os = "darwin";
  for (const Spelling& spelling : kSpellings) {
    if (platform.architecture != spelling.name) continue;
    platform.architecture = spelling.architecture;
    if (!spelling.variant.empty()) platform.variant = spelling.variant;
    break;
  }
  if (!platform.variant.empty() && platform.variant[0] >= '0' && platform.variant[0] <= '9')
    platform.variant.insert(0, "v");
  if (platform.architecture == "arm" && platform.variant.empty()) platform.variant = "v7";
  if ((platform.architecture == "arm64" && platform.variant == "v8") ||
      (platform.architecture == "amd64" && platform.variant == "v1") || platform.architecture == "386")
    platform.variant.clear();
  return platform;
}

Result<Platform> parse_platform(std::string_view text) {
  const auto parts = split(text, '/');
  if (parts.size() > 3 || !std::ranges::all_of(parts, is_word))
    return fail(Code::invalid, "'{}' is not a platform; write it as linux/amd64 or linux/arm/v7", text);
  Platform platform;
  if (parts.size() > 1) {
    platform.os = parts[0];
    platform.architecture = parts[1];
    if (parts.size() > 2) platform.variant = parts[2];
  } else if (const std::string word = to_lower(parts[0]); std::ranges::find(kSystems, word) != kSystems.end()) {
    platform = host_platform();
    platform.os = word;
  } else {
    platform.os = "linux";
    platform.architecture = word;
  }
  return normalized(std::move(platform));
}

std::string text_of(const Platform& platform) {
  std::string text = platform.os + "/" + platform.architecture;
  if (!platform.variant.empty()) text += "/" + platform.variant;
  return text;
}

Platform host_platform() {
  utsname name{};
  uname(&name);  // fails for a bad address alone
  return normalized({.architecture = name.machine, .os = name.sysname});
}

int match(const Platform& host, const Platform& image) {
  const Platform ours = normalized(host), theirs = normalized(image);
  if (ours.os != theirs.os) return 0;
  const int wanted = level_of(theirs);
  if (ours.architecture == theirs.architecture) {
    if (ours.variant == theirs.variant) return 1000;
    return wanted >= 0 && wanted <= level_of(ours) ? 500 + wanted : 0;
  }
  if (ours.architecture == "amd64" && theirs.architecture == "386") return 1;
  // Most 64-bit ARM processors run 32-bit programs; one that does not says so at exec.
  if (ours.architecture == "arm64" && theirs.architecture == "arm" && wanted >= 0) return 1 + wanted;
  return 0;
}

}  // namespace gantry::oci
