#include "linux/idmap.hpp"
#include "transfer/commands.hpp"

#include <unistd.h>

namespace gantry::transfer {

Result<> with_store(const Globals& globals, const std::function<Result<>(const store::Store&)>& work) {
  std::string root = TRY(options::folders(globals)).root;
  const store::Driver* driver = TRY(store::find_driver(options::storage_driver(globals)));
  const auto limits = TRY(store::read_limits(options::storage_options(globals)));
  auto open_and_work = [&]() -> Result<> { return work(TRY(store::Store::open(root, *driver, limits))); };
  if (geteuid() == 0) return open_and_work();
  return linux::in_user_namespace(TRY(linux::rootless_maps()), open_and_work);
}

}  // namespace gantry::transfer
