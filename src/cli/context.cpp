#include "cli/context.hpp"

#include "base/log.hpp"
#include "options/print.hpp"
#include "options/sibling.hpp"
#include "store/store.hpp"

namespace gantry::cli {

Result<engine::Engine> open_engine(const Globals& globals) {
  auto folders = TRY(options::folders(globals));
  return engine::Engine({.root = std::move(folders.root),
                         .run_root = std::move(folders.run_root),
                         .storage_driver = options::storage_driver(globals)});
}

Result<engine::Engine> open_starting_engine(const Globals& globals) {
  auto folders = TRY(options::folders(globals));
  return engine::Engine({.root = std::move(folders.root),
                         .run_root = std::move(folders.run_root),
                         .program = TRY(options::find_sibling("gantry")),
                         .monitor = TRY(options::find_sibling("gantry-monitor")),
                         .init = TRY(options::find_sibling("gantry-init")),
                         .storage_driver = options::storage_driver(globals)});
}

int for_each_name(const std::vector<std::string>& names, const std::function<Result<>(const std::string&)>& work,
                  int (*status_of)(const Error&)) {
  int status = 0;
  for (const auto& name : names) {
    auto done = work(name);
    if (done) continue;
    log::error("{}", done.error().message());
    status = status_of(done.error());
  }
  return status;
}

Result<> check_choice(const std::vector<std::string>& names, bool all, std::string_view kind) {
  if (all && !names.empty()) return fail(Code::invalid, "--all is given, and names too").with_cure("leave one out");
  if (!all && names.empty()) return fail(Code::invalid, "no {} is named", kind).with_cure("name one, or give --all");
  return {};
}

void Outcomes::operator()(const std::string& name, Result<> done) {
  if (!done && done.error().code() == Code::not_found && ignore_) return;
  if (done) done = options::print(name + "\n");
  if (done) return;
  log::error("{}", done.error().message());
  status_ = status_of_(done.error());
}

int failure_status(const Error&) { return 125; }

int removal_status(const Error& error) {
  if (error.code() == Code::not_found) return 1;
  if (error.code() == Code::busy) return 2;
  return 125;
}

std::string short_id(const std::string& id) { return id.substr(0, 12); }

std::vector<std::string> candidates(options::Completes what, void* globals) {
  using options::Completes;
  std::vector<std::string> names;
  if (what != Completes::containers && what != Completes::running && what != Completes::images &&
      what != Completes::volumes)
    return names;
  auto engine = open_engine(*static_cast<const Globals*>(globals));
  if (!engine) return names;
  if (what == Completes::volumes) {
    if (auto volumes = engine->volumes().list())
      for (const auto& volume : *volumes) names.push_back(volume.name);
    return names;
  }
  if (what == Completes::images) {
    auto store = engine->images();
    auto images = store ? (*store)->images().list() : Result<std::vector<store::ImageSummary>>(store.error());
    if (images)
      for (const auto& image : *images) names.insert(names.end(), image.names.begin(), image.names.end());
    return names;
  }
  auto containers = engine->list({.all = what == Completes::containers});
  if (containers)
    for (const auto& container : *containers) names.push_back(container.name);
  return names;
}

}  // namespace gantry::cli
