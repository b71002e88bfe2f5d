#pragma once

#include "base/clock.hpp"
#include "content/scratch.hpp"
#include "runtime/runtime.hpp"
#include "store/store.hpp"
#include "transfer/upper_layer.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gantry::build {

/// Folders that outlive a process, where steps write: those of a working container.
struct KeptUpper {
  std::string upper;
  std::string work;
  std::string mounted;  ///< where all of it is mounted on the host; empty: it is not
};

/// Where steps write: a new layer above others. Unless it is sealed nothing is left of it.
class Workspace {
 public:
  /// `layers`: diff ids, the base first; none at all is an empty root.
  static Result<Workspace> make(const store::Store& store, std::span<const oci::Digest> layers);
  /// The same with folders that are there and stay.
  static Result<Workspace> reopen(const store::Store& store, std::span<const oci::Digest> layers,
                                  const KeptUpper& kept);
  Workspace(Workspace&&) = default;
  ~Workspace();

  /// All of it as one tree that can be written to: the root of a detached mount. Never two at a time, nor one beside a
  /// container's.
  Result<Fd> open() const;
  /// For a container: what it mounts itself. None: root() is mounted already.
  std::optional<runtime::OverlayRoot> overlay() const;
  /// The folder of its root.
  std::string root() const { return mounted_.empty() ? scratch_.path() + "/rootfs" : mounted_; }
  /// Roots of the layers, the top first, what was written here above them.
  std::vector<std::string> tree() const;
  /// A folder for what the step itself needs; not a part of the result.
  std::string folder() const { return scratch_.path(); }

  Result<transfer::SealedLayer> seal(Timestamp latest);

 private:
  Workspace(const store::Store& store, content::Scratch scratch) : store_(&store), scratch_(std::move(scratch)) {}
  Result<> make_upper();
  Result<> find_lower(std::span<const oci::Digest> layers);

  const store::Store* store_;
  content::Scratch scratch_;
  std::optional<store::LayerStaging> staging_;  ///< none: the folders are somebody else's
  std::string upper_;
  std::string work_;
  std::string mounted_;
  std::vector<std::string> lower_;
};

/// Gives a folder the owner and mode of the root of a layer, which is to lie below it.
Result<> copy_root(const std::string& layer, const std::string& folder);

/// The tree of some layers, read-only: the root of a detached mount.
Result<Fd> open_tree(const store::Store& store, std::span<const oci::Digest> layers);

}  // namespace gantry::build
