#pragma once

#include "base/file.hpp"
#include "build/workspace.hpp"
#include "oci/image_spec.hpp"
#include "store/store.hpp"

#include <boost/describe/class.hpp>

#include <string>
#include <vector>

namespace gantry::build {

/// What is on record of a working container: an image that is being made step by step, without a Dockerfile.
struct WorkingRecord {
  std::string id;  ///< 64 hex figures
  std::string name;
  std::string image;     ///< its base as it was named; "scratch"
  std::string image_id;  ///< empty: it has no base
  Timestamp created = 0;
  std::vector<std::string> layers;  ///< diff ids of the base, the lowest first
  std::vector<std::string> blobs;   ///< descriptors of the base's layers, as JSON, in the same order
  std::string config;               ///< of the image that is to be, as JSON
  std::string annotations;          ///< of its manifest, as a JSON object
  std::vector<std::string> notes;   ///< what its history says of the steps so far
};
BOOST_DESCRIBE_STRUCT(WorkingRecord, (),
                      (id, name, image, image_id, created, layers, blobs, config, annotations, notes))
constexpr json::Options json_options(const WorkingRecord*) { return {.style = json::Style::snake}; }

/// One of them, which nobody else changes while this is there: ROOT/builders/<name>/ with `upper`, `work` and
/// `container.json`. Its base's layers are pinned as long as it lives.
class WorkingContainer {
 public:
  /// Makes one above an image of the store; `image` null: above nothing. `name` empty: "<image>-working-container",
  /// with a number when that is taken. Code::exists for a name that is taken.
  static Result<WorkingContainer> make(const store::Store& store, const std::string& name,
                                       const std::string& image_name, const store::Image* image);
  /// By name, id or a prefix of the id. Code::not_found.
  static Result<WorkingContainer> find(const store::Store& store, const std::string& name);
  static Result<std::vector<WorkingRecord>> list(const store::Store& store);

  WorkingRecord& record() { return record_; }
  const WorkingRecord& record() const { return record_; }
  Result<oci::ImageConfig> config() const;
  void set_config(const oci::ImageConfig& config) { record_.config = oci::write_image_config(config); }
  Result<std::vector<oci::Digest>> layers() const;
  /// Writes the record.
  Result<> save() const;

  std::string folder() const { return folder_; }
  std::string upper() const { return folder_ + "/upper"; }
  /// Where mount() puts it. Empty: it is not mounted, as this mount namespace sees it.
  std::string mounted_at(const std::string& run_root) const;
  Result<Workspace> workspace(const store::Store& store, const std::string& run_root) const;

  /// Mounts it on the host and says where; one that is mounted stays where it is.
  Result<std::string> mount(const store::Store& store, const std::string& run_root) const;
  Result<> unmount(const std::string& run_root) const;
  /// Takes all of it away. Code::busy while it is in use where it is mounted.
  Result<> remove(const store::Store& store, const std::string& run_root) const;

 private:
  WorkingContainer(std::string folder, Lock lock) : folder_(std::move(folder)), lock_(std::move(lock)) {}
  static Result<WorkingContainer> open(const std::string& folder);
  Result<> pin(const store::Store& store) const;
  std::string mount_path(const std::string& run_root) const { return run_root + "/builders/" + record_.id; }

  std::string folder_;
  Lock lock_;
  WorkingRecord record_;
};

}  // namespace gantry::build
