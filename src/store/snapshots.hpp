#pragma once

#include "base/result.hpp"

#include <string>
#include <vector>

namespace gantry::store {

/// What a container writes to, above its layers.
struct Snapshot {
  std::string upper;
  std::string work;
};

/// The writable layers of containers: containers/<id>.
class Snapshots {
 public:
  explicit Snapshots(std::string root) : root_(std::move(root)) {}

  /// `lower` are the roots of the layers below, the top first; at least one. Code::exists when the id has one.
  Result<Snapshot> prepare(const std::string& id, const std::vector<std::string>& lower) const;
  /// The one that prepare() made.
  Snapshot get(const std::string& id) const;
  bool has(const std::string& id) const;
  /// Gone from its place in one step. A missing one is fine; nothing may be mounted from it.
  Result<> remove(const std::string& id) const;
  Result<std::vector<std::string>> list() const;

 private:
  std::string folder(const std::string& id) const { return root_ + "/containers/" + id; }
  std::string root_;  ///< of the store
};

}  // namespace gantry::store
