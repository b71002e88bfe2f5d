#include "base/file.hpp"
#include "base/json.hpp"
#include "engine/changes.hpp"
#include "engine/root.hpp"
#include "engine/state.hpp"
#include "linux/idmap.hpp"
#include "linux/memory_file.hpp"
#include "linux/mount.hpp"
#include "store/merged.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace gantry::engine {

namespace {

struct ChangeList {
  std::vector<Change> changes;
};
BOOST_DESCRIBE_STRUCT(ChangeList, (), (changes))

/// Of the first of some layers; the others are what it changes.
Result<std::vector<Change>> compare(const store::Store& store, const std::vector<std::string>& layers) {
  Fd upper = TRY(linux::open_layer(layers.front()));
  Fd readable = TRY(open_at(upper.get(), ".", O_RDONLY | O_DIRECTORY));
  if (layers.size() == 1) return changes_of(readable, {});
  Fd lower = TRY(store::open_merged(store, {layers.begin() + 1, layers.end()}));
  return changes_of(readable, TRY(open_at(lower.get(), ".", O_RDONLY | O_DIRECTORY)));
}

/// The same in a user namespace of an ordinary user, where mounts may be made and files of subordinate ids be read.
Result<std::vector<Change>> compare_mapped(const store::Store& store, const std::vector<std::string>& layers) {
  if (geteuid() == 0) return compare(store, layers);
  Fd answer = TRY(linux::make_memory_file("changes", ""));
  TRY(linux::in_user_namespace(TRY(linux::rootless_maps()), [&]() -> Result<> {
    return write_all(answer, json::encode(ChangeList{TRY(compare(store, layers))}), "the changes");
  }));
  if (lseek(answer.get(), 0, SEEK_SET) < 0) return Error::system("read the changes");
  constexpr std::size_t kMost = 256u << 20;
  return TRY(json::decode<ChangeList>(TRY(read_all(answer, "the changes", kMost)), "the changes")).changes;
}

/// Leaves out what every start makes for mounts, and the folders that are there or changed for their sake alone.
void drop_ours(std::vector<Change>& changes) {
  constexpr std::array<std::string_view, 11> kPaths{
      "/dev",  "/dev/console", "/dev/pts", "/dev/shm",           "/etc/hostname", "/etc/hosts", "/etc/resolv.conf",
      "/proc", "/run",         "/sys",     "/run/.containerenv",
  };
  std::erase_if(changes, [&](const Change& change) { return std::ranges::find(kPaths, change.path) != kPaths.end(); });
  bool is_empty = std::ranges::none_of(changes, [](const Change& change) { return change.path.starts_with("/etc/"); });
  if (is_empty) std::erase_if(changes, [](const Change& change) { return change.path == "/etc"; });
}

}  // namespace

Result<std::vector<Change>> Engine::diff(const std::string& name) {
  const store::Store& store = *TRY(state_->store());
  Lock used = TRY(store.use());
  const Record record = TRY(TRY(state_->records())->find(name));
  const Root root = TRY(Root::of(store, record));
  if (root.tree.size() < 2)
    return fail(Code::unsupported, "container '{}' has no image that it could have changed", record.name);
  auto changes =
      TRY(with_context(compare_mapped(store, root.tree), "compare container '{}' with its image", record.name));
  drop_ours(changes);
  return changes;
}

Result<Fd> Engine::open_tree(const std::string& name) {
  const store::Store& store = *TRY(state_->store());
  Lock used = TRY(store.use());
  const Record record = TRY(TRY(state_->records())->find(name));
  const Root root = TRY(Root::of(store, record));
  if (!root.overlay) return open_folder(root.path);
  Fd merged = TRY(with_context(store::open_merged(store, root.tree), "look into container '{}'", record.name));
  return open_at(merged.get(), ".", O_RDONLY | O_DIRECTORY);
}

Result<std::vector<Change>> Engine::image_diff(const std::string& name) {
  const store::Store& store = *TRY(state_->store());
  Lock used = TRY(store.use());
  const auto image = TRY(store.images().find(name));
  const auto layers = TRY(store.layers().paths(image.config));
  if (layers.empty()) return std::vector<Change>();
  return with_context(compare_mapped(store, layers), "compare the layers of image '{}'", name);
}

}  // namespace gantry::engine
