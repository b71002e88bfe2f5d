#include "base/version.hpp"
#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/outline.hpp"
#include "linux/cgroup.hpp"
#include "linux/system.hpp"
#include "oci/platform.hpp"
#include "options/print.hpp"
#include "report/listing.hpp"
#include "store/store.hpp"

namespace gantry::cli {

namespace json = boost::json;

namespace {

struct InfoArguments {
  std::string format;
};

std::string_view cgroup_version() {
  switch (linux::cgroup_mode()) {
    case linux::CgroupMode::none:
      return "none";
    case linux::CgroupMode::v1:
      return "v1";
    case linux::CgroupMode::v2:
      return "v2";
    case linux::CgroupMode::hybrid:
      return "hybrid";
  }
  return "none";
}

Result<json::object> host_info() {
  const auto system = TRY(linux::system_info());
  return json::object{
      {"arch", oci::host_platform().architecture},
      {"cgroupVersion", cgroup_version()},
      {"cpus", system.cpus},
      {"distribution", {{"distribution", system.distribution}, {"version", system.distribution_version}}},
      {"hostname", system.hostname},
      {"kernel", system.kernel},
      {"memFree", system.memory_free},
      {"memTotal", system.memory_total},
      {"os", "linux"},
      {"security",
       {{"apparmorEnabled", system.apparmor},
        {"rootless", system.rootless},
        {"seccompEnabled", system.seccomp},
        {"selinuxEnabled", system.selinux}}},
      {"swapFree", system.swap_free},
      {"swapTotal", system.swap_total},
      {"uptime", fmt::format("{}h {}m", system.uptime / 3600, system.uptime / 60 % 60)},
  };
}

Result<json::object> store_info(const Globals& globals) {
  const auto folders = TRY(options::folders(globals));
  const std::string driver = options::storage_driver(globals);
  auto engine = TRY(open_engine(globals));
  const auto containers = TRY(engine.list({.all = true}));
  const auto running = std::ranges::count_if(containers, &engine::Container::running);
  const std::size_t images = TRY(TRY(engine.images())->images().list()).size();
  return json::object{
      {"containerStore",
       {{"number", containers.size()}, {"running", running}, {"stopped", containers.size() - running}}},
      {"graphDriverName", driver.empty() ? store::overlay_driver().name() : std::string_view(driver)},
      {"graphRoot", folders.root},
      {"imageStore", {{"number", images}}},
      {"runRoot", folders.run_root},
  };
}

Result<int> info(const Globals& globals, const InfoArguments& arguments) {
  auto host = TRY(host_info());
  auto store = TRY(store_info(globals));
  json::object all{{"host", std::move(host)}, {"store", std::move(store)}, {"version", {{"Version", version()}}}};
  if (arguments.format.empty()) TRY(options::print(outline(all)));
  else TRY(report::print_object(all, arguments.format));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&InfoArguments::format>('f', "format", "FORMAT", "Print as \"json\", or by a Go template"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry info --format '{{.store.graphRoot}}'", "Print where images and containers are kept"}};

}  // namespace

constinit const Command kInfo = options::command<info>({
    .name = "info",
    .summary = "Print what the host offers and what the store holds",
    .synopsis = "[OPTIONS]",
    .description = "Prints facts about the machine, its kernel and the store, for you and for reports of problems.",
    .examples = kExamples,
    .groups = kGroups,
});

}  // namespace gantry::cli
