#include "archive/deflate.hpp"
#include "archive/describe.hpp"
#include "archive/hash.hpp"
#include "archive/node_packer.hpp"
#include "artifact/artifact.hpp"
#include "base/build_time.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "oci/media_types.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gantry::artifact {

namespace {

constexpr std::string_view kEmptyDocument = "{}";

/// Reads all of a file for its digest.
Result<oci::Descriptor> describe_file(const Fd& fd, const std::string& path) {
  PositionedSource source(fd, 0, path);
  archive::Hasher hasher;
  oci::Descriptor descriptor;
  std::vector<std::byte> buffer(256u << 10);
  while (std::size_t got = TRY(source.read(buffer))) {
    hasher.update(Bytes(buffer).first(got));
    descriptor.size += static_cast<std::int64_t>(got);
  }
  descriptor.digest = hasher.finish();
  return descriptor;
}

/// The last part of a path: what the file is called there.
std::string title_of(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return std::string(path.substr(path.rfind('/') + 1));
}

/// The folder of an absolute path.
std::string parent_of(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return std::string(path.substr(0, path.rfind('/') + 1));
}

/// A file without a name.
Result<Fd> make_hidden_file(const std::string& folder) { return open_file(folder, O_TMPFILE | O_RDWR, 0600); }

}  // namespace

InputFile parse_input(std::string_view word) {
  // A type has a slash in it, as "text/plain"; a name with a colon in it may be a path all the same.
  auto [path, type, found] = cut_last(word, ':');
  if (!found || !type.contains('/') || path_exists(std::string(word))) return {std::string(word), {}};
  return {std::string(path), std::string(type)};
}

Result<std::unique_ptr<LocalArtifact>> LocalArtifact::make(const std::vector<InputFile>& files,
                                                           const ArtifactOptions& options, const std::string& tmp) {
  std::unique_ptr<LocalArtifact> made(new LocalArtifact);
  oci::Manifest manifest{.media_type = std::string(oci::kOciManifest), .artifact_type = options.type};
  manifest.subject = options.subject;
  manifest.annotations = options.annotations;
  if (manifest.artifact_type.empty() && !options.config) manifest.artifact_type = kUnknownType;
  if (!manifest.annotations.contains(kCreated)) manifest.annotations[kCreated] = to_rfc3339(TRY(build_time()));
  if (options.config) manifest.config = TRY(made->add_file(*options.config));
  else manifest.config = made->add_empty();
  for (const auto& file : files) {
    struct stat info;
    if (stat(file.path.c_str(), &info) < 0) return Error::system("cannot push {}", file.path);
    auto layer = S_ISDIR(info.st_mode) ? made->add_folder(file, tmp) : made->add_file(file);
    manifest.layers.push_back(TRY(with_context(std::move(layer), "cannot push {}", file.path)));
    manifest.layers.back().annotations[kTitle] = title_of(TRY(absolute_path(file.path)));
  }
  if (manifest.layers.empty()) manifest.layers.push_back(made->add_empty());  // one there must be
  made->manifest_.bytes = oci::write_manifest(manifest);
  made->manifest_.descriptor = archive::describe(oci::kOciManifest, made->manifest_.bytes);
  made->manifest_.descriptor.artifact_type = manifest.artifact_type;
  return made;
}

oci::Descriptor LocalArtifact::add_empty() {
  auto descriptor = archive::describe(oci::kOciEmpty, kEmptyDocument);
  blobs_.push_back({.digest = descriptor.digest, .text = std::string(kEmptyDocument), .path = {}, .packed = {}});
  descriptor.data = "e30=";
  return descriptor;
}

Result<oci::Descriptor> LocalArtifact::add_file(const InputFile& file) {
  Fd fd = TRY(open_file(file.path, O_RDONLY));
  auto descriptor = TRY(describe_file(fd, file.path));
  descriptor.media_type = file.media_type.empty() ? kFileType : file.media_type;
  blobs_.push_back({.digest = descriptor.digest, .text = {}, .path = file.path, .packed = {}});
  return descriptor;
}

Result<oci::Descriptor> LocalArtifact::add_folder(const InputFile& folder, const std::string& tmp) {
  Fd packed = TRY(make_hidden_file(tmp));
  FileSink out(TRY(packed.duplicate()), "the packed folder");
  auto deflater = TRY(archive::Deflater::make(archive::Compression::gzip, out));
  archive::HashingSink tar(*deflater);
  archive::PackOptions options{.owner = archive::PackedOwner()};  // whose files they are here is nobody's business
  options.max_mtime = TRY(source_date_epoch());
  const std::string path = TRY(absolute_path(folder.path));
  archive::NodePacker packer(tar, options);
  TRY(packer.add_tree(TRY(open_folder(parent_of(path))), title_of(path), title_of(path)));
  TRY(packer.finish());
  TRY(deflater->finish());
  auto descriptor = TRY(describe_file(packed, folder.path));
  descriptor.media_type = folder.media_type.empty() ? oci::kOciLayerGzip : folder.media_type;
  descriptor.annotations[kUnpack] = "true";
  descriptor.annotations[kContentDigest] = tar.finish().text();
  blobs_.push_back({.digest = descriptor.digest, .text = {}, .path = folder.path, .packed = std::move(packed)});
  return descriptor;
}

transfer::Listed LocalArtifact::image() const {
  return {.names = {}, .label = manifest_.descriptor.digest.text(), .root = manifest_.descriptor};
}

Result<std::unique_ptr<Source>> LocalArtifact::open(const oci::Descriptor& descriptor) const {
  if (descriptor.digest == manifest_.descriptor.digest) return std::make_unique<TextSource>(manifest_.bytes);
  for (const auto& blob : blobs_) {
    if (blob.digest != descriptor.digest) continue;
    if (blob.packed) return std::make_unique<PositionedSource>(blob.packed, 0, blob.path);
    if (!blob.path.empty()) return std::make_unique<FileSource>(TRY(open_file(blob.path, O_RDONLY)), blob.path);
    return std::make_unique<TextSource>(blob.text);
  }
  return fail(Code::not_found, "the artifact has no blob {}", descriptor.digest.text());
}

}  // namespace gantry::artifact
