// RUN.

#include "base/text.hpp"
#include "dockerfile/instruction.hpp"
#include "dockerfile/run_mount.hpp"
#include "dockerfile/show.hpp"

namespace gantry::dockerfile {

namespace {

Result<std::vector<RunMount>> read_mounts(const Statement& statement) {
  std::vector<RunMount> mounts;
  for (const auto* flag : statement.all_flags("mount")) {
    auto mount = parse_run_mount(flag->value);
    if (!mount) return statement.error(flag->word, mount.error().text(), mount.error().cure());
    mount->at = statement.at(flag->word);
    mounts.push_back(std::move(*mount));
  }
  return mounts;
}

Result<std::optional<RunNetwork>> read_network(const Statement& statement) {
  const auto* flag = statement.flag("network");
  if (!flag) return std::optional<RunNetwork>{};
  if (flag->value == "default") return std::optional(RunNetwork::standard);
  if (flag->value == "none") return std::optional(RunNetwork::none);
  if (flag->value == "host") return std::optional(RunNetwork::host);
  return statement.error(flag->word, "--network is none of the networks of RUN: " + quoted(flag->value),
                         "it is default, none or host");
}

Result<std::optional<RunSecurity>> read_security(const Statement& statement) {
  const auto* flag = statement.flag("security");
  if (!flag) return std::optional<RunSecurity>{};
  if (flag->value == "sandbox") return std::optional(RunSecurity::sandbox);
  if (flag->value == "insecure") return std::optional(RunSecurity::insecure);
  return statement.error(flag->word, "--security is none of its values: " + quoted(flag->value),
                         "it is sandbox or insecure");
}

}  // namespace

Result<Operation> read_run(const Statement& statement) {
  if (statement.arguments.empty()) return statement.error("RUN has no command", "write it behind RUN");
  Run run;
  run.command = TRY(read_command(statement));
  if (run.command.words.empty()) return statement.error("RUN has no command", "write it in the list");
  run.mounts = TRY(read_mounts(statement));
  run.network = TRY(read_network(statement));
  run.security = TRY(read_security(statement));
  for (const auto* flag : statement.all_flags("device")) {
    if (flag->value.empty())
      return statement.error(flag->word, "--device has no name", "as in --device=vendor.com/gpu=all");
    run.devices.push_back(flag->value);
  }
  return Operation(std::move(run));
}

}  // namespace gantry::dockerfile
