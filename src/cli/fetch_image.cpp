#include "cli/fetch_image.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "base/subprocess.hpp"
#include "options/sibling.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace gantry::cli {

namespace {

Result<std::vector<std::string>> pull_words(const Globals& globals, const CreateRootOptions& options,
                                            const engine::ContainerConfig& config) {
  const auto folders = TRY(options::folders(globals));
  std::vector<std::string> words{"gantry", "--root", folders.root, "--runroot", folders.run_root};
  if (!globals.storage_driver.empty()) words.insert(words.end(), {"--storage-driver", globals.storage_driver});
  for (const auto& option : globals.storage_options) words.insert(words.end(), {"--storage-opt", option});
  words.emplace_back("pull");
  auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {option, value});
  };
  add("--platform", config.platform);
  add("--authfile", options.auth_file);
  add("--cert-dir", options.certificates);
  add("--creds", options.credentials);
  if (options.tls_verify) words.emplace_back(*options.tls_verify ? "--tls-verify=true" : "--tls-verify=false");
  if (options.quiet) words.emplace_back("--quiet");
  words.insert(words.end(), {"--", config.image});
  return words;
}

/// Its progress is shown on a terminal; else all that is seen of it is the reason why it failed.
Result<> pull(const Globals& globals, const CreateRootOptions& options, const engine::ContainerConfig& config) {
  const Fd nowhere = TRY(open_file("/dev/null", O_WRONLY));
  Command command{.argv = TRY(pull_words(globals, options, config))};
  command.program = TRY(options::find_sibling("gantry-transfer"));
  if (options.quiet || isatty(STDERR_FILENO) == 0) {
    auto done = command_output(command);
    if (done) return {};
    return std::move(done.error()).with_context(fmt::format("get image '{}'", config.image));
  }
  command.out = nowhere.get();
  Child child = TRY(Child::start(command));
  if (TRY(child.wait()).ok()) return {};
  return fail(Code::failed, "image '{}' could not be fetched", config.image);
}

Result<> fetch_image(const Globals& globals, engine::Engine& engine, const CreateRootOptions& options,
                     const engine::ContainerConfig& config) {
  if (config.image.empty() || options.pull == PullPolicy::never) return {};
  auto found = TRY(engine.images())->images().find(config.image);
  if (!found && found.error().code() != Code::not_found) return std::move(found.error());
  const bool is_here = found.has_value();
  if (is_here && options.pull == PullPolicy::missing) return {};
  auto pulled = pull(globals, options, config);
  if (!is_here || options.pull != PullPolicy::newer || pulled) return pulled;
  // Whether there is a newer one is not worth failing for, as podman has it.
  log::warning("{}", pulled.error().message());
  return {};
}

}  // namespace

Result<> prepare_to_create(const Globals& globals, engine::Engine& engine, const CreateRootOptions& options,
                           const engine::ContainerConfig& config) {
  TRY(fetch_image(globals, engine, options, config));
  if (!options.replace) return {};
  auto removed = engine.remove(config.name, true);
  if (removed || removed.error().code() == Code::not_found) return {};
  return std::move(removed.error()).with_context("option --replace");
}

}  // namespace gantry::cli
