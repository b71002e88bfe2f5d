#include "transfer/upper_layer.hpp"

#include "archive/hash.hpp"
#include "archive/pack.hpp"
#include "base/file.hpp"
#include "transfer/erofs_layer.hpp"
#include "transfer/layer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

namespace gantry::transfer {

namespace {

/// For what is only to be hashed.
class Nowhere final : public Sink {
 public:
  Result<> write(Bytes) override { return {}; }
};

/// Counts what is below a folder and gives it no later times than `latest`.
class Settling {
 public:
  explicit Settling(const std::optional<Timestamp>& latest) : latest_(latest) {}

  Result<> run(const Fd& folder) {
    for (const auto& name : TRY(list_folder_at(folder.get(), "."))) TRY(visit(folder, name));
    return {};
  }
  std::uint64_t count() const { return count_; }

 private:
  Result<> visit(const Fd& folder, const std::string& name) {
    struct stat info;
    if (fstatat(folder.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) < 0) return Error::system("look at {}", name);
    ++count_;
    if (S_ISDIR(info.st_mode)) TRY(run(TRY(open_at(folder.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW))));
    if (!latest_ || info.st_mtim.tv_sec * kSecond + info.st_mtim.tv_nsec <= *latest_) return {};
    const timespec time{.tv_sec = *latest_ / kSecond, .tv_nsec = *latest_ % kSecond};
    const std::array<timespec, 2> times{time, time};
    if (utimensat(folder.get(), name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) < 0)
      return Error::system("set the time of {}", name);
    return {};
  }

  const std::optional<Timestamp>& latest_;
  std::uint64_t count_ = 0;
};

struct Packed {
  oci::Digest digest;
  std::uint64_t size = 0;
};

Result<Packed> pack_into(Sink& out, const Fd& folder) {
  archive::HashingSink hashing(out);
  TRY(archive::pack(folder, hashing, {.overlay = true}));
  return Packed{.digest = hashing.finish(), .size = hashing.size()};
}

/// A store of EROFS images needs the tar, in a file that goes again.
Result<std::vector<std::string>> write_image(const store::Store& store, const store::LayerStaging& staging,
                                             const Fd& folder, const Packed& packed) {
  const auto scratch = TRY(content::Scratch::make_file(store.root() + "/tmp"));
  FileSink file(TRY(scratch.fd().duplicate()), "the layer");
  TRY(archive::pack(folder, file, {.overlay = true}));
  PositionedSource source(scratch.fd(), 0, "the layer");
  Fd image = TRY(open_file(staging.path(), O_RDWR));
  const auto plan = TRY(ErofsPlan::make(store, staging, packed.digest));
  TRY(erofs::write_layer(source, image, plan.options()));
  return plan.needs(image);
}

}  // namespace

Result<SealedLayer> seal_upper(const store::Store& store, store::LayerStaging& staging, const std::string& upper,
                               const std::optional<Timestamp>& latest) {
  Fd folder = TRY(open_folder(upper));
  Settling settling(latest);
  TRY(with_context(settling.run(folder), "read what was written"));
  if (settling.count() == 0) return SealedLayer{};
  Nowhere nowhere;
  const Packed packed = TRY(pack_into(nowhere, folder));
  if (!store.layers().has(packed.digest)) {
    const auto donors = TRY(hold_donors(store));
    store::LayerInfo info{.size = packed.size, .entries = settling.count()};
    if (staging.driver().is_image()) info.needs = TRY(write_image(store, staging, folder, packed));
    TRY(staging.commit(packed.digest, std::move(info)));
  }
  return SealedLayer{.diff_id = packed.digest, .size = packed.size, .entries = settling.count()};
}

Result<SealedLayer> copy_upper(const store::Store& store, const std::string& upper,
                               const std::optional<Timestamp>& max_mtime) {
  Fd folder = TRY(open_folder(upper));
  if (TRY(list_folder(upper)).empty()) return SealedLayer{};
  auto scratch = TRY(content::Scratch::make_file(store.root() + "/tmp"));
  FileSink file(TRY(scratch.fd().duplicate()), "the layer");
  TRY(archive::pack(folder, file, {.overlay = true, .max_mtime = max_mtime}));
  if (lseek(scratch.fd().get(), 0, SEEK_SET) < 0) return Error::system("read the layer");
  LayerOrder order;
  order.label = "the new layer";
  order.keep_blob = false;
  order.source = std::make_unique<FileSource>(TRY(scratch.fd().duplicate()), "the layer");
  auto job = TRY(LayerJob::start(store, std::move(order)));
  auto received = TRY(job.finish());
  TRY(received.commit());
  const auto info = TRY(store.layers().info(received.diff_id()));
  return SealedLayer{.diff_id = received.diff_id(), .size = info.size, .entries = info.entries};
}

}  // namespace gantry::transfer
