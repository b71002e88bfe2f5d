#pragma once

#include "archive/layer_tree.hpp"
#include "base/fd.hpp"

#include <set>
#include <string>
#include <string_view>

namespace gantry::archive {

/// Removes what whiteouts hide from a folder that holds the lower layers, and spares what this layer has brought
/// itself, whichever came first (image-spec layer.md: whiteouts apply to lower layers only).
class LowerContent {
 public:
  explicit LowerContent(LayerTree& tree) : tree_(tree) {}

  /// This layer has brought `path`.
  void add(std::string_view path) { own_.emplace(path); }

  /// ".wh.NAME"
  Result<> hide(std::string_view path);
  /// ".wh..wh..opq"
  Result<> clear(std::string_view folder);

 private:
  bool is_own(const std::string& path) const;
  Result<> clear_folder(const Fd& folder, const std::string& path);
  Result<> hide_at(const Fd& folder, const std::string& name, const std::string& path);

  LayerTree& tree_;
  std::set<std::string> own_;
};

}  // namespace gantry::archive
