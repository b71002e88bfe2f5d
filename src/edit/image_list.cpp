#include "edit/image_list.hpp"

#include "archive/describe.hpp"
#include "base/file.hpp"
#include "oci/media_types.hpp"
#include "transfer/checked_source.hpp"
#include "transfer/copy.hpp"
#include "transfer/offer.hpp"

#include <algorithm>

namespace gantry::edit {

namespace {

/// The store as a place for what a list refers to: nothing gets an entry of its own.
class BlobsTarget final : public transfer::Target {
 public:
  explicit BlobsTarget(const store::Store& store) : blobs_(store.blobs()), name_("the store") {}

  const std::string& name() const override { return name_; }
  Result<bool> has(const oci::Descriptor& blob) override { return blobs_.has(blob.digest); }
  Result<> put_blob(const oci::Descriptor& blob, const transfer::Opener& open) override {
    transfer::CheckedSource source(TRY(open(0)), blob.digest, "blob " + blob.digest.text());
    auto ingest = TRY(blobs_.begin());
    std::vector<std::byte> buffer(256u << 10);
    while (std::size_t got = TRY(source.read(buffer)))
      TRY(write_all(ingest.fd(), as_text(Bytes(buffer).first(got)), name_));
    return ingest.commit(blob.digest);
  }
  Result<> put_manifest(const oci::Document& document) override {
    return blobs_.put(document.descriptor.digest, document.bytes);
  }
  Result<> finish(const oci::Document& root) override { return put_manifest(root); }

 private:
  content::Blobs blobs_;
  std::string name_;
};

/// Names as a user gives them: of this store's own, or whole.
Result<std::vector<std::string>> meant_by(const std::string& name) {
  std::vector<std::string> names{TRY(store::local_name(name))};
  auto whole = oci::parse_reference(name);
  if (whole) names.push_back(oci::with_default_tag(std::move(*whole)).canonical());
  return names;
}

Result<std::optional<oci::Descriptor>> find_entry(const store::Store& store, const std::string& name) {
  auto index = TRY(store.images().index());
  for (const auto& wanted : TRY(meant_by(name)))
    for (const auto& entry : index.manifests)
      if (store::name_of(entry) == wanted) return std::optional(entry);
  return std::optional<oci::Descriptor>();
}

/// Changes of lists one after the other.
Result<Lock> lock_lists(const store::Store& store) {
  return Lock::take(store.root() + "/blobs", Lock::Mode::exclusive);
}

/// Gives the name to a new index, and takes the old one out unless it has another name.
Result<oci::Digest> publish(const store::Store& store, const ImageList& list) {
  std::string bytes = oci::write_index(list.index);
  auto descriptor = archive::describe(oci::kOciIndex, bytes);
  if (descriptor.digest == list.entry.digest) return descriptor.digest;
  TRY(store.blobs().put(descriptor.digest, bytes));
  TRY(store.images().add(descriptor, std::span(&list.name, 1)));
  auto is_old = [&](const oci::Descriptor& entry) {
    return !list.entry.digest.empty() && entry.digest == list.entry.digest && store::name_of(entry).empty();
  };
  if (std::ranges::any_of(TRY(store.images().index()).manifests, is_old)) TRY(store.images().drop(list.entry.digest));
  return descriptor.digest;
}

/// What a list says of an image: whatever an index said of it, and the platform that its config names.
Result<oci::Descriptor> describe(const transfer::Origin& origin, const oci::Descriptor& entry) {
  oci::Descriptor described = entry;
  described.annotations.erase(oci::kRefName);
  if (described.platform || !oci::is_manifest(entry.media_type)) return described;
  std::string name = "manifest " + entry.digest.text();
  auto manifest = TRY(oci::parse_manifest(TRY(origin.document(entry)).bytes, name));
  if (!oci::is_config(manifest.config.media_type)) return described;
  auto config = TRY(origin.document(manifest.config));
  described.platform = oci::platform_of(TRY(oci::parse_image_config(config.bytes, "config of " + name)));
  return described;
}

}  // namespace

Result<ImageList> find_list(const store::Store& store, const std::string& name) {
  auto entry = TRY(find_entry(store, name));
  if (!entry) return fail(Code::not_found, "no list '{}'", name).with_cure("'gantry manifest create' makes one");
  if (!oci::is_index(entry->media_type)) return fail(Code::invalid, "'{}' is an image, not a list of images", name);
  ImageList list{.name = std::string(store::name_of(*entry)), .entry = *entry, .index = {}};
  list.index = TRY(oci::parse_index(TRY(store.blobs().read(entry->digest)), "list " + list.name));
  return list;
}

Result<ImageList> create_list(const store::Store& store, const std::string& name, bool amend) {
  Lock used = TRY(store.use());
  Lock alone = TRY(lock_lists(store));
  if (TRY(find_entry(store, name))) {
    if (amend) return find_list(store, name);
    return fail(Code::exists, "'{}' is there already", name).with_cure("--amend adds to a list");
  }
  ImageList list;
  list.name = TRY(store::local_name(name));
  list.index.media_type = oci::kOciIndex;
  TRY(publish(store, list));
  return find_list(store, list.name);
}

Result<oci::Digest> change_list(const store::Store& store, const std::string& name, const ListChange& change) {
  Lock alone = TRY(lock_lists(store));
  auto list = TRY(find_list(store, name));
  TRY(change(list.index));
  return publish(store, list);
}

Result<std::vector<oci::Descriptor>> take_for_list(const store::Store& store, const transfer::Origin& origin,
                                                   const transfer::Listed& image,
                                                   const std::optional<oci::Platform>& platform, bool all) {
  std::vector<oci::Descriptor> entries;
  if (all && oci::is_index(image.root.media_type)) {
    auto document = TRY(origin.document(image.root));
    entries = TRY(oci::parse_index(document.bytes, "index of " + image.label)).manifests;
  } else {
    auto chosen = TRY(transfer::manifest_of(origin, image, platform));
    entries.push_back(chosen.descriptor);
  }
  BlobsTarget target(store);
  for (auto& entry : entries) {
    transfer::Listed one{.names = {}, .label = image.label, .root = entry};
    TRY(transfer::copy(origin, one, target, {.all = true}));
    entry = TRY(describe(origin, entry));
  }
  return entries;
}

Result<> remove_list(const store::Store& store, const std::string& name) {
  Lock alone = TRY(lock_lists(store));
  auto list = TRY(find_list(store, name));
  TRY(store.images().untag(list.name));
  auto is_left = [&](const oci::Descriptor& entry) {
    return entry.digest == list.entry.digest && store::name_of(entry).empty();
  };
  if (std::ranges::any_of(TRY(store.images().index()).manifests, is_left))
    return store.images().drop(list.entry.digest);
  return {};
}

}  // namespace gantry::edit
