#pragma once

#include "base/file.hpp"
#include "content/blobs.hpp"
#include "oci/image_spec.hpp"
#include "oci/reference.hpp"
#include "store/image_table.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::store {

/// An image for one platform.
struct Image {
  std::string id;                  ///< hex of the config's digest
  oci::Descriptor descriptor;      ///< of the manifest, as index.json has it
  std::vector<std::string> names;  ///< canonical references: "localhost/busybox:latest"
  oci::Manifest manifest;
  oci::ImageConfig config;
};

/// What listings show of an image.
struct ImageSummary {
  std::string id;                  ///< hex of the config's digest
  oci::Digest digest;              ///< of the manifest or index
  std::vector<std::string> names;  ///< canonical references
  Timestamp created = 0;           ///< 0: its config does not say
  std::uint64_t size = 0;          ///< bytes of all layers' tars; 0 when one is not unpacked
  std::map<std::string, std::string> labels;
};

/// The images of an OCI image layout, as its index.json lists them. A name is the annotation
/// org.opencontainers.image.ref.name and holds the canonical reference; an image without a name is an entry without.
/// Changes replace index.json in one step; whoever reads sees the old or the new one.
class Images {
 public:
  explicit Images(const content::Blobs& blobs) : blobs_(blobs) {}

  /// By reference, by a short name (localhost/NAME, then docker.io), by a unique prefix of the id, or by
  /// NAME@sha256:… of the manifest. Found by name, `names` are those of this manifest; found by id, those of every
  /// manifest with this config. Code::not_found with a cure; Code::invalid for a prefix of several ids.
  Result<Image> find(std::string_view name) const;
  /// Every image once, in the order of index.json. A damaged one is passed over with a warning.
  Result<std::vector<ImageSummary>> list() const;

  /// Lists a manifest whose blobs are all there. Names move here from the images that have them now; those stay, if
  /// only without a name.
  Result<> add(const oci::Descriptor& manifest, std::span<const std::string> names) const;
  /// Gives an image one more name.
  Result<> tag(const Image& image, const std::string& name) const;
  /// Takes a name away; the image stays, if only without a name. Code::not_found when nothing has the name.
  Result<> untag(const std::string& name) const;
  /// Takes images and all their names out of the list; collect() removes what then nothing needs.
  Result<> remove(std::span<const std::string> ids) const;
  Result<> remove(const std::string& id) const { return remove(std::span(&id, 1)); }

  /// Takes a manifest that cannot be read any more out of the list.
  Result<> drop(const oci::Digest& manifest) const;

  Result<oci::Index> index() const;
  /// The manifest and the config behind an entry of index.json; of several platforms, this machine's.
  Result<Image> load(const oci::Descriptor& entry) const;

 private:
  /// A row for every entry of index.json: from the saved table when nothing has changed since, and else saved there.
  Result<std::vector<ImageRow>> rows() const;
  ImageTable make_table(const TableKey& key, const oci::Index& index, const ImageTable& old) const;
  ImageRow make_row(const oci::Descriptor& entry) const;
  /// What was found out about an entry, and needs only to be looked at if the blobs are there.
  bool still_holds(const ImageRow& row, const oci::Descriptor& entry) const;
  TableKey table_key(std::string_view index_bytes) const;
  ImageTable saved_table() const;
  Result<> save(const ImageTable& table) const;

  Result<Image> find_by_id(std::string_view prefix) const;
  /// Takes out other manifests of the same image that have no name: they would only double it.
  void drop_twins(oci::Index& index, const oci::Descriptor& manifest) const;
  Result<oci::Descriptor> choose_platform(const oci::Descriptor& entry) const;
  template <class Change>
  Result<> update(Change change) const;

  content::Blobs blobs_;
};

/// The name under which an entry of index.json is known; empty: none.
std::string_view name_of(const oci::Descriptor& entry);

/// The whole reference of a name that a user gives to a new image: "busybox" is "localhost/busybox:latest".
Result<std::string> local_name(std::string_view name);

}  // namespace gantry::store
