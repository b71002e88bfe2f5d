#pragma once

#include "oci/digest.hpp"
#include "view/image_files.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace gantry::view {

/// What a layer does to a path.
struct Change {
  enum class Kind { added, changed, removed };
  Kind kind = Kind::added;
  std::string path;
  std::uint64_t size = 0;  ///< bytes of a file that it brings, or of what it removes
  archive::Kind file = archive::Kind::file;
};

struct LayerReport {
  oci::Descriptor descriptor;
  oci::Digest diff_id;
  std::string created;  ///< RFC 3339; this and the next two by the config's history
  std::string created_by;
  std::string comment;
  std::uint64_t size = 0;  ///< bytes of all files in it
  std::uint64_t added = 0, changed = 0, removed = 0;
  std::vector<Change> changes;  ///< by path
};

/// A file that takes room in a layer and cannot be seen in the image, or not as it is there.
struct Waste {
  std::string path;
  std::uint64_t size = 0;  ///< bytes, over all layers
  unsigned times = 0;      ///< how often it has been overwritten or removed
};

struct ImageReport {
  std::vector<LayerReport> layers;  ///< the base first
  std::uint64_t size = 0;           ///< bytes of all files in all layers
  std::uint64_t wasted = 0;
  std::vector<Waste> waste;  ///< the largest first
  /// The part of all bytes that can be seen: 1 when nothing is wasted.
  double efficiency() const { return size == 0 ? 1 : 1 - static_cast<double>(wasted) / static_cast<double>(size); }
};

/// Reads the lists of files of all layers, and so the layers that have no table of contents.
Result<ImageReport> report_layers(const transfer::Origin& origin, const transfer::Listed& image,
                                  const FilesOptions& options);

/// A page that shows the report, by itself: without scripts and without anything from elsewhere.
std::string html_page(const std::string& title, const ImageReport& report);

}  // namespace gantry::view
