#include "store/store.hpp"

#include "base/log.hpp"
#include "store/mapped.hpp"

namespace gantry::store {

Store::Store(const std::string& root, const Driver& driver)
    : root_(root), blobs_(root), images_(blobs_), layers_(root, driver), snapshots_(root) {}

Result<Store> Store::open(const std::string& root, const Driver& driver) {
  // Made last, so a store that has it is whole.
  std::string last = root + "/containers";
  if (!path_exists(last)) {
    TRY(with_context(content::Blobs::create(root), "image store {}", root));
    // Programs with setuid bits from images are nobody's business on the host.
    TRY(make_folders(root + "/layers", 0700));
    TRY(make_folders(last, 0700));
  }
  return Store(root, driver);
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
