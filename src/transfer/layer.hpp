#pragma once

#include "base/stream.hpp"
#include "content/blobs.hpp"
#include "oci/image_spec.hpp"
#include "store/store.hpp"
#include "transfer/task.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace gantry::transfer {

/// A layer that is to come into the store, and what it must turn out to be; empty: not known before.
struct LayerOrder {
  std::string label;  ///< "layer 2 of localhost/busybox:latest"
  std::unique_ptr<Source> source;
  oci::Digest digest;
  std::optional<std::int64_t> size;
  oci::Digest diff_id;
  bool keep_blob = true;  ///< false: the store has the blob
  bool unpack = true;     ///< false: the store has it unpacked

  // Set by LayerJob::start() as the store's limits are.
  std::uint64_t max_size = store::Limits::kNone;  ///< bytes of its tar
  std::uint64_t max_files = store::Limits::kNone;
};

/// A layer that has come whole, but is not in its place yet.
class ReceivedLayer {
 public:
  /// One that the store has already.
  static ReceivedLayer present(oci::Descriptor descriptor, oci::Digest diff_id);

  const oci::Descriptor& descriptor() const { return descriptor_; }
  const oci::Digest& diff_id() const { return diff_id_; }
  /// Puts blob and unpacked layer in their places. Code::no_space when the store may not grow so much.
  Result<> commit();

 private:
  friend class LayerJob;
  Result<> check_room() const;

  const store::Store* store_ = nullptr;  ///< none: it is there already
  std::string label_;
  oci::Descriptor descriptor_;
  oci::Digest diff_id_;
  store::LayerInfo info_;
  std::optional<content::Ingest> blob_;
  std::optional<store::LayerStaging> staging_;
  std::optional<Lock> donors_;  ///< what others have of its data stays until it is there
};

/// Receives one layer in a process of its own, with little privilege, as its bytes are hostile. The bytes are read
/// once: writing the blob, hashing, inflating, hashing what comes out and unpacking it all happen at the same time.
/// Several jobs may run at a time. What is not committed leaves nothing behind; the process ends with the job.
class LayerJob {
 public:
  /// `store` outlives what is received.
  static Result<LayerJob> start(const store::Store& store, LayerOrder order);

  const Task& task() const { return *task_; }
  /// Waits. Code::corrupt names the layer and what does not match, Code::no_space what is too large for the limits.
  Result<ReceivedLayer> finish();

 private:
  LayerJob() = default;

  LayerOrder order_;
  ReceivedLayer received_;
  std::optional<Task> task_;
};

}  // namespace gantry::transfer
