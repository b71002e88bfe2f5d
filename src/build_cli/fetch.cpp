#include "build_cli/fetch.hpp"

#include "base/subprocess.hpp"
#include "options/sibling.hpp"

namespace gantry::build_cli {

build::Bases::Fetch fetcher(const options::Globals& globals, const options::Folders& folders) {
  return [&globals, folders](const std::string& name, const oci::Platform& platform) -> Result<> {
    gantry::Command pull{.argv = {"gantry", "--root", folders.root, "--runroot", folders.run_root}};
    if (!globals.storage_driver.empty())
      pull.argv.insert(pull.argv.end(), {"--storage-driver", globals.storage_driver});
    pull.argv.insert(pull.argv.end(), {"pull", "--quiet", "--platform", oci::text_of(platform), name});
    pull.program = TRY(options::find_sibling("gantry-transfer"));
    TRY(command_output(pull));
    return {};
  };
}

}  // namespace gantry::build_cli
