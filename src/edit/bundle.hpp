#pragma once

#include "base/json_options.hpp"
#include "edit/draft.hpp"
#include "edit/record.hpp"
#include "linux/idmap.hpp"

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <vector>

namespace gantry::edit {

/// What a bundle remembers of the image that it was unpacked from: its file `gantry-bundle.json`.
struct BundleOrigin {
  int version = 1;
  std::string source;           ///< the location, with an absolute path
  oci::Descriptor manifest;     ///< of the image for one platform
  oci::Platform platform;       ///< to find it in an index again
  bool ignores_owners = false;  ///< all files became those of who unpacked it
};
BOOST_DESCRIBE_STRUCT(BundleOrigin, (), (version, source, manifest, platform, ignores_owners))
constexpr json::Options json_options(const BundleOrigin*) { return {.required = {"version", "source", "manifest"}}; }

/// How an image is unpacked.
struct UnpackOptions {
  bool ignore_owners = false;  ///< all files become the caller's
  std::optional<linux::IdMaps>
      id_maps;  ///< of the user namespace that the caller is in: the bundle's container needs it
};

/// Unpacks an image into the folder `path`, which is made, as a bundle of runtime-spec: `rootfs`, `config.json`, and
/// what repack() needs to tell later what has changed: `gantry-bundle.json` and `<digest>.mtree`. Layers are hostile:
/// each is applied by a process that can write below `rootfs` only, and compared to its digests.
/// Code::exists when there is something at `path`; after an error nothing is.
Result<> unpack(const Draft& draft, const BundleOrigin& origin, const std::string& path, const UnpackOptions& options);

/// What unpack() has noted in the bundle at `path`. Code::not_found when it is none.
Result<BundleOrigin> read_bundle(const std::string& path);

struct RepackOptions {
  archive::Compression compression = archive::Compression::gzip;
  std::optional<Timestamp> max_mtime;
  std::vector<std::string> masked;  ///< paths in the image; what changed there and below stays out
};

/// Adds a layer of what has changed in the bundle since it was unpacked. `draft` is the image that it came from. False
/// when nothing has, and no layer is added.
Result<bool> repack(Draft& draft, const std::string& path, const BundleOrigin& origin, const RepackOptions& options,
                    const Note& note, const std::string& tmp);

/// The same as a layer's tar: files that `now` has otherwise than `before`, the folders on the way to them, and
/// whiteouts of what is gone. Returns how many names differ.
Result<std::size_t> write_difference(const Fd& root, const Record& before, const Record& now,
                                     const RepackOptions& options, bool ignores_owners, Sink& out);

}  // namespace gantry::edit
