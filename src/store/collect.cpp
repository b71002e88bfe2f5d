#include "store/collect.hpp"

#include "store/survey.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace gantry::store {

namespace {

Result<> collect_blobs(const Store& store, const std::set<oci::Digest>& needed, Collected& collected) {
  for (const auto& digest : TRY(store.blobs().list())) {
    if (needed.contains(digest)) continue;
    auto size = store.blobs().size(digest);
    TRY(store.blobs().remove(digest));
    ++collected.blobs;
    if (size) collected.bytes += *size;
  }
  return {};
}

Result<> collect_layers(const Store& store, const std::set<oci::Digest>& needed, Collected& collected) {
  for (const auto& diff_id : TRY(store.layers().list())) {
    if (needed.contains(diff_id)) continue;
    auto info = store.layers().info(diff_id);
    TRY(store.layers().remove(diff_id));
    ++collected.layers;
    if (info) collected.layer_bytes += info->size;
  }
  return {};
}

Result<> collect_trees(const Store& store, const Survey& found, const Roots& roots, Collected& collected) {
  for (const auto& chain : TRY(unneeded_trees(store, found, roots))) {
    TRY(store.trees().remove(chain));
    ++collected.trees;
  }
  return {};
}

Result<> collect_snapshots(const Store& store, const std::vector<std::string>& known, Collected& collected) {
  for (const auto& id : TRY(store.snapshots().list())) {
    if (std::ranges::find(known, id) != known.end()) continue;
    TRY(store.snapshots().remove(id));
    ++collected.snapshots;
  }
  return {};
}

}  // namespace

Result<Collected> collect_alone(const Store& store, const Roots& roots) {
  Survey found = TRY(survey(store));
  if (!found.broken.empty())
    return fail(Code::corrupt, "nothing is collected, as {} is damaged: {}", found.broken.front().object,
                found.broken.front().problem)
        .with_cure("gantry system check --repair");
  Collected collected;
  found.layers.insert(roots.layers.begin(), roots.layers.end());
  store.layers().add_needs(found.layers);
  TRY(collect_snapshots(store, roots.containers, collected));
  TRY(collect_trees(store, found, roots, collected));
  TRY(collect_layers(store, found.layers, collected));
  TRY(collect_blobs(store, found.blobs, collected));
  TRY(store.sweep());
  return collected;
}

Result<Collected> collect(const Store& store, const RootsSource& roots, Wait wait) {
  auto alone = wait == Wait::yes ? store.use_alone() : store.try_use_alone();
  if (!alone && alone.error().code() == Code::busy) return Collected{.postponed = true};
  Lock held = TRY(std::move(alone));
  return collect_alone(store, TRY(roots()));
}

}  // namespace gantry::store
