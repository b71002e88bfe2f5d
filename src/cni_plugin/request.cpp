#include "cni_plugin/request.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/variables.hpp"

#include <unistd.h>

#include <algorithm>

namespace gantry::cni_plugin {

namespace {

Error missing(const char* name) { return fail(Code::invalid, "the environment variable {} is missing", name); }

/// A part of file names.
Result<> check_word(const std::string& word, const char* what) {
  const bool fine = !word.empty() && word.size() <= 255 && word[0] != '.' && std::ranges::all_of(word, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
  if (fine) return {};
  return fail(Code::invalid, "'{}' cannot be {}", word, what);
}

Result<> check_environment(const Request& request) {
  const std::string& command = request.command;
  if (command.empty()) return missing("CNI_COMMAND");
  if (command == "STATUS" || command == "GC") return {};
  if (command != "ADD" && command != "DEL" && command != "CHECK")
    return fail(Code::invalid, "CNI_COMMAND '{}' is not known", command);
  if (request.container.empty()) return missing("CNI_CONTAINERID");
  if (request.interface.empty()) return missing("CNI_IFNAME");
  TRY(check_word(request.container, "a container's id"));
  TRY(check_word(request.interface, "the name of a network device"));
  if (request.netns.empty() && command != "DEL") return missing("CNI_NETNS");
  return {};
}

Result<> check_config(const Request& request) {
  const PluginConfig& config = request.config;
  TRY(check_word(config.name, "a network's name"));
  if (request.command == "ADD" && !config.prev_result.text.empty())
    return fail(Code::invalid, "gantry-cni makes the container's device, and so is the first plugin of its chain");
  return {};
}

void set_defaults(PluginConfig& config) {
  if (config.cni_version.empty()) config.cni_version = "0.3.0";
  if (config.data_dir.empty()) config.data_dir = "/var/lib/cni/gantry";
  if (config.run_dir.empty()) config.run_dir = "/run/cni/gantry";
}

Result<PluginConfig> read_config() {
  const Fd in(STDIN_FILENO);
  return json::decode<PluginConfig>(TRY(read_all(in, "the configuration")), "the configuration");
}

}  // namespace

std::variant<Request, Refusal> read_request() {
  Request request{.command = variable("CNI_COMMAND"),
                  .container = variable("CNI_CONTAINERID"),
                  .netns = variable("CNI_NETNS"),
                  .interface = variable("CNI_IFNAME"),
                  .config = {}};
  if (request.command == "VERSION") return request;
  if (auto checked = check_environment(request); !checked) return Refusal{ErrorNumber::environment, checked.error()};
  auto config = read_config();
  if (!config) return Refusal{ErrorNumber::decoding, config.error()};
  request.config = std::move(*config);
  set_defaults(request.config);
  const std::string& version = request.config.cni_version;
  if (std::ranges::find(kVersions, version) == std::end(kVersions))
    return Refusal{ErrorNumber::version, fail(Code::unsupported, "version '{}' of CNI is not known", version)};
  if (auto checked = check_config(request); !checked) return Refusal{ErrorNumber::configuration, checked.error()};
  return request;
}

}  // namespace gantry::cni_plugin
