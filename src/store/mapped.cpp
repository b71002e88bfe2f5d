#include "store/mapped.hpp"

#include "base/file.hpp"
#include "linux/btrfs.hpp"
#include "linux/idmap.hpp"

#include <unistd.h>

namespace gantry::store {

Result<> mapped(const std::function<Result<>()>& work) {
  auto done = work();
  if (done || done.error().code() != Code::denied || geteuid() == 0) return done;
  return linux::in_user_namespace(TRY(linux::rootless_maps()), work);
}

Result<> remove_mapped_tree(const std::string& path) {
  return mapped([&]() -> Result<> {
    TRY(linux::drop_subvolumes(path));
    return remove_tree(path);
  });
}

}  // namespace gantry::store
