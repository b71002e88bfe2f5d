#include "store/store.hpp"

#include "base/log.hpp"
#include "store/mapped.hpp"

#include <algorithm>

namespace gantry::store {

namespace {

// Made last, so a store that has it is whole.
std::string mark_of(const std::string& root) { return root + "/containers"; }

}  // namespace

Store::Store(const std::string& root, const Driver& driver, const StorageOptions& options)
    : root_(root),
      blobs_(root),
      images_(blobs_),
      layers_(root, driver),
      trees_(root),
      snapshots_(root),
      options_(options) {}

bool Store::is_at(const std::string& root) { return path_exists(mark_of(root)); }

Result<Store> Store::open(const std::string& root, const Driver& driver, const StorageOptions& options) {
  if (!is_at(root)) {
    TRY(with_context(content::Blobs::create(root), "image store {}", root));
    // Programs with setuid bits from images are nobody's business on the host.
    TRY(make_folders(root + "/layers", 0700));
    TRY(make_folders(mark_of(root), 0700));
  }
  return Store(root, driver, options);
}

Result<std::uint64_t> Store::room() const {
  if (options_.limits.size == Limits::kNone) return Limits::kNone;
  std::uint64_t taken = 0;
  for (const auto& digest : TRY(blobs_.list())) taken += blobs_.size(digest).value_or(0);
  for (const auto& diff_id : TRY(layers_.list()))
    if (auto info = layers_.info(diff_id)) taken += info->size;
  return options_.limits.size - std::min(options_.limits.size, taken);
}

Result<Lock> Store::use() const { return Lock::take(root_ + "/layers", Lock::Mode::shared); }
Result<Lock> Store::use_alone() const { return Lock::take(root_ + "/layers", Lock::Mode::exclusive); }
Result<Lock> Store::try_use_alone() const { return Lock::try_take(root_ + "/layers", Lock::Mode::exclusive); }

Result<> Store::sweep() const {
  for (const auto& scratch : TRY(content::abandoned(root_ + "/tmp"))) {
    // A killed process's child may still be busy in it for a moment: the next sweep then.
    if (auto removed = remove_mapped_tree(scratch.path()); !removed) log::info("{}", removed.error().message());
  }
  return {};
}

}  // namespace gantry::store
