#pragma once

#include "base/result.hpp"

#include <functional>
#include <string>
#include <vector>

namespace gantry::store {

/// What a container writes to.
struct Snapshot {
  std::string root;   ///< all of its files; empty: `upper` is above its layers
  std::string upper;  ///< empty: `root` is there instead
  std::string work;   ///< overlayfs's; always there
};

/// What containers write, each in containers/<id>: a layer above those of the image, or all of the container's files.
class Snapshots {
 public:
  explicit Snapshots(std::string root) : root_(std::move(root)) {}

  /// `lower` are the roots of the layers below, the top first; at least one. Code::exists when the id has one.
  Result<Snapshot> prepare(const std::string& id, const std::vector<std::string>& lower) const;
  /// One that has all files: `make` makes the folder that it is given.
  Result<Snapshot> prepare_whole(const std::string& id,
                                 const std::function<Result<>(const std::string& path)>& make) const;
  /// The one that prepare() or prepare_whole() made.
  Snapshot get(const std::string& id) const;
  bool has(const std::string& id) const;
  /// Gone from its place in one step. A missing one is fine; nothing may be mounted from it.
  Result<> remove(const std::string& id) const;
  Result<std::vector<std::string>> list() const;

 private:
  /// Makes the folder, and leaves nothing of it when `fill` fails.
  Result<Snapshot> make(const std::string& id, const std::function<Result<>(const std::string& folder)>& fill) const;
  std::string folder(const std::string& id) const { return root_ + "/containers/" + id; }
  std::string root_;  ///< of the store
};

}  // namespace gantry::store
