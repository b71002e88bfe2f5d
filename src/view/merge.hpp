#pragma once

#include "archive/entry.hpp"
#include "archive/layer_path.hpp"
#include "base/result.hpp"

#include <string>
#include <string_view>
#include <unordered_map>

namespace gantry::view {

/// Calls `visit` with each folder above `path`, the outermost first, until it returns true.
template <class Visit>
bool any_above(std::string_view path, Visit visit) {
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1))
    if (visit(path.substr(0, slash))) return true;
  return false;
}

/// Layers laid over one another, as an overlay mount does it: says of each member, the layers coming from the top,
/// whether it can be seen.
class Merge {
 public:
  /// Takes the next member of the current layer, whose path is a clean one; true: it can be seen. A whiteout cannot.
  Result<bool> add(const archive::Entry& entry);
  /// The next layer begins.
  void end_layer();

 private:
  /// What some layers have at a path.
  struct State {
    bool folder = false;  ///< also one that is there because something is in it
    bool other = false;
    bool closed = false;  ///< what lower layers have there is not to be seen
    bool seen = false;    ///< it has been shown
  };
  bool is_hidden(std::string_view path) const;

  std::unordered_map<std::string, State> above_;  ///< of all layers that have ended
  std::unordered_map<std::string, State> here_;   ///< of the current one
};

}  // namespace gantry::view
