#include "cli/create_process_options.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/environment.hpp"
#include "cli/option_lists.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace gantry::cli {

namespace {

using engine::ContainerConfig;

/// As docker and podman know them.
constexpr const char* kProxyVariables[] = {"http_proxy", "https_proxy", "ftp_proxy", "no_proxy",
                                           "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY"};

Result<> set_entrypoint(ContainerConfig& config, const CreateProcessOptions& options) {
  if (!options.entrypoint) return {};
  const std::string& word = *options.entrypoint;
  auto& entrypoint = config.entrypoint.emplace();
  if (word.starts_with('[')) entrypoint = TRY(json::decode<std::vector<std::string>>(word, "option --entrypoint"));
  else if (!word.empty()) entrypoint = {word};
  return {};
}

Result<> set_environment(ContainerConfig& config, const CreateProcessOptions& options) {
  config.env = TRY(read_environment(options.variable_files, options.variables));
  if (options.host_variables)
    for (char** each = environ; *each; ++each) config.host_env.emplace_back(*each);
  if (options.proxy)
    for (const char* name : kProxyVariables)
      if (const char* value = getenv(name)) config.host_env.push_back(fmt::format("{}={}", name, value));
  for (const auto& word : options.merged_variables) {
    if (auto [name, text, found] = cut(word, '='); !found || name.empty())
      return fail(Code::invalid, "option --env-merge: '{}' is not NAME=TEXT", word)
          .with_cure("as in 'PATH=${PATH}:/opt/bin'");
    config.env_merge.push_back(word);
  }
  config.unset_env = options.unset;
  config.unset_all_env = options.unset_all;
  return {};
}

Result<> set_user(ContainerConfig& config, const CreateProcessOptions& options) {
  config.user = options.user;
  for (auto& group : split_at_commas(options.groups)) {
    if (group == "keep-groups") config.keep_groups = true;
    else config.groups.push_back(std::move(group));
  }
  if (config.keep_groups && !config.groups.empty())
    return fail(Code::invalid, "option --group-add: keep-groups keeps those that we are in, and others are given")
        .with_cure("leave one out");
  config.host_users = split_at_commas(options.host_users);
  config.no_passwd = !options.passwd;
  if (config.no_passwd && !(config.host_users.empty() && options.passwd_entry.empty() && options.group_entry.empty()))
    return fail(Code::invalid, "option --passwd=false leaves /etc/passwd alone, and an entry for it is given")
        .with_cure("leave one out");
  config.passwd_entry = options.passwd_entry;
  config.group_entry = options.group_entry;
  return {};
}

}  // namespace

Result<std::string> read_umask(std::string_view word) {
  auto is_octal = [](char c) { return c >= '0' && c <= '7'; };
  if (word.empty() || word.size() > 4 || !std::ranges::all_of(word, is_octal))
    return fail(Code::invalid, "'{}' is not up to four octal figures, as 0027", word);
  return std::string(word);
}

Result<> set_process(ContainerConfig& config, const CreateProcessOptions& options) {
  TRY(set_entrypoint(config, options));
  TRY(set_environment(config, options));
  TRY(set_user(config, options));
  config.workdir = options.workdir;
  config.umask = options.umask;
  config.timezone = options.timezone;
  config.personality = options.personality;
  config.interactive = options.interactive;
  config.tty = options.terminal;
  config.init = options.init || !options.init_path.empty();
  if (!options.init_path.empty()) config.init_path = TRY(absolute_path(options.init_path));
  config.systemd = options.systemd;
  config.sd_notify = options.sd_notify;
  config.preserve_fds = options.preserve_fds;
  return {};
}

}  // namespace gantry::cli
