#pragma once

#include "progress/meter.hpp"
#include "transfer/origin.hpp"
#include "transfer/rewrite.hpp"
#include "transfer/target.hpp"
#include "transfer/task.hpp"

#include <list>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace gantry::transfer {

/// The blobs of a copy, several at a time where the target takes them so: each in a process of its own, with its own
/// connections. What the target has already is not copied, and no blob twice.
class BlobCopies {
 public:
  struct Settings {
    Rewrite rewrite;
    std::size_t jobs = 1;  ///< at a time
    std::string tmp;       ///< a folder, for layers that are compressed anew
  };
  BlobCopies(const Origin& origin, Target& target, Settings settings, progress::Meter& meter);

  /// Layers and config of a manifest, in the format of `format`.
  Result<> copy(const oci::Manifest& manifest, ManifestFormat format);
  /// What a blob has become, which is itself unless it was compressed anew.
  oci::Descriptor result(const oci::Descriptor& blob) const;

 private:
  struct Blob {
    oci::Descriptor descriptor;
    std::string label;
    ManifestFormat format;
    bool changes = false;
  };
  struct Running {
    Blob blob;
    Task task;
    progress::Item shown;
  };

  Result<bool> must_come(const Blob& blob);
  Result<> start(const Blob& blob);
  Result<> finish_one();
  void finished(const Blob& blob, oci::Descriptor result, progress::Item& shown);
  /// The work itself.
  Result<oci::Descriptor> move(const Blob& blob, const progress::Item& shown) const;
  Result<oci::Descriptor> move_changed(const Blob& blob, const progress::Item& shown) const;

  const Origin& origin_;
  Target& target_;
  Settings settings_;
  progress::Meter& meter_;
  std::set<oci::Digest> seen_;
  std::map<oci::Digest, oci::Descriptor> results_;  ///< of those that were changed
  std::list<Running> running_;
};

}  // namespace gantry::transfer
