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
#include <functional>

namespace gantry::engine {

namespace {

struct ChangeList {
  std::vector<Change> changes;
};
BOOST_DESCRIBE_STRUCT(ChangeList, (), (changes))

using Folders = std::vector<std::string>;  ///< what a tree is made of, the top first
using Comparing = std::function<Result<std::vector<Change>>()>;

Result<Fd> open_whole(const store::Store& store, const Folders& folders) {
  Fd merged = TRY(store::open_merged(store, folders));
  return open_at(merged.get(), ".", O_RDONLY | O_DIRECTORY);
}

/// Of the first of some layers; the others are what it changes.
Result<std::vector<Change>> compare_top(const store::Store& store, const Folders& layers) {
  Fd upper = TRY(linux::open_layer(layers.front()));
  Fd readable = TRY(open_at(upper.get(), ".", O_RDONLY | O_DIRECTORY));
  if (layers.size() == 1) return changes_of(readable, {});
  return changes_of(readable, TRY(open_whole(store, {layers.begin() + 1, layers.end()})));
}

/// What a container has changed.
Result<std::vector<Change>> compare_root(const store::Store& store, const Root& root) {
  if (root.overlay) return compare_top(store, root.tree);
  return changes_between(TRY(open_folder(root.path)), TRY(open_whole(store, root.below)));
}

/// In a user namespace of an ordinary user mounts may be made and files of subordinate ids be read.
Result<std::vector<Change>> compare_mapped(const Comparing& compare) {
  if (geteuid() == 0) return compare();
  Fd answer = TRY(linux::make_memory_file("changes", ""));
  TRY(linux::in_user_namespace(TRY(linux::rootless_maps()), [&]() -> Result<> {
    return write_all(answer, json::encode(ChangeList{TRY(compare())}), "the changes");
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
  if (root.below.empty())
    return fail(Code::unsupported, "container '{}' has no image that it could have changed", record.name);
  auto changes = TRY(with_context(compare_mapped([&] { return compare_root(store, root); }),
                                  "compare container '{}' with its image", record.name));
  drop_ours(changes);
  return changes;
}

Result<Fd> Engine::open_tree(const std::string& name) {
  const store::Store& store = *TRY(state_->store());
  Lock used = TRY(store.use());
  const Record record = TRY(TRY(state_->records())->find(name));
  const Root root = TRY(Root::of(store, record));
  if (!root.overlay) return open_folder(root.path);
  return with_context(open_whole(store, root.tree), "look into container '{}'", record.name);
}

Result<std::vector<Change>> Engine::image_diff(const std::string& name) {
  const store::Store& store = *TRY(state_->store());
  Lock used = TRY(store.use());
  const auto image = TRY(store.images().find(name));
  const auto layers = TRY(store.layers().paths(image.config));
  if (layers.empty()) return std::vector<Change>();
  return with_context(compare_mapped([&] { return compare_top(store, layers); }), "compare the layers of image '{}'",
                      name);
}

Result<std::vector<std::string>> Engine::State::tree_of(const store::Store& store, const std::string& name) {
  auto record = TRY(records())->find(name);
  if (record) return TRY(Root::of(store, *record)).tree;
  if (record.error().code() != Code::not_found) return std::move(record.error());
  return store.layers().paths(TRY(store.images().find(name)).config);
}

Result<std::vector<Change>> Engine::diff_between(const std::string& newer, const std::string& older) {
  const store::Store& store = *TRY(state_->store());
  Lock used = TRY(store.use());
  const Folders ours = TRY(state_->tree_of(store, newer)), theirs = TRY(state_->tree_of(store, older));
  auto compare = [&]() -> Result<std::vector<Change>> {
    return changes_between(TRY(open_whole(store, ours)), TRY(open_whole(store, theirs)));
  };
  auto changes = TRY(with_context(compare_mapped(compare), "compare '{}' with '{}'", newer, older));
  drop_ours(changes);
  return changes;
}

}  // namespace gantry::engine
