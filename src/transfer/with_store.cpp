#include "linux/idmap.hpp"
#include "transfer/commands.hpp"
#include "transfer/erofs_layer.hpp"

#include <unistd.h>

namespace gantry::transfer {

namespace {

Result<> check_options(const store::Driver& driver, const store::ErofsOptions& options) {
  const bool is_given = options.compression != store::ErofsOptions::Compression::none || options.shares;
  if (!is_given || driver.is_image()) return {};
  return fail(Code::invalid, "option --storage-opt: options of erofs are of no use to the storage driver {}",
              driver.name())
      .with_cure("add --storage-driver erofs");
}

}  // namespace

Result<> with_store(const Globals& globals, const std::function<Result<>(const store::Store&)>& work) {
  std::string root = TRY(options::folders(globals)).root;
  const store::Driver* driver = TRY(store::find_driver(options::storage_driver(globals), root));
  const auto options = TRY(store::read_storage_options(options::storage_options(globals)));
  TRY(check_options(*driver, options.erofs));
  auto open_and_work = [&]() -> Result<> {
    const auto store = TRY(store::Store::open(root, *driver, options));
    TRY(check_compression(store));
    return work(store);
  };
  if (geteuid() == 0) return open_and_work();
  return linux::in_user_namespace(TRY(linux::rootless_maps()), open_and_work);
}

}  // namespace gantry::transfer
