#include "build/perform.hpp"

#include "build/copy_step.hpp"
#include "build/run_step.hpp"
#include "build/workspace.hpp"
#include "linux/path.hpp"

#include <sys/stat.h>

namespace gantry::build {

namespace {

class Performance {
 public:
  Performance(const Situation& situation, const Workspace& place, const Fd& out)
      : situation_(situation), place_(place), out_(out) {}

  /// The status of a command that failed; 0: all is well.
  Result<int> operator()(const RunStep& step) const { return TRY(run_step(step, situation_, place_, out_)).code; }

  Result<int> operator()(const CopyStep& step) const {
    TRY(copy_step(step, situation_, place_));
    return 0;
  }

  Result<int> operator()(const FolderStep& step) const {
    Fd root = TRY(place_.open());
    TRY(linux::open_or_make_in_root(root, step.path, linux::NodeKind::folder));
    return 0;
  }

 private:
  const Situation& situation_;
  const Workspace& place_;
  const Fd& out_;
};

}  // namespace

Result<Performed> perform(const Node& node, std::span<const oci::Digest> below, const Situation& situation,
                          const Fd& out) {
  umask(022);
  const Settings& settings = situation.settings;
  auto place = TRY(Workspace::make(settings.store, below));
  for (const auto& step : node.steps) {
    const int status = TRY(std::visit(Performance(situation, place, out), step));
    if (status != 0) return Performed{.status = status, .layer = {}, .size = 0};
  }
  const auto sealed = TRY(place.seal(settings.time));
  return Performed{.status = 0, .layer = sealed.diff_id.text(), .size = sealed.size};
}

}  // namespace gantry::build
