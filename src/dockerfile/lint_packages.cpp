// What package managers leave behind.

#include "dockerfile/lint_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gantry::dockerfile {

namespace {

struct Manager {
  std::string_view name;
  std::array<std::string_view, 4> installs;  ///< any of these phrases; empty ones end the list
  std::array<std::string_view, 3> cleans;    ///< any of these texts in the same RUN
  std::string_view kept_in;                  ///< a cache mount below this keeps it out of the layer
  std::string_view cure;
};

constexpr Manager kManagers[] = {
    {"apt",
     {"apt-get update", "apt update", "apt-get install", "apt install"},
     {"/var/lib/apt/lists", "/var/lib/apt"},
     "/var/lib/apt",
     "end the RUN with && rm -rf /var/lib/apt/lists/*, or mount caches on /var/lib/apt and /var/cache/apt"},
    {"apk", {"apk add"}, {"--no-cache", "/var/cache/apk"}, "/var/cache/apk", "write apk add --no-cache"},
    {"dnf",
     {"dnf install", "microdnf install"},
     {"clean all", "/var/cache/dnf"},
     "/var/cache/dnf",
     "end the RUN with && dnf clean all"},
    {"yum", {"yum install"}, {"clean all", "/var/cache/yum"}, "/var/cache/yum", "end the RUN with && yum clean all"},
    {"pip",
     {"pip install", "pip3 install"},
     {"--no-cache-dir", "PIP_NO_CACHE_DIR"},
     "/root/.cache",
     "write pip install --no-cache-dir, or mount a cache on /root/.cache/pip"},
};

bool installs(const Manager& manager, std::string_view text) {
  return std::ranges::any_of(manager.installs,
                             [&](std::string_view phrase) { return !phrase.empty() && has_phrase(text, phrase); });
}

bool cleans(const Manager& manager, const Run& run, std::string_view text) {
  const bool in_text = std::ranges::any_of(
      manager.cleans, [&](std::string_view mark) { return !mark.empty() && text.find(mark) != text.npos; });
  return in_text || std::ranges::any_of(run.mounts, [&](const RunMount& mount) {
           return mount.type != MountType::bind && mount.target.starts_with(manager.kept_in);
         });
}

void lint_run(const Run& run, const Position& at, std::vector<Finding>& found) {
  const auto text = text_of(run.command);
  for (const auto& manager : kManagers) {
    if (!installs(manager, text) || cleans(manager, run, text)) continue;
    found.push_back({lint_rule("PackageListsLeft"),
                     fmt::format("{} leaves its lists or caches in the layer", manager.name), std::string(manager.cure),
                     at});
  }
  const bool updates = has_phrase(text, "apt-get update") || has_phrase(text, "apt update");
  const bool uses = has_phrase(text, "install") || has_phrase(text, "upgrade") || has_phrase(text, "dist-upgrade");
  if (updates && !uses) {
    found.push_back({lint_rule("PackageUpdateAlone"),
                     "the lists are cached as they are, and later installs look for packages that are gone",
                     "write apt-get update && apt-get install … in one RUN", at});
  }
}

}  // namespace

void lint_packages(const Dockerfile& file, std::vector<Finding>& found) {
  for (const auto& stage : file.stages) {
    for (const auto& one : stage.instructions) {
      if (const auto* run = std::get_if<Run>(&one.operation)) lint_run(*run, one.at, found);
    }
  }
}

}  // namespace gantry::dockerfile
