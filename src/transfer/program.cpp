#include "options/program.hpp"
#include "linux/idmap.hpp"
#include "transfer/commands.hpp"

#include <unistd.h>

namespace gantry::transfer {

namespace {

constexpr const Command* kImageCommands[] = {&kBootstrap, &kCopy, &kImport, &kLoad, &kPull, &kPush, &kSave};
constinit const Command kImage = {
    .name = "image",
    .summary = "Work with images",
    .synopsis = "COMMAND",
    .description = "The commands on images that move whole images.",
    .commands = kImageCommands,
};

constexpr options::Group kGroups[] = {options::group(options::kGlobalOptions)};
constexpr const Command* kCommands[] = {&kImage, &kImport, &kLoad, &kLogin, &kLogout, &kPull, &kPush, &kSave};
constinit const Command kRoot = {
    .name = "gantry",
    .summary = "Work with containers and images",
    .synopsis = "[OPTIONS] COMMAND",
    .description = "The part of gantry that moves whole images. gantry itself calls it.",
    .groups = kGroups,
    .commands = kCommands,
};

}  // namespace

Result<> with_store(const Globals& globals, const std::function<Result<>(const store::Store&)>& work) {
  std::string root = TRY(options::folders(globals)).root;
  const store::Driver* driver = TRY(store::find_driver(options::storage_driver(globals)));
  auto open_and_work = [&]() -> Result<> { return work(TRY(store::Store::open(root, *driver))); };
  if (geteuid() == 0) return open_and_work();
  return linux::in_user_namespace(TRY(linux::rootless_maps()), open_and_work);
}

int run_transfer(std::span<char* const> argv) {
  Globals globals;
  return options::run_program({.root = kRoot, .globals = &globals, .ready = options::configure_log}, argv);
}

}  // namespace gantry::transfer
