#pragma once

#include "base/file.hpp"
#include "content/blobs.hpp"
#include "store/images.hpp"
#include "store/layers.hpp"
#include "store/snapshots.hpp"
#include "store/storage_options.hpp"
#include "store/trees.hpp"

#include <string>

namespace gantry::store {

/// Everything about images under one folder, which is an OCI image layout that other tools can read:
///   oci-layout index.json blobs/   the images as they came
///   layers/                        the same, unpacked
///   trees/                         the same, put together (driver btrfs)
///   containers/                    what containers write
///   tmp/                           what is not finished
/// Holds no state but the path; any number of processes may use one store.
class Store {
 public:
  /// Makes the store when it is not there; else one system call.
  /// `driver` and `options` are for what comes into it.
  static Result<Store> open(const std::string& root, const Driver& driver = overlay_driver(),
                            const StorageOptions& options = {});

  /// Whether a folder is a store already, and not another's layout.
  static bool is_at(const std::string& root);

  const std::string& root() const { return root_; }
  const content::Blobs& blobs() const { return blobs_; }
  const Images& images() const { return images_; }
  const Layers& layers() const { return layers_; }
  const Trees& trees() const { return trees_; }
  const Snapshots& snapshots() const { return snapshots_; }
  const Limits& limits() const { return options_.limits; }
  const ErofsOptions& erofs() const { return options_.erofs; }

  /// By how many bytes it may grow; Limits::kNone where only the disk limits it. It looks at every blob and layer.
  Result<std::uint64_t> room() const;

  /// Nothing is collected while this is held. Take it before looking for what you mean to use (an image to run, a blob
  /// that need not be copied), and keep it until that is on record: in index.json, in the database.
  Result<Lock> use() const;
  /// The other side of use().
  Result<Lock> use_alone() const;
  /// As use_alone(); Code::busy when someone uses the store.
  Result<Lock> try_use_alone() const;

  /// Removes what killed processes left in tmp.
  Result<> sweep() const;

 private:
  Store(const std::string& root, const Driver& driver, const StorageOptions& options);

  std::string root_;
  content::Blobs blobs_;
  Images images_;
  Layers layers_;
  Trees trees_;
  Snapshots snapshots_;
  StorageOptions options_;
};

}  // namespace gantry::store
