#include "cli/selection.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/filters.hpp"

namespace gantry::cli {

namespace {

bool is_among(const engine::Container& container, Among among) {
  using engine::Status;
  switch (among) {
    case Among::running:
      return container.running() || container.status == Status::restarting;
    case Among::paused:
      return container.status == Status::paused;
    case Among::resting:
      return container.status == Status::created || container.status == Status::exited;
    case Among::every:
      return true;
  }
  return false;
}

Result<std::vector<std::string>> ids_in_files(const std::vector<std::string>& files, bool ignore) {
  std::vector<std::string> ids;
  for (const auto& file : files) {
    auto text = read_file(file);
    if (!text && text.error().code() == Code::not_found && ignore) continue;
    const std::string id(trim(TRY(with_context(std::move(text), "option --cidfile"))));
    if (id.empty()) return fail(Code::invalid, "option --cidfile: {} holds no id", file);
    ids.push_back(id);
  }
  return ids;
}

Result<std::vector<std::string>> filtered(engine::Engine& engine, const Selection& selection, Among among) {
  std::vector<std::string> ids;
  engine::ListFilter filter{.all = true, .conditions = TRY(read_filters(selection.filters))};
  for (const auto& container : TRY(engine.list(filter)))
    if (!selection.filters.empty() || is_among(container, among)) ids.push_back(container.id);
  return ids;
}

}  // namespace

Result<std::string> latest_container(engine::Engine& engine) {
  const auto containers = TRY(engine.list({.all = true}));
  if (containers.empty()) return fail(Code::not_found, "option --latest: there is no container");
  return containers.front().id;
}

Result<std::vector<std::string>> selected_containers(engine::Engine& engine, const std::vector<std::string>& names,
                                                     const Selection& selection, Among among, bool ignore) {
  const int ways = (!names.empty() || !selection.cidfiles.empty()) + (selection.all || !selection.filters.empty()) +
                   selection.latest;
  if (ways == 0) return fail(Code::invalid, "no container is named").with_cure("name one, or give --all");
  if (ways > 1)
    return fail(Code::invalid, "names, --all and --latest exclude each other").with_cure("leave all out but one");
  if (selection.latest) return std::vector{TRY(latest_container(engine))};
  if (selection.all || !selection.filters.empty()) return filtered(engine, selection, among);
  auto chosen = TRY(ids_in_files(selection.cidfiles, ignore));
  chosen.insert(chosen.begin(), names.begin(), names.end());
  return chosen;
}

}  // namespace gantry::cli
