#include "transfer/layer_blob.hpp"

#include "archive/hash.hpp"
#include "archive/pack.hpp"
#include "base/file.hpp"
#include "linux/idmap.hpp"
#include "linux/mount.hpp"
#include "oci/media_types.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace gantry::transfer {

namespace {

/// Whether the blob is the plain tar of an unpacked layer and nothing else.
bool is_packable(const store::Store& store, const oci::Digest& digest) {
  return !store.blobs().has(digest) && store.layers().has(digest);
}

Result<> pack_layer(const store::Store& store, const oci::Digest& diff_id, const Fd& to) {
  Fd layer = TRY(linux::open_layer(store.layers().path(diff_id)));
  Fd folder = TRY(open_at(layer.get(), ".", O_RDONLY | O_DIRECTORY));
  FileSink file(TRY(to.duplicate()), "the layer");
  archive::HashingSink hashing(file);
  TRY(archive::pack(folder, hashing, {.overlay = true}));
  const auto packed = hashing.finish();
  if (packed == diff_id) return {};
  return fail(Code::corrupt, "layer {} has been changed on disk: it packs to {}", diff_id.text(), packed.text())
      .with_cure("build its image again with --no-cache");
}

}  // namespace

Result<oci::Descriptor> plain_layer(const store::Store& store, const oci::Digest& diff_id) {
  oci::Descriptor layer{.media_type = std::string(oci::layer_media_type(oci::Compression::none)), .digest = diff_id};
  layer.size = static_cast<std::int64_t>(TRY(blob_size(store, diff_id)));
  return layer;
}

Result<Fd> open_blob(const store::Store& store, const oci::Digest& digest) {
  if (!is_packable(store, digest)) return store.blobs().open(digest);
  const auto scratch = TRY(content::Scratch::make_file(store.root() + "/tmp"));
  Fd file = TRY(scratch.fd().duplicate());
  const auto pack = [&] { return pack_layer(store, digest, file); };
  if (geteuid() == 0) TRY(pack());
  else TRY(linux::in_user_namespace(TRY(linux::rootless_maps()), pack));
  if (lseek(file.get(), 0, SEEK_SET) < 0) return Error::system("read the layer");
  return file;
}

Result<std::uint64_t> blob_size(const store::Store& store, const oci::Digest& digest) {
  if (!is_packable(store, digest)) return store.blobs().size(digest);
  return TRY(store.layers().info(digest)).size;
}

}  // namespace gantry::transfer
