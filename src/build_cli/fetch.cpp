#include "build_cli/fetch.hpp"

#include "base/json.hpp"
#include "base/json_options.hpp"
#include "base/subprocess.hpp"
#include "options/sibling.hpp"

#include <boost/describe/class.hpp>

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

namespace {

/// What `gantry-transfer download` prints.
struct FetchedFile {
  std::string digest;
  std::string etag;
};
BOOST_DESCRIBE_STRUCT(FetchedFile, (), (digest, etag))

}  // namespace

Result<build::Download> fetch_file(const std::string& url, const std::string& etag, const std::string& path) {
  gantry::Command download{.argv = {"gantry", "download"}};
  if (!etag.empty()) download.argv.insert(download.argv.end(), {"--etag", etag});
  download.argv.insert(download.argv.end(), {"--", url, path});
  download.program = TRY(options::find_sibling("gantry-transfer"));
  auto file = TRY(json::decode<FetchedFile>(TRY(command_output(download)), "what was fetched"));
  return build::Download{.digest = std::move(file.digest), .etag = std::move(file.etag)};
}

}  // namespace gantry::build_cli
