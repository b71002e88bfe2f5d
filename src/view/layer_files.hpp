#pragma once

#include "archive/entry.hpp"
#include "transfer/origin.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace gantry::view {

/// The members of one layer's tar, in its order, read no further than somebody asks for. Paths are clean ones.
class LayerFiles {
 public:
  explicit LayerFiles(oci::Descriptor descriptor) : descriptor_(std::move(descriptor)) {}
  virtual ~LayerFiles() = default;

  const oci::Descriptor& descriptor() const { return descriptor_; }

  /// The member at a place; null: there are no more.
  Result<const archive::Entry*> at(std::size_t place);
  /// How many have been read so far.
  std::size_t known() const { return entries_.size(); }
  bool is_complete() const { return complete_; }

  /// The last of the members read so far that has the path; null: none.
  const archive::Entry* find(std::string_view path) const;
  /// Whether one of the members read so far is below the folder `path`.
  bool has_below(std::string_view path) const;

  /// Whether what has been passed can be read again without all that was before it.
  virtual bool is_indexed() const = 0;
  /// The bytes of a file, a member of this. `this` outlives it, and nothing else is asked of it meanwhile.
  virtual Result<std::unique_ptr<Source>> content(const archive::Entry& file) = 0;

 protected:
  /// Adds the next member by add(); false when there is none.
  virtual Result<bool> advance() = 0;
  void add(archive::Entry entry);
  std::size_t place_of(const archive::Entry& entry) const { return places_.find(entry.path)->second; }

 private:
  oci::Descriptor descriptor_;
  std::deque<archive::Entry> entries_;  ///< whose addresses stay
  std::map<std::string, std::size_t, std::less<>> places_;
  bool complete_ = false;
};

enum class Reading {
  sparing,  ///< a few members are wanted: little is fetched ahead
  whole,    ///< all of them are
};

/// Reads a layer by its table of contents where it has one and `use_toc`, else from its start. What is behind the last
/// member that is asked for is not fetched, but for what is on its way already. `origin` outlives it.
Result<std::unique_ptr<LayerFiles>> open_layer_files(const transfer::Origin& origin, const oci::Descriptor& layer,
                                                     bool use_toc, Reading reading);

}  // namespace gantry::view
