#pragma once

#include "oci/platform.hpp"
#include "view/layer_files.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace gantry::view {

struct FilesOptions {
  std::optional<oci::Platform> platform;  ///< of an index; default: this machine
  bool use_toc = true;
};

/// A file of an image, and the layer that a container has it from.
struct FoundFile {
  std::size_t layer = 0;  ///< 0 is the top
  archive::Entry entry;   ///< a folder without a member of its own has its path and kind alone
};

/// The files of an image as a container of it sees them. Layers are read from the top, and no more of them than what is
/// asked for takes: all bytes are hostile, and the digest of a layer is compared only where a table of contents has
/// one.
class ImageFiles {
 public:
  /// `origin` outlives it.
  static Result<ImageFiles> open(const transfer::Origin& origin, const transfer::Listed& image,
                                 const FilesOptions& options = {});

  /// What is at `path`, with the symlinks on the way, and with `follow` also one that it is itself, followed inside the
  /// image. Code::not_found when there is nothing.
  Result<FoundFile> find(std::string_view path, bool follow = true);
  /// The file that a hardlink means; any other file is itself.
  Result<FoundFile> target_of(const FoundFile& file);
  /// The bytes of a file, through hardlinks. `this` outlives it, and nothing else is asked of it meanwhile.
  /// Code::invalid when it is no file.
  Result<std::unique_ptr<Source>> content(const FoundFile& file);

  /// Calls `visit` with everything that a container sees at and below the folder `path` (a clean one; empty: the root),
  /// in the order of the layers from the top and of their tars. Their bytes may be read by content() there and then.
  Result<> each(std::string_view path, const std::function<Result<>(const FoundFile&)>& visit);

  const std::vector<oci::Descriptor>& layers() const { return layers_; }  ///< the top first

 private:
  struct Looked;
  ImageFiles(const transfer::Origin& origin, std::string label) : origin_(&origin), label_(std::move(label)) {}
  Result<LayerFiles*> layer(std::size_t number, Reading reading = Reading::sparing);
  Result<Looked> look(const std::string& path, std::size_t from);
  Result<std::optional<FoundFile>> look_in(std::size_t number, const std::string& path, Looked& so_far);

  const transfer::Origin* origin_;
  std::string label_;
  bool use_toc_ = true;
  std::vector<oci::Descriptor> layers_;
  std::vector<std::unique_ptr<LayerFiles>> files_;  ///< of the layers that have been opened
};

}  // namespace gantry::view
