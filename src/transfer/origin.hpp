#pragma once

#include "base/stream.hpp"
#include "oci/document.hpp"

#include <memory>
#include <string>
#include <vector>

namespace gantry::transfer {

/// An image that an origin has: for one platform, or an index of several.
struct Listed {
  std::vector<std::string> names;  ///< canonical references; may be empty
  std::string label;               ///< for errors: a name, or a digest
  oci::Descriptor root;            ///< of its manifest or index
};

/// Where images come from, whatever the transport. All that it holds is hostile.
class Origin {
 public:
  virtual ~Origin() = default;

  /// For errors: the path or the repository that the user gave.
  virtual const std::string& name() const = 0;
  /// The images there: the one that `reference` means, or all when it is empty. None is no error.
  virtual Result<std::vector<Listed>> list(const std::string& reference) const = 0;
  /// The bytes behind a descriptor, unchecked. Any number may be read at a time, also in different processes after a
  /// fork. `this` outlives it.
  virtual Result<std::unique_ptr<Source>> open(const oci::Descriptor& descriptor) const = 0;
  /// The same from byte `from` on.
  virtual Result<std::unique_ptr<Source>> open_at(const oci::Descriptor& descriptor, std::uint64_t from) const;

  /// Whether open_part() moves no other bytes than those that are asked for.
  virtual bool has_parts() const { return false; }
  /// The bytes of a blob from `from` up to `until`, unchecked.
  virtual Result<std::unique_ptr<Source>> open_part(const oci::Descriptor& descriptor, std::uint64_t from,
                                                    std::uint64_t until) const;

  /// A manifest, index or config; Code::corrupt when it is not what the descriptor says.
  Result<oci::Document> document(const oci::Descriptor& descriptor) const;
};

}  // namespace gantry::transfer
