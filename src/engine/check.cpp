#include "base/file.hpp"
#include "base/log.hpp"
#include "engine/spec.hpp"
#include "engine/state.hpp"
#include "linux/cgroup.hpp"

#include <algorithm>
#include <set>

namespace gantry::engine {

namespace {

using store::Finding;
using store::Severity;

/// One comparison of all that there is of containers.
class Check {
 public:
  Check(Engine::State& state, bool repair) : state_(state), repair_(repair) {}

  Result<std::vector<Finding>> run() {
    TRY(check_database());
    TRY(finish_what_ended());
    for (const Record& record : TRY(TRY(state_.records())->list())) {
      ids_.insert(record.id);
      TRY(check_container(record));
    }
    TRY(check_runtime());
    TRY(check_shared_space());
    TRY(finish_removals());
    return std::move(findings_);
  }

 private:
  Result<> check_database() {
    const std::string problems = TRY(TRY(state_.records())->integrity());
    if (!problems.empty()) findings_.push_back({Severity::error, "the state database", problems});
    return {};
  }

  /// Ends that nobody could record: the monitor was killed, or its cleanup.
  Result<> finish_what_ended() {
    for (const Record& record : TRY(TRY(state_.records())->list()))
      if (record.state != Record::State::creating) TRY(state_.clean_up(record.id));
    return {};
  }

  Result<> check_container(const Record& record) {
    const std::string object = "container " + record.id;
    // Its maker or remover is at work.
    if (record.state == Record::State::creating || record.state == Record::State::removing) return {};
    const store::Store& store = *TRY(state_.store());
    if (!store.snapshots().has(record.id)) {
      TRY(report({Severity::error, object, "what it had written is gone"}, [&]() -> Result<> {
        if (auto held = TRY(state_.hold(record.id))) TRY(state_.take_apart(*held));
        return {};
      }));
      return {};
    }
    for (const auto& layer : record.layers)
      if (!store.layers().has(layer))
        findings_.push_back(
            {Severity::error, object, fmt::format("its layer {} is gone: load its image again", layer.text())});
    const std::string path = cgroup_path(record.config, record.id);
    const Container container = state_.see(record);
    const bool has_ended = !container.running() && container.status != Status::restarting;
    if (has_ended && linux::Cgroup::open(path))
      TRY(report({Severity::info, object, "its cgroup is still there"},
                 [&]() -> Result<> { return TRY(linux::Cgroup::open(path)).remove(); }));
    return {};
  }

  /// A removal that was cut off after its last transaction left a folder that nobody uses: that goes on here.
  Result<> finish_removals() {
    auto names = list_folder(state_.settings.run_root + "/containers");
    if (!names) return {};  // nothing ran since the machine was started
    for (const auto& name : *names) {
      const RunFolder folder = state_.run_folder(name);
      if (folder.monitored() || TRY(is_known(name))) continue;
      log::info("removing {}, whose container is gone", folder.path());
      TRY(folder.remove());
    }
    return {};
  }

  /// Nobody holds the bridges' namespaces any more, under containers that run.
  Result<> check_shared_space() {
    if (!bridges_are_shared()) return {};
    TRY(state_.shared_space().forget_ended(state_.space_members()));
    if (state_.has_bridges() || !state_.shared_space().needed()) return {};
    return report({Severity::error, "bridges", "the namespaces that they were in are gone"},
                  [&] { return state_.restore_networks(); });
  }

  Result<> check_runtime() {
    for (const auto& listed : TRY(runtime::list(state_.runtime()))) {
      const std::string& id = listed.state.id;
      if (TRY(is_known(id))) continue;
      TRY(report({Severity::warning, "process of container " + id, "it belongs to no container that is known"},
                 [&] { return runtime::remove(state_.runtime(), id, true); }));
    }
    return {};
  }

  /// Also those that were made after the list was read.
  Result<bool> is_known(const std::string& id) {
    return ids_.contains(id) || TRY(TRY(state_.records())->get(id)).has_value();
  }

  template <class Cure>
  Result<> report(Finding finding, Cure cure) {
    finding.repairable = true;
    if (repair_) {
      TRY(with_context(cure(), "repair {}", finding.object));
      finding.repaired = true;
    }
    findings_.push_back(std::move(finding));
    return {};
  }

  Engine::State& state_;
  bool repair_;
  std::set<std::string> ids_;
  std::vector<Finding> findings_;
};

}  // namespace

Result<std::vector<Finding>> Engine::check(bool repair) {
  TRY(state_->finish_interrupted());
  auto findings = TRY(Check(*state_, repair).run());
  auto of_store = TRY(store::check(
      *TRY(state_->store()), [this] { return state_->roots(); }, repair));
  std::ranges::move(of_store, std::back_inserter(findings));
  return findings;
}

}  // namespace gantry::engine
