#include "base/version.hpp"

#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "oci/platform.hpp"
#include "options/print.hpp"
#include "report/listing.hpp"

namespace gantry::cli {

namespace {

struct VersionArguments {
  std::string format;
};

Result<int> print_version(const Globals&, const VersionArguments& arguments) {
  const auto platform = oci::host_platform();
  const std::string system = platform.os + "/" + platform.architecture;
  if (arguments.format.empty()) {
    TRY(options::print(fmt::format("Version:  {}\nOS/Arch:  {}\n", version(), system)));
    return 0;
  }
  boost::json::object client{{"Version", version()}, {"OsArch", system}};
  // As podman and docker have it: {{.Version}} and {{.Client.Version}} are both in use.
  boost::json::object all{{"Client", client}};
  if (arguments.format != "json") all.insert(client.begin(), client.end());
  TRY(report::print_object(all, arguments.format));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&VersionArguments::format>('f', "format", "FORMAT", "Print as \"json\", or by a Go template"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {{"gantry version --format '{{.Version}}'", "Print the number alone"}};

}  // namespace

constinit const Command kVersion = options::command<print_version>({
    .name = "version",
    .summary = "Print the version",
    .synopsis = "[OPTIONS]",
    .description = "Prints the version of the toolset and the platform that it was built for.",
    .examples = kExamples,
    .groups = kGroups,
});

}  // namespace gantry::cli
