#include "content/blobs.hpp"

#include "base/file.hpp"
#include "oci/image_spec.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

namespace gantry::content {

namespace {

constexpr oci::Algorithm kAlgorithms[] = {oci::Algorithm::sha256, oci::Algorithm::sha512};

std::string folder_of(const std::string& root, oci::Algorithm algorithm) {
  return fmt::format("{}/blobs/{}", root, oci::name_of(algorithm));
}

std::string blob_path(const std::string& root, const oci::Digest& digest) {
  return folder_of(root, digest.algorithm()) + "/" + digest.hex();
}

std::string tmp_of(const std::string& root) { return root + "/tmp"; }

Error missing(const oci::Digest& digest) { return fail(Code::not_found, "blob {} is missing", digest.text()); }

}  // namespace

Result<> Ingest::commit(const oci::Digest& digest) {
  TRY(make_folders(folder_of(root_, digest.algorithm())));
  return scratch_.publish(blob_path(root_, digest), Sync::yes);
}

Result<Blobs> Blobs::create(const std::string& root) {
  TRY(make_folders(root, 0700));
  Lock alone = TRY(Lock::take(root, Lock::Mode::exclusive));
  TRY(make_folders(tmp_of(root), 0700));
  TRY(make_folders(folder_of(root, oci::Algorithm::sha256)));
  std::string index = root + "/index.json", layout = root + "/oci-layout";
  if (!path_exists(index)) TRY(replace_through(tmp_of(root), index, oci::write_index({})));
  if (!path_exists(layout)) TRY(replace_through(tmp_of(root), layout, oci::write_image_layout({})));
  return Blobs(root);
}

std::string Blobs::path(const oci::Digest& digest) const { return blob_path(root_, digest); }

bool Blobs::has(const oci::Digest& digest) const { return path_exists(path(digest)); }

Result<std::uint64_t> Blobs::size(const oci::Digest& digest) const {
  struct stat info;
  if (stat(path(digest).c_str(), &info) == 0) return static_cast<std::uint64_t>(info.st_size);
  if (errno == ENOENT) return missing(digest);
  return Error::system("blob {}", digest.text());
}

Result<Fd> Blobs::open(const oci::Digest& digest) const {
  auto fd = open_file(path(digest), O_RDONLY);
  if (!fd && fd.error().os_error() == ENOENT) return missing(digest);
  return fd;
}

Result<std::string> Blobs::read(const oci::Digest& digest, std::size_t limit) const {
  Fd fd = TRY(open(digest));
  struct stat info;
  if (fstat(fd.get(), &info) == 0 && info.st_size > static_cast<off_t>(limit))
    return fail(Code::corrupt, "blob {} has {} bytes; a document has at most {}", digest.text(), info.st_size, limit);
  return read_all(fd, digest.text(), limit);
}

Result<Ingest> Blobs::begin() const { return Ingest(TRY(Scratch::make_file(tmp_of(root_))), root_); }

Result<> Blobs::put(const oci::Digest& digest, std::string_view bytes) const {
  auto present = read(digest, bytes.size());
  if (present && *present == bytes) return {};  // else it is missing, or damaged
  Ingest ingest = TRY(begin());
  TRY(write_all(ingest.fd(), bytes, digest.text()));
  return ingest.commit(digest);
}

Result<> Blobs::remove(const oci::Digest& digest) const { return remove_file(path(digest)); }

Result<std::vector<oci::Digest>> Blobs::list() const {
  std::vector<oci::Digest> digests;
  for (oci::Algorithm algorithm : kAlgorithms) {
    std::string folder = folder_of(root_, algorithm);
    if (!path_exists(folder)) continue;
    for (const auto& name : TRY(list_folder(folder)))
      if (auto digest = oci::Digest::from_hex(algorithm, name)) digests.push_back(std::move(*digest));
  }
  return digests;
}

}  // namespace gantry::content
