#include "base/file.hpp"
#include "base/text.hpp"
#include "build_cli/builder.hpp"
#include "linux/cgroup.hpp"
#include "linux/idmap.hpp"
#include "linux/memory_file.hpp"
#include "options/sibling.hpp"
#include "transfer/commands.hpp"

#include <unistd.h>

namespace gantry::build_cli {

/// An ordinary user's work happens in a process of its own, which tells its status by a file in memory.
Result<int> with_builder(const options::Globals& globals, const std::function<Result<int>(const Builder&)>& work) {
  Fd answer = TRY(linux::make_memory_file("status", ""));
  auto folders = TRY(options::folders(globals));
  TRY(transfer::with_store(globals, [&](const store::Store& store) -> Result<> {
    const int status = TRY(work({.store = store, .globals = globals, .folders = folders}));
    return write_all(answer, std::to_string(status), "the status");
  }));
  if (lseek(answer.get(), 0, SEEK_SET) < 0) return Error::system("read the status");
  return static_cast<int>(TRY(parse_unsigned(TRY(read_all(answer, "the status")))));
}

Result<build::Settings> make_settings(const Builder& builder, const BuildSettings& given) {
  auto init = TRY(options::find_sibling("gantry-init"));
  return build::Settings{
      .store = builder.store,
      .runtime = {.root = builder.folders.run_root + "/build", .init_program = std::move(init)},
      .engine = {.root = builder.folders.root, .run_root = builder.folders.run_root},
      .container = given.container,
      .add_hosts = given.add_hosts,
      .secrets = given.secrets,
      .time = given.time,
      .caches = builder.store.root() + "/caches",
      .limits = linux::in_initial_user_namespace() && linux::cgroup_mode() != linux::CgroupMode::none,
      .allows_insecure = given.allows_insecure};
}

Result<> note_step(build::WorkingContainer& container, const std::string& text) {
  container.record().notes.push_back(text);
  return container.save();
}

}  // namespace gantry::build_cli
