#pragma once

#include "edit/draft.hpp"
#include "edit/merged_tree.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gantry::edit {

/// Layers of an image as one tree, and their tars in files without names, to take the data from.
struct MergedLayers {
  MergedTree tree;
  std::vector<std::shared_ptr<const Fd>> tars;
};

enum class Keep {
  headers,  ///< only the tree is wanted
  data,     ///< `tars` too
};

/// Reads layers, the lowest first, and compares them to their digests. `label` is the image, for errors; `tmp` is a
/// folder for the tars.
Result<MergedLayers> merge(std::span<const DraftLayer> layers, const std::string& label, const std::string& tmp,
                           Keep keep);

struct MergeOptions {
  bool on_base = false;                ///< there are layers below: whiteouts are kept
  std::optional<Timestamp> max_mtime;  ///< later times are written as this one
};

/// Writes a tree as one layer: sorted, every name once, without the names of owners, so that equal trees give the same
/// bytes.
Result<> write_merged(const MergedLayers& layers, Sink& out, const MergeOptions& options);

/// Makes one layer of the topmost `count` ones of an image, with `note` in its history. Code::invalid when it has not
/// so many.
struct SquashOptions {
  std::size_t count = 0;
  archive::Compression compression = archive::Compression::gzip;
  std::optional<Timestamp> max_mtime;
};
Result<> squash(Draft& draft, const SquashOptions& options, const Note& note, const std::string& tmp);

}  // namespace gantry::edit
