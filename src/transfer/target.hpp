#pragma once

#include "base/stream.hpp"
#include "oci/document.hpp"
#include "transfer/rewrite.hpp"

#include <functional>
#include <memory>
#include <string>

namespace gantry::transfer {

/// Makes the stream of a blob, from its byte `from` on.
using Opener = std::function<Result<std::unique_ptr<Source>>(std::uint64_t from)>;

/// Where an image is copied to, whatever the transport: first its blobs, then its manifests, the outermost last.
class Target {
 public:
  virtual ~Target() = default;

  /// For errors: the path or the repository that the user gave.
  virtual const std::string& name() const = 0;
  /// What an image has to be like to go there.
  virtual Rewrite wants() const { return {}; }
  /// Whether it has the blob, so that nothing need be copied.
  virtual Result<bool> has(const oci::Descriptor& blob) = 0;
  /// Whether put_blob() may run several times at once, each in a process of its own.
  virtual bool takes_several() const { return false; }
  /// Takes a blob and compares it to its digest.
  virtual Result<> put_blob(const oci::Descriptor& blob, const Opener& open) = 0;
  /// A manifest or index that the root refers to.
  virtual Result<> put_manifest(const oci::Document& document) = 0;
  /// The manifest or index that the whole is known by. Without it nothing new is to be seen there.
  virtual Result<> finish(const oci::Document& root) = 0;
};

}  // namespace gantry::transfer
