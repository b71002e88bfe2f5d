#include "engine/cni_networks.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "base/variables.hpp"
#include "cni/chain.hpp"
#include "cni/result.hpp"
#include "engine/network_files.hpp"
#include "engine/shared_space.hpp"
#include "engine/state.hpp"
#include "linux/mount.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>

namespace gantry::engine {

namespace {

constexpr const char* kFile = "cni.json";
/// The network namespace, which outlives its processes here until the plugins have taken back what they find in it.
constexpr const char* kSpace = "netns";

std::string config_folder() {
  std::string folder = variable("NETCONFPATH");
  return folder.empty() ? cni::kDefaultConfigFolder : folder;
}

cni::Places places_of(std::vector<std::string> plugins, const std::string& run_root) {
  return {.plugins = std::move(plugins), .cache = run_root + "/cni"};
}

std::vector<std::string> plugin_folders() {
  const std::string path = variable("CNI_PATH");
  return path.empty() ? cni::Places{}.plugins : split(path, ':');
}

Result<cni::Chain> chain_of(const CniConnection& connection, const std::string& run_root) {
  cni::ConfigList config = TRY(cni::parse_config(connection.config, connection.path));
  if (!connection.version.empty()) config.version = connection.version;
  return cni::Chain(std::move(config), places_of(connection.plugins, run_root));
}

boost::json::array array_of(const std::vector<std::string>& words) {
  return boost::json::array(words.begin(), words.end());
}

boost::json::array mappings_of(const std::vector<net::PublishedPort>& ports) {
  boost::json::array mappings;
  for (const net::PublishedPort& port : ports)
    for (unsigned i = 0; i < port.count; ++i) {
      boost::json::object mapping{
          {"hostPort", port.host_port + i}, {"containerPort", port.container_port + i}, {"protocol", port.protocol}};
      if (port.host_ip) mapping["hostIP"] = port.host_ip->text();
      mappings.push_back(std::move(mapping));
    }
  return mappings;
}

/// What the specification's conventions call portMappings, ips, mac and aliases.
boost::json::object capabilities_of(const NetworkAttachment* wish, const std::vector<net::PublishedPort>& ports) {
  boost::json::object capabilities;
  if (!ports.empty()) capabilities["portMappings"] = mappings_of(ports);
  if (wish == nullptr) return capabilities;
  std::vector<std::string> ips;
  for (const std::string* ip : {&wish->ip, &wish->ip6})
    if (!ip->empty()) ips.push_back(*ip);
  if (!ips.empty()) capabilities["ips"] = array_of(ips);
  if (!wish->mac.empty()) capabilities["mac"] = wish->mac;
  if (!wish->aliases.empty()) capabilities["aliases"] = boost::json::object{{wish->name, array_of(wish->aliases)}};
  return capabilities;
}

/// What a chain would not hear is refused: it would be lost in silence.
Result<> check_capabilities(const cni::Chain& chain, const boost::json::object& wanted) {
  for (const auto& [name, value] : wanted) {
    const bool heard = std::ranges::any_of(chain.config().plugins, [&](const boost::json::object& plugin) {
      const auto* declared = plugin.if_contains("capabilities");
      return declared != nullptr && declared->is_object() && declared->as_object().contains(name);
    });
    if (heard || name == "aliases") continue;
    return fail(Code::unsupported, "network '{}' of CNI: none of its plugins declares the capability {}",
                chain.config().name, std::string_view(name))
        .with_cure(name == "portMappings" ? "add the plugin portmap to it, or drop -p" : "leave the wish out");
  }
  return {};
}

const NetworkAttachment* wish_for(const Record& record, const std::string& network) {
  const auto& wishes = record.config.networks;
  const auto found = std::ranges::find(wishes, network, &NetworkAttachment::name);
  return found == wishes.end() ? nullptr : &*found;
}

Result<> keep_space(pid_t pid, const std::string& path) {
  TRY(open_file(path, O_CREAT | O_RDONLY, 0600));
  const Fd space = TRY(open_file(fmt::format("/proc/{}/ns/net", pid), O_PATH));
  const Fd mount = TRY(linux::clone_mount(space, false));
  const Fd target = TRY(open_file(path, O_PATH));
  return with_context(linux::attach_mount(mount, target), "keep the network namespace at {}", path);
}

/// Whether it is there still: after a reboot, or for who sees other mounts, it is an empty file.
bool is_kept(const std::string& path) {
  struct statfs facts {};
  return statfs(path.c_str(), &facts) == 0 && facts.f_type == NSFS_MAGIC;
}

Result<> drop_space(const std::string& path) {
  while (is_kept(path))
    if (umount2(path.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) < 0) return Error::system("unmount {}", path);
  return remove_file(path);
}

net::Attachment attachment_of(const CniConnection& connection, const boost::json::object& result) {
  net::Attachment attachment{.network = connection.network, .interface = connection.interface};
  attachment.mac = cni::mac_of(result, connection.interface);
  for (const cni::Assigned& one : cni::addresses_of(result)) attachment.addresses.push_back({one.address, one.gateway});
  return attachment;
}

Result<std::vector<CniConnection>> kept_connections(const RunFolder& folder) {
  const std::string path = folder.file(kFile);
  auto text = read_file(path);
  if (!text && text.error().code() == Code::not_found) return std::vector<CniConnection>();
  return TRY(json::decode<CniConnections>(TRY(std::move(text)), path)).connections;
}

std::string word_of(Result<> done) {
  if (done) return "ok";
  return done.error().code() == Code::unsupported ? "unknown" : done.error().message();
}

/// By its inode, which the container has.
Result<> rewrite(const std::string& path, std::string_view text) {
  const Fd file = TRY(open_file(path, O_WRONLY | O_TRUNC));
  return write_all(file, text, path);
}

/// "127.0.1.1<TAB>NAMES" stands for an address that was not known yet.
std::string with_addresses(std::string text, const std::string& name, const CniAnswer& answer) {
  constexpr std::string_view kPlaceholder = "127.0.1.1\t";
  std::string names = name;
  if (const std::size_t start = text.find(kPlaceholder); start != std::string::npos) {
    const std::size_t end = text.find('\n', start);
    names = text.substr(start + kPlaceholder.size(), end - start - kPlaceholder.size());
    text.erase(start, end - start + 1);
  }
  for (const net::Attachment& attachment : answer.attachments)
    for (const net::AttachedAddress& one : attachment.addresses)
      text += fmt::format("{}\t{}\n", one.address.address.text(), names);
  return text;
}

}  // namespace

Result<std::optional<CniConnection>> find_cni_network(const std::string& name) {
  std::optional<CniConnection> found;
  auto config = cni::find_config(config_folder(), name);
  if (!config && config.error().code() == Code::not_found) return found;
  const std::string path = TRY(std::move(config)).path;
  found = CniConnection{.network = name,
                        .path = path,
                        .config = TRY(read_file(path)),
                        .plugins = plugin_folders(),
                        .interface = {},
                        .version = {}};
  cni::Chain chain = TRY(chain_of(*found, {}));
  TRY(chain.check_plugins());
  TRY(chain.negotiate());
  found->version = chain.config().version;
  return found;
}

Result<CniAnswer> join_cni_networks(const std::string& run_root, const Record& record, pid_t pid,
                                    const std::vector<CniConnection>& networks,
                                    const std::vector<net::PublishedPort>& ports) {
  const RunFolder folder(run_root, record.id);
  // Before anything is done, so that a killed start is undone.
  TRY(replace_file(folder.file(kFile), json::encode(CniConnections{networks}), 0600, Sync::no));
  TRY(keep_space(pid, folder.file(kSpace)));
  CniAnswer answer;
  bool first = true;
  for (const CniConnection& connection : networks) {
    const cni::Chain chain = TRY(chain_of(connection, run_root));
    const auto capabilities =
        capabilities_of(wish_for(record, connection.network), std::exchange(first, false) ? ports : decltype(ports){});
    TRY(check_capabilities(chain, capabilities));
    const auto result = TRY(chain.add({.container = record.id,
                                       .netns = folder.file(kSpace),
                                       .interface = connection.interface,
                                       .args = {{"IgnoreUnknown", "1"}, {"K8S_POD_NAME", record.name}},
                                       .capabilities = capabilities}));
    answer.attachments.push_back(attachment_of(connection, result));
    const cni::Dns dns = cni::dns_of(result);
    answer.servers.insert(answer.servers.end(), dns.servers.begin(), dns.servers.end());
    answer.search.insert(answer.search.end(), dns.search.begin(), dns.search.end());
  }
  return answer;
}

Result<> add_to_network_files(const Record& record, const RunFolder& folder, const CniAnswer& answer) {
  const std::string hosts = folder.file("hosts"), resolv = folder.file("resolv.conf");
  if (path_exists(hosts)) TRY(rewrite(hosts, with_addresses(TRY(read_file(hosts)), record.name, answer)));
  if (answer.servers.empty() || !path_exists(resolv)) return {};
  return rewrite(
      resolv,
      TRY(resolv_text(record.config,
                      {.addresses = {}, .servers = answer.servers, .search = answer.search, .host_gateway = {}})));
}

Result<> leave_cni_networks(const std::string& run_root, const std::string& id) {
  const RunFolder folder(run_root, id);
  const std::string space = folder.file(kSpace);
  for (const CniConnection& connection : TRY(kept_connections(folder))) {
    const cni::Chain chain = TRY(chain_of(connection, run_root));
    auto removed = chain.remove(
        {.container = id, .netns = is_kept(space) ? space : std::string(), .interface = connection.interface});
    // A container is not kept for it: what the plugins have not taken back is on record still.
    if (!removed) log::warning("{} (`gantry network prune --cni` tries again)", removed.error().message());
  }
  if (path_exists(space)) TRY(drop_space(space));
  return remove_file(folder.file(kFile));
}

Result<std::vector<CniNetwork>> list_cni_networks(Engine& engine) {
  std::vector<CniNetwork> networks;
  if (bridges_are_shared()) return networks;
  const auto ours = TRY(engine.list_networks());
  for (const cni::ConfigList& config : TRY(cni::load_configs(config_folder()))) {
    if (std::ranges::find(ours, config.name, &net::Network::name) != ours.end()) continue;
    CniNetwork& network = networks.emplace_back();
    network.name = config.name;
    network.path = config.path;
    network.version = config.version;
    for (const auto& plugin : config.plugins) network.plugins.emplace_back(plugin.at("type").as_string());
  }
  std::ranges::sort(networks, {}, &CniNetwork::name);
  return networks;
}

Result<> remove_cni_network(Engine& engine, const std::string& name, bool force) {
  const auto found = TRY(find_cni_network(name));
  if (!found) return fail(Code::not_found, "there is no network '{}'", name);
  for (const Container& container : TRY(engine.containers_on(name))) {
    if (!force)
      return fail(Code::busy, "network '{}' is used by container '{}'", name, container.name)
          .with_cure(fmt::format("remove it first, or use: gantry network rm -f {}", name));
    TRY(engine.remove(container.id, true));
  }
  TRY(TRY(chain_of(*found, engine.state().settings.run_root)).collect({}));
  return remove_file(found->path);
}

Result<boost::json::object> inspect_cni_network(Engine& engine, const std::string& name) {
  const auto found = TRY(find_cni_network(name));
  if (!found) return fail(Code::not_found, "there is no network '{}'", name);
  const std::string& run_root = engine.state().settings.run_root;
  const cni::Chain chain = TRY(chain_of(*found, run_root));
  boost::json::array plugins;
  for (const auto& plugin : chain.config().plugins) plugins.push_back(plugin.at("type"));
  boost::json::object containers;
  for (const Container& container : TRY(engine.containers_on(name))) {
    const RunFolder folder(run_root, container.id);
    for (const CniConnection& connection : TRY(kept_connections(folder))) {
      if (connection.network != name || !container.running()) continue;
      const auto checked =
          TRY(chain_of(connection, run_root))
              .check({.container = container.id, .netns = folder.file(kSpace), .interface = connection.interface});
      containers[container.id] = boost::json::object{
          {"name", container.name}, {"interface", connection.interface}, {"check", word_of(checked)}};
    }
  }
  return boost::json::object{{"name", name},
                             {"driver", "cni"},
                             {"cni_version", chain.config().version},
                             {"path", found->path},
                             {"plugins", std::move(plugins)},
                             {"status", word_of(chain.status())},
                             {"containers", std::move(containers)}};
}

Result<> collect_cni_networks(Engine& engine) {
  const std::string& run_root = engine.state().settings.run_root;
  std::vector<std::pair<std::string, CniConnection>> held;
  for (const Container& container : TRY(engine.list({.all = true})))
    for (CniConnection& connection : TRY(kept_connections(RunFolder(run_root, container.id))))
      held.emplace_back(container.id, std::move(connection));
  for (cni::ConfigList& config : TRY(cni::load_configs(config_folder()))) {
    std::vector<std::pair<std::string, std::string>> valid;
    for (const auto& [id, connection] : held)
      if (connection.network == config.name) valid.emplace_back(id, connection.interface);
    cni::Chain chain(std::move(config), places_of(plugin_folders(), run_root));
    TRY(chain.negotiate());
    TRY(chain.collect(valid));
  }
  return {};
}

}  // namespace gantry::engine
