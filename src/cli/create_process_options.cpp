#include "cli/create_process_options.hpp"

#include "base/json.hpp"
#include "cli/environment.hpp"
#include "cli/option_lists.hpp"

namespace gantry::cli {

Result<> set_process(engine::ContainerConfig& config, const CreateProcessOptions& options) {
  config.env = TRY(read_environment(options.variable_files, options.variables));
  if (options.entrypoint) {
    const std::string& word = *options.entrypoint;
    auto& entrypoint = config.entrypoint.emplace();
    if (word.starts_with('[')) entrypoint = TRY(json::decode<std::vector<std::string>>(word, "option --entrypoint"));
    else if (!word.empty()) entrypoint = {word};
  }
  config.workdir = options.workdir;
  config.user = options.user;
  config.groups = split_at_commas(options.groups);
  config.interactive = options.interactive;
  config.tty = options.terminal;
  config.init = options.init;
  return {};
}

}  // namespace gantry::cli
