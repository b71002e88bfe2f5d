#include "engine/update.hpp"

#include "base/file.hpp"
#include "engine/restart_policy.hpp"
#include "engine/spec.hpp"
#include "engine/state.hpp"
#include "wire/monitor.hpp"

namespace gantry::engine {

namespace {

/// What a running container is told. First its cgroup, which may refuse.
Result<> apply(const Engine::State& state, const Record& record, const ContainerConfig& before) {
  const ResourceConfig& limits = record.config;
  if (limits != static_cast<const ResourceConfig&>(before)) {
    oci::Resources wanted = TRY(build_limits(record.config));
    // To a new cgroup no limit means nothing; this one may have one.
    if (limits.pids_limit < 0) wanted.pids = oci::PidsLimit{-1};
    auto updated = runtime::update(state.runtime(), record.id, wanted);
    if (!updated)
      return std::move(updated.error()).with_cure("limits take a cgroup: run as root, or where systemd delegates one");
  }
  if (record.config.restart == before.restart) return {};
  const std::string policy = policy_text(record.config.restart);
  return replace_file(state.run_folder(record.id).file(wire::kPolicy), policy, 0600, Sync::no);
}

}  // namespace

Result<std::string> update(Engine& engine, const std::string& name,
                           const std::function<Result<>(ContainerConfig&)>& change) {
  Engine::State& state = engine.state();
  TRY(state.finish_interrupted());
  Held held = TRY(state.hold_by_name(name));
  const Status status = held.container().status;
  if (status == Status::creating || status == Status::removing)
    return fail(Code::busy, "container '{}' is {}", name, status_name(status));
  const ContainerConfig before = held.record.config;
  TRY(change(held.record.config));
  if (held.container().running()) TRY(with_context(apply(state, held.record, before), "update '{}'", name));
  TRY(TRY(state.records())->set_config(held.record));
  state.report(held.record, "update");
  return held.record.id;
}

}  // namespace gantry::engine
