#include "distribution/upload_note.hpp"

#include "archive/hash.hpp"
#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/log.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <boost/describe/class.hpp>

#include <utility>

namespace gantry::distribution {

namespace {

constexpr std::int64_t kMaxAge = 7 * 24 * 3600;  ///< seconds; what docker-registry's purging has by default

struct NoteText {
  std::string location;
};
BOOST_DESCRIBE_STRUCT(NoteText, (), (location))

/// Repository names are too long and have too many slashes for a file's name.
std::string file_name(std::string_view label, const oci::Digest& digest) {
  const std::string both = fmt::format("{} {}", label, digest.text());
  return archive::hash_of(as_bytes(both)).hex();
}

void remove_old(const Fd& folder) {
  const auto names = list_folder_at(folder.get(), ".");
  if (!names) return;
  const std::int64_t oldest = now() / kSecond - kMaxAge;
  struct stat info;
  for (const auto& name : *names)
    if (fstatat(folder.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 && info.st_mtim.tv_sec < oldest)
      unlinkat(folder.get(), name.c_str(), 0);
}

Result<Fd> open_locked(const std::string& folder, const std::string& path) {
  remove_old(TRY(make_and_open_folder(folder, 0700)));
  Fd file = TRY(open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
  if (flock(file.get(), LOCK_EX | LOCK_NB) < 0) return Error::system("lock {}", path);
  return file;
}

}  // namespace

UploadNote UploadNote::open(const std::string& folder, std::string_view label, const oci::Digest& digest) {
  std::string path = folder + "/" + file_name(label, digest);
  auto file = open_locked(folder, path);
  if (!file) {
    log::info("an upload that breaks will not be gone on with by a later push: {}", file.error().message());
    return {};
  }
  const auto text = read_all(*file, path);
  auto note = text ? json::decode<NoteText>(*text, path) : Result<NoteText>(NoteText());
  return {std::move(*file), std::move(path), note ? std::move(note->location) : std::string()};
}

UploadNote& UploadNote::operator=(UploadNote&& other) noexcept {
  UploadNote old(std::move(*this));
  file_ = std::move(other.file_);
  path_ = std::move(other.path_);
  location_ = std::move(other.location_);
  return *this;
}

UploadNote::~UploadNote() {
  if (file_ && location_.empty()) forget();
}

void UploadNote::keep(const std::string& location) {
  location_ = location;
  if (!file_) return;
  // Should it be cut short, it is no JSON and tells nothing.
  const std::string text = json::encode(NoteText{location});
  if (ftruncate(file_.get(), 0) < 0 || pwrite(file_.get(), text.data(), text.size(), 0) < 0)
    log::info("{}", Error::system("write {}", path_).message());
}

void UploadNote::forget() {
  location_.clear();
  if (!file_) return;
  best_effort(remove_file(path_));
  file_.close();
}

}  // namespace gantry::distribution
