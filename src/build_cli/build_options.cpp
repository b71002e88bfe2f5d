#include "build_cli/build_options.hpp"

#include "base/build_time.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "build/remotes.hpp"
#include "engine/network_options.hpp"
#include "engine/options.hpp"
#include "engine/user_network.hpp"
#include "linux/idmap.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>

namespace gantry::build_cli {

namespace {

constexpr std::size_t kLargestSecret = 500u << 10;  // as BuildKit has it

/// `key` of "id=ID,src=PATH".
std::string field(const std::string& word, std::initializer_list<std::string_view> keys) {
  for (const auto& part : split(word, ',')) {
    const auto [name, value, found] = cut(part, '=');
    if (found && std::ranges::find(keys, name) != keys.end()) return std::string(value);
  }
  return {};
}

Result<> add_secret(const std::string& word, build::Secrets& secrets) {
  const std::string id = field(word, {"id"});
  if (id.empty()) return fail(Code::invalid, "--secret {}: it has no id", word).with_cure("--secret id=NAME,src=PATH");
  for (const auto& part : split(word, ',')) {
    const std::string_view key = cut(part, '=').before;
    constexpr std::string_view kKeys[] = {"id", "src", "source", "env", "type"};
    if (std::ranges::find(kKeys, key) == std::end(kKeys))
      return fail(Code::invalid, "--secret {}: there is no '{}'", word, key).with_cure("--secret id=NAME,src=PATH");
  }
  const std::string type = field(word, {"type"});
  std::string variable = field(word, {"env"});
  const std::string path = field(word, {"src", "source"});
  if (variable.empty() && path.empty()) variable = id;
  if (type == "env" && !path.empty()) variable = path;
  if (!path.empty() && type != "env") {
    auto content = with_context(read_file(path, kLargestSecret), "secret '{}'", id);
    secrets.values[id] = TRY(std::move(content));
    return {};
  }
  const char* value = getenv(variable.c_str());
  if (value == nullptr)
    return fail(Code::not_found, "secret '{}': the environment has no {}", id, variable)
        .with_cure(fmt::format("--secret id={},src=PATH", id));
  secrets.values[id] = value;
  return {};
}

Result<> add_agent(const std::string& word, build::Secrets& secrets) {
  const auto [id, given, found] = cut(word, '=');
  const char* own = getenv("SSH_AUTH_SOCK");
  const std::string socket = found ? std::string(given) : own != nullptr ? std::string(own) : std::string();
  struct stat info;
  if (socket.empty())
    return fail(Code::not_found, "--ssh {}: there is no agent", word).with_cure("start one: eval $(ssh-agent)");
  if (stat(socket.c_str(), &info) < 0) return Error::system("--ssh {}: {}", word, socket);
  if (!S_ISSOCK(info.st_mode))
    return fail(Code::unsupported, "--ssh {}: {} is a key, not the socket of an agent", word, socket)
        .with_cure("ssh-add it, and give --ssh " + std::string(id));
  secrets.ssh_sockets[std::string(id)] = socket;
  return {};
}

Result<Timestamp> read_time(const BuildResultOptions& result, const BuildSourceOptions& source) {
  std::string word = result.timestamp;
  if (word == "now") return now() / kSecond * kSecond;
  for (const auto& argument : source.build_args)
    if (word.empty() && argument.starts_with("SOURCE_DATE_EPOCH=")) word = cut(argument, '=').after;
  if (word.empty()) return TRY(source_date_epoch()).value_or(0);
  auto seconds = with_context(parse_unsigned(word), "--timestamp {}", word);
  constexpr std::uint64_t kMost = 9'000'000'000;
  if (seconds && *seconds > kMost) return fail(Code::invalid, "--timestamp {}: it is too far away", word);
  return static_cast<Timestamp>(TRY(std::move(seconds))) * kSecond;
}

Result<std::string> read_host(const std::string& word) {
  const auto [name, address, found] = cut(word, word.find('=') != std::string::npos ? '=' : ':');
  if (!found || name.empty() || address.empty())
    return fail(Code::invalid, "--add-host {}", word).with_cure("--add-host NAME:ADDRESS");
  return fmt::format("{}\t{}", address, name);
}

/// As `gantry run` has it by default; but where an ordinary user could have none, what a RUN fetches comes by the
/// host's.
std::string default_network() {
  const char* variable = std::getenv("GANTRY_NETWORK");
  if (variable != nullptr && *variable != '\0') return variable;
  if (linux::in_initial_user_namespace()) return "bridge";
  const std::string network = engine::default_user_network();
  return network == "none" ? "host" : network;
}

}  // namespace

Result<> set_network(engine::ContainerConfig& container, const std::optional<std::string>& word) {
  const bool is_default = !word || *word == "default";
  container.network.clear();
  TRY(with_context(engine::add_network(container, is_default ? default_network() : *word), "--network"));
  if (container.network.starts_with("container:") || container.network.starts_with("ns:"))
    return fail(Code::unsupported, "--network {}: a build joins no network of others", *word)
        .with_cure("default, host, none or a network's name");
  if (container.network != "bridge" || linux::in_initial_user_namespace()) return {};
  return fail(Code::denied, "--network {}: networks of bridges take root", *word).with_cure("use host, none or pasta");
}

Result<BuildSettings> read_run_options(const BuildRunOptions& run, const BuildSourceOptions& source,
                                       const BuildResultOptions& result) {
  BuildSettings settings;
  auto& container = settings.container;
  for (const auto& word : run.volumes) container.mounts.push_back(TRY(engine::parse_volume(word)));
  for (const auto& word : run.devices) container.devices.push_back(TRY(engine::parse_device(word)));
  for (const auto& word : run.ulimits) container.ulimits.push_back(TRY(engine::parse_ulimit(word)));
  for (const auto& word : run.security) TRY(engine::set_security_option(container, word));
  container.cap_add = run.cap_add;
  container.cap_drop = run.cap_drop;
  TRY(set_network(container, run.network));
  if (run.shm_size) container.shm_size = *run.shm_size;
  container.memory = run.memory.value_or(0);
  if (!run.cpus.empty()) container.nano_cpus = TRY(engine::parse_cpus(run.cpus));
  for (const auto& word : run.add_hosts) settings.add_hosts.push_back(TRY(read_host(word)));
  for (const auto& word : run.allow) {
    if (word != "security.insecure" && word != "network.host")
      return fail(Code::invalid, "--allow {}: there is nothing of that name", word).with_cure("security.insecure");
    settings.allows_insecure |= word == "security.insecure";
  }
  for (const auto& word : source.secrets) TRY(add_secret(word, settings.secrets));
  for (const auto& word : source.agents) TRY(add_agent(word, settings.secrets));
  settings.time = TRY(read_time(result, source));
  return settings;
}

Result<std::vector<oci::Platform>> read_platforms(const std::vector<std::string>& words) {
  std::vector<oci::Platform> platforms;
  for (const auto& word : words)
    for (const auto& one : split(word, ',')) platforms.push_back(TRY(oci::parse_platform(one)));
  if (platforms.empty()) platforms.push_back(oci::host_platform());
  return platforms;
}

Result<std::map<std::string, std::string>> read_pairs(const std::vector<std::string>& words, std::string_view option) {
  std::map<std::string, std::string> pairs;
  for (const auto& word : words) {
    const auto [name, value, found] = cut(word, '=');
    if (name.empty()) return fail(Code::invalid, "--{} {}: it has no name", option, word).with_cure("NAME=VALUE");
    pairs[std::string(name)] = value;
  }
  return pairs;
}

Result<> read_source_options(const BuildSourceOptions& source, build::Request& request) {
  request.target = source.target;
  request.no_cache = source.no_cache;
  request.uncached_stages.insert(source.uncached.begin(), source.uncached.end());
  if (source.pull) request.pull = *source.pull;
  for (const auto& word : source.build_args) {
    const auto [name, value, found] = cut(word, '=');
    const char* own = found ? nullptr : getenv(std::string(name).c_str());
    if (found) request.build_args[std::string(name)] = value;
    else if (own != nullptr) request.build_args[std::string(name)] = own;
  }
  for (auto& [name, place] : TRY(read_pairs(source.contexts, "build-context"))) {
    const bool is_elsewhere = place.starts_with("docker-image://") || build::is_remote(place);
    if (!is_elsewhere && place.find("://") != std::string::npos)
      return fail(Code::unsupported, "--build-context {}={}: it is no folder, image, repository or archive", name,
                  place)
          .with_cure("a folder, docker-image://NAME, or a URL of http, https or git");
    request.contexts[to_lower(name)] = is_elsewhere ? place : TRY(absolute_path(place));
  }
  return {};
}

}  // namespace gantry::build_cli
