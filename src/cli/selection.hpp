#pragma once

#include "cli/context.hpp"
#include "options/option.hpp"

#include <string>
#include <vector>

namespace gantry::cli {

/// Which containers a command works on, besides those that are named.
struct Selection {
  bool all = false;
  bool latest = false;
  std::vector<std::string> filters;
  std::vector<std::string> cidfiles;
};

/// Which containers --all means.
enum class Among { running, paused, resting, every };

/// The names as they were given, or the ids of those that were chosen otherwise. Code::invalid when nothing is chosen,
/// or in two ways. With `ignore` a missing --cidfile names nothing.
Result<std::vector<std::string>> selected_containers(engine::Engine& engine, const std::vector<std::string>& names,
                                                     const Selection& selection, Among among, bool ignore = false);
/// The id of the container that was made last.
Result<std::string> latest_container(engine::Engine& engine);

/// Rows for tables of options that write into a Selection.
namespace select {

consteval options::Option all(char letter, std::string_view help) {
  return options::flag<&Selection::all>(letter, "all", help);
}
consteval options::Option latest() {
  return options::flag<&Selection::latest>('l', "latest", "Choose the container that was made last");
}
consteval options::Option cidfile() {
  return options::option<&Selection::cidfiles>(0, "cidfile", "FILE", "Choose the container whose ID is in a file")
      .completing(options::Completes::files);
}
consteval options::Option filter(char letter) {
  return options::option<&Selection::filters>(letter, "filter", "KEY=VALUE", "Choose as `gantry ps --filter` does");
}

}  // namespace select

}  // namespace gantry::cli
