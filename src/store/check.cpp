#include "store/check.hpp"

#include "store/survey.hpp"

#include <algorithm>
#include <set>
#include <span>

namespace gantry::store {

namespace {

class Check {
 public:
  Check(const Store& store, Roots roots, bool repair) : store_(store), roots_(std::move(roots)), repair_(repair) {}

  Result<std::vector<Finding>> run() {
    TRY(store_.sweep());
    TRY(images());
    TRY(layers());
    TRY(trees());
    TRY(containers());
    TRY(leftovers());
    return std::move(findings_);
  }

 private:
  void add(Severity severity, std::string object, std::string text, bool repairable) {
    findings_.push_back({severity, std::move(object), std::move(text), repairable, repairable && repair_});
  }

  Result<> images() {
    auto found = survey(store_);
    if (!found) {
      // Without it nothing else can be judged.
      add(Severity::error, "index.json", found.error().text(), false);
      readable_ = false;
      return {};
    }
    survey_ = std::move(*found);
    for (const auto& broken : survey_.broken) {
      add(Severity::error, broken.object, fmt::format("it cannot be used: {}", broken.problem), true);
      if (repair_) TRY(store_.images().drop(broken.digest));
    }
    if (repair_ && !survey_.broken.empty()) survey_ = TRY(survey(store_));
    findings_.insert(findings_.end(), survey_.findings.begin(), survey_.findings.end());
    return {};
  }

  std::string damage(const oci::Digest& diff_id) const {
    if (!path_exists(store_.layers().path(diff_id))) return "its files are gone";
    return "a layer that it shares data with is gone or damaged";
  }

  Result<> layers() {
    std::set<oci::Digest> used(roots_.layers.begin(), roots_.layers.end());
    store_.layers().add_needs(used);
    store_.layers().add_needs(survey_.layers);
    for (const auto& diff_id : TRY(store_.layers().list())) {
      std::string object = "layer " + diff_id.text();
      auto info = store_.layers().info(diff_id);
      if (!store_.layers().is_whole(diff_id)) {
        std::string problem = info ? damage(diff_id) : info.error().text();
        add(Severity::error, object, fmt::format("it is damaged: {}", problem), !used.contains(diff_id));
        if (repair_ && !used.contains(diff_id)) TRY(store_.layers().remove(diff_id));
      } else if (knows_all() && !survey_.layers.contains(diff_id) && !used.contains(diff_id)) {
        add(Severity::info, object, "neither an image nor a container needs it", true);
      }
    }
    for (const auto& diff_id : used)
      if (!store_.layers().has(diff_id))
        add(Severity::error, "layer " + diff_id.text(), "a container is made from it, but it is gone", false);
    return {};
  }

  /// They can be made again.
  Result<> trees() {
    for (const auto& chain : TRY(store_.trees().list())) {
      if (store_.trees().is_whole(chain)) continue;
      add(Severity::warning, "tree " + chain.hex(), "it is damaged: its files are gone", true);
      if (repair_) TRY(store_.trees().remove(chain));
    }
    if (knows_all())
      for (const auto& chain : TRY(unneeded_trees(store_, survey_, roots_)))
        add(Severity::info, "tree " + chain.hex(), "neither an image nor a container needs it", true);
    return {};
  }

  Result<> containers() {
    auto present = TRY(store_.snapshots().list());
    for (const auto& id : present)
      if (std::ranges::find(roots_.containers, id) == roots_.containers.end())
        add(Severity::info, "snapshot " + id, "no container has it", knows_all());
    for (const auto& id : roots_.containers)
      if (std::ranges::find(present, id) == present.end())
        add(Severity::error, "snapshot " + id, "it is gone, and with it what the container had written", false);
    return {};
  }

  /// What costs space alone. With `repair_` all of it goes by a collection.
  Result<> leftovers() {
    if (knows_all())
      for (const auto& digest : TRY(store_.blobs().list()))
        if (!survey_.blobs.contains(digest)) add(Severity::info, "blob " + digest.text(), "no image needs it", true);
    if (repair_ && knows_all()) TRY(collect_alone(store_, roots_));
    return {};
  }

  bool knows_all() const { return readable_ && survey_.broken.empty(); }

  const Store& store_;
  Roots roots_;
  bool repair_;
  bool readable_ = true;
  Survey survey_;
  std::vector<Finding> findings_;
};

}  // namespace

Result<std::vector<Finding>> check(const Store& store, const RootsSource& roots, bool repair) {
  Lock alone = TRY(store.use_alone());
  return Check(store, TRY(roots()), repair).run();
}

}  // namespace gantry::store
