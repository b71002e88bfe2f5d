#pragma once

#include "oci/document.hpp"
#include "oci/image_spec.hpp"
#include "transfer/origin.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

// Arbitrary files as an artifact: a manifest whose layers they are (image-spec manifest.md, "Guidelines for Artifact
// Usage"), named by annotations as oras does it, so that either reads what the other has pushed.

namespace gantry::artifact {

/// A file or folder that is to be pushed.
struct InputFile {
  std::string path;
  std::string media_type;  ///< empty: kFileType, of a folder kOciLayerGzip
};

/// "PATH" or "PATH:MEDIA/TYPE".
InputFile parse_input(std::string_view word);

struct ArtifactOptions {
  std::string type;  ///< artifactType
  oci::Annotations annotations;
  std::optional<InputFile> config;         ///< default: the empty one
  std::optional<oci::Descriptor> subject;  ///< what it is attached to
};

inline constexpr std::string_view kFileType = "application/octet-stream";
inline constexpr std::string_view kUnknownType = "application/vnd.unknown.artifact.v1";

inline constexpr const char* kTitle = "org.opencontainers.image.title";
inline constexpr const char* kCreated = "org.opencontainers.image.created";
/// oras: the layer is a folder as tar.gz, and this is the digest of the tar.
inline constexpr const char* kUnpack = "io.deis.oras.content.unpack";
inline constexpr const char* kContentDigest = "io.deis.oras.content.digest";

/// An artifact of local files, to be copied from. Folders are packed into files of the folder `tmp`, which go with it;
/// equal trees give equal bytes. Reads each file once to hash it.
class LocalArtifact final : public transfer::Origin {
 public:
  static Result<std::unique_ptr<LocalArtifact>> make(const std::vector<InputFile>& files,
                                                     const ArtifactOptions& options, const std::string& tmp);

  const oci::Document& manifest() const { return manifest_; }
  transfer::Listed image() const;

  const std::string& name() const override { return name_; }
  Result<std::vector<transfer::Listed>> list(const std::string&) const override { return std::vector{image()}; }
  Result<std::unique_ptr<Source>> open(const oci::Descriptor& descriptor) const override;

 private:
  struct Blob {
    oci::Digest digest;
    std::string text;  ///< its bytes, where there is no file
    std::string path;
    Fd packed;  ///< of a folder
  };
  LocalArtifact() = default;
  Result<oci::Descriptor> add_file(const InputFile& file);
  Result<oci::Descriptor> add_folder(const InputFile& folder, const std::string& tmp);
  oci::Descriptor add_empty();

  std::string name_ = "local files";
  oci::Document manifest_;
  std::vector<Blob> blobs_;
};

struct SaveOptions {
  bool keep_old_files = false;  ///< a file that is there already is Code::exists
};
/// Writes the files of an artifact into the folder `output` under the names that they have there, folders unpacked.
/// Whatever a name says, nothing outside of the folder is touched. Bytes are compared with their digests before a file
/// has its name. Returns the names.
Result<std::vector<std::string>> save(const transfer::Origin& origin, const oci::Manifest& manifest, const Fd& output,
                                      const SaveOptions& options);

}  // namespace gantry::artifact
