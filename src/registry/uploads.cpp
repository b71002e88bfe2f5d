#include "registry/uploads.hpp"

#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/id.hpp"
#include "base/log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

namespace gantry::registry {

namespace {

constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kReadAtOnce = 1u << 20;

bool is_id(std::string_view text) {
  auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == kIdBytes * 2 && std::ranges::all_of(text, is_hex);
}

Error no_upload(std::string_view id) { return fail(Code::not_found, "there is no upload '{}' here", id); }

Result<std::uint64_t> size_of_file(const Fd& file) {
  struct stat info;
  if (fstat(file.get(), &info) < 0) return Error::system("look at an upload");
  return static_cast<std::uint64_t>(info.st_size);
}

}  // namespace

/// What is remembered of an upload between two requests; after a restart it is made again.
struct Uploads::State {
  std::mutex busy;
  archive::Hasher hasher;  ///< sha256 of the first `hashed` bytes
  std::uint64_t hashed = 0;
  bool over = false;
};

Result<std::string> Uploads::begin(std::string_view repository) {
  std::string id = random_hex(kIdBytes);
  TRY(make_folders(path(id), 0700));
  const std::string data = path(id) + "/data", name = path(id) + "/repository";
  TRY(open_file(data, O_WRONLY | O_CREAT | O_EXCL, 0644));
  auto file = TRY(open_file(name, O_WRONLY | O_CREAT | O_EXCL, 0600));
  TRY(write_all(file, repository, name));
  return id;
}

Result<Uploads::Session> Uploads::open(std::string_view repository, std::string_view id) {
  if (!is_id(id)) return no_upload(id);
  auto owner = read_file(path(id) + "/repository");
  if (!owner && owner.error().code() == Code::not_found) return no_upload(id);
  if (TRY(std::move(owner)) != repository) return no_upload(id);
  std::shared_ptr<State> state;
  {
    std::lock_guard lock(mutex_);
    auto& known = states_[std::string(id)];
    if (!known) known = std::make_shared<State>();
    state = known;
  }
  if (!state->busy.try_lock()) return fail(Code::busy, "another request works on the upload '{}'", id);
  auto file = open_file(path(id) + "/data", O_RDWR);
  if (!file || state->over) {
    state->busy.unlock();
    return file || file.error().code() == Code::not_found ? no_upload(id) : std::move(file.error());
  }
  Session session(*this, std::string(id), std::move(state), std::move(*file), 0);
  session.size_ = TRY(size_of_file(session.file_));
  return session;
}

Result<> Uploads::expire(std::int64_t before) {
  for (const auto& id : TRY(list_folder(folder_))) {
    struct stat info;
    const std::string folder = path(id), data = folder + "/data";
    if (stat(data.c_str(), &info) < 0 && stat(folder.c_str(), &info) < 0) continue;
    if (info.st_mtim.tv_sec * kSecond + info.st_mtim.tv_nsec >= before) continue;
    auto owner = read_file(folder + "/repository");
    auto session = open(owner ? *owner : "", id);
    if (session) TRY(session->cancel());
    else if (session.error().code() == Code::not_found) TRY(remove_tree(folder));
  }
  return {};
}

Uploads::Session::Session(Uploads& uploads, std::string id, std::shared_ptr<State> state, Fd file, std::uint64_t size)
    : uploads_(uploads), id_(std::move(id)), state_(std::move(state)), file_(std::move(file)), size_(size) {}
Uploads::Session::Session(Session&&) noexcept = default;
Uploads::Session::~Session() {
  if (state_) state_->busy.unlock();
}

Result<> Uploads::Session::append(Source& body) {
  const auto buffer = std::make_unique_for_overwrite<std::byte[]>(kReadAtOnce);
  if (lseek(file_.get(), static_cast<off_t>(size_), SEEK_SET) < 0) return Error::system("seek in an upload");
  while (true) {
    const std::size_t got = TRY(body.read({buffer.get(), kReadAtOnce}));
    if (got == 0) return {};
    const Bytes bytes(buffer.get(), got);
    TRY(write_all(file_, as_text(bytes), "an upload"));
    if (state_->hashed == size_) {
      state_->hasher.update(bytes);
      state_->hashed += got;
    }
    size_ += got;
  }
}

Result<> Uploads::Session::truncate(std::uint64_t size) {
  if (ftruncate(file_.get(), static_cast<off_t>(size)) < 0) return Error::system("cut an upload");
  size_ = size;
  if (state_->hashed > size) {
    state_->hasher = archive::Hasher();
    state_->hashed = 0;
  }
  return {};
}

Result<oci::Digest> Uploads::Session::hash(oci::Algorithm algorithm) {
  if (algorithm == oci::Algorithm::sha256 && state_->hashed == size_) {
    state_->hashed = 0;
    return state_->hasher.finish();
  }
  archive::Hasher hasher(algorithm);
  PositionedSource source(file_, 0, "an upload");
  const auto buffer = std::make_unique_for_overwrite<std::byte[]>(kReadAtOnce);
  while (true) {
    const std::size_t got = TRY(source.read({buffer.get(), kReadAtOnce}));
    if (got == 0) return hasher.finish();
    hasher.update({buffer.get(), got});
  }
}

Result<> Uploads::Session::finish(const oci::Digest& digest, const std::string& target,
                                  const std::function<Result<>(const std::function<Result<>()>& publish)>& link) {
  const auto actual = TRY(hash(digest.algorithm()));
  if (actual != digest) {
    TRY(cancel());
    return fail(Code::corrupt, "the bytes have the digest {}, and not {}", actual.text(), digest.text());
  }
  if (fsync(file_.get()) < 0) return Error::system("flush an upload");
  const std::string data = uploads_.path(id_) + "/data";
  TRY(link([&]() -> Result<> {
    const std::string folder = target.substr(0, target.rfind('/'));
    TRY(make_folders(folder));
    if (rename(data.c_str(), target.c_str()) < 0) return Error::system("move {} to {}", data, target);
    const Fd opened = TRY(open_folder(folder));
    if (fsync(opened.get()) < 0) return Error::system("flush {}", folder);
    return {};
  }));
  return cancel();
}

Result<> Uploads::Session::cancel() {
  state_->over = true;
  {
    std::lock_guard lock(uploads_.mutex_);
    uploads_.states_.erase(id_);
  }
  return remove_tree(uploads_.path(id_));
}

}  // namespace gantry::registry
