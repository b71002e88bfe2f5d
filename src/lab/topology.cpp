#include "lab/topology.hpp"

#include "base/text.hpp"
#include "yaml/yaml.hpp"

#include <algorithm>

namespace gantry::lab {

namespace {

using Kind = yaml::Node::Kind;

constexpr std::size_t kMostInterfaceName = 15;  // IFNAMSIZ without its NUL

/// Reads one file; every error says where.
class Reader {
 public:
  explicit Reader(const std::string& name) : name_(name) {}

  Error error(const yaml::Node& at, std::string_view what) const {
    return fail(Code::invalid, "{}:{}: {}", name_, at.line, what);
  }

  Result<> expect(const yaml::Node& node, Kind kind, std::string_view what) const {
    if (node.kind == kind) return {};
    return error(node, fmt::format("{} is not {}", node.key.empty() ? "this" : "'" + node.key + "'", what));
  }

  Result<std::string> text(const yaml::Node& node) const {
    TRY(expect(node, Kind::scalar, "a word"));
    if (node.text.contains('\n') || node.text.contains('\0')) return error(node, "this is more than one line");
    return node.text;
  }

  Result<std::vector<std::string>> list(const yaml::Node& node) const {
    TRY(expect(node, Kind::list, "a list"));
    std::vector<std::string> words;
    for (const yaml::Node& item : node.items) words.push_back(TRY(text(item)));
    return words;
  }

  /// Later values win over those that are there.
  Result<> merge(const yaml::Node& node, std::map<std::string, std::string>& into) const {
    TRY(expect(node, Kind::map, "a map"));
    for (const yaml::Node& item : node.items) into[item.key] = item.kind == Kind::null ? "" : TRY(text(item));
    return {};
  }

  Result<NodeKind> kind(const yaml::Node& node) const {
    const std::string word = TRY(text(node));
    if (word == "linux") return NodeKind::linux;
    if (word == "bridge") return NodeKind::bridge;
    return Error(Code::unsupported, fmt::format("{}:{}: there are no nodes of the kind '{}'", name_, node.line, word))
        .with_cure("linux and bridge are");
  }

  /// One setting of a node, or of what nodes inherit.
  Result<> set(Node& node, const yaml::Node& item) const {
    const std::string& key = item.key;
    if (key == "kind") node.kind = TRY(kind(item));
    else if (key == "image") node.image = TRY(text(item));
    else if (key == "entrypoint") node.entrypoint = TRY(text(item));
    else if (key == "cmd") node.command = TRY(text(item));
    else if (key == "user") node.user = TRY(text(item));
    else if (key == "group") node.group = TRY(text(item));
    else if (key == "network-mode") node.network_mode = TRY(network_mode(item));
    else if (key == "env") TRY(merge(item, node.env));
    else if (key == "labels") TRY(merge(item, node.labels));
    else if (key == "sysctls") TRY(merge(item, node.sysctls));
    else if (key == "binds") TRY(append(item, node.binds));
    else if (key == "ports") TRY(append(item, node.ports));
    else if (key == "exec") TRY(append(item, node.exec));
    else return error(item, fmt::format("'{}' is not known of a node", key));
    return {};
  }

  Result<> set_all(Node& node, const yaml::Node* settings) const {
    if (settings == nullptr || settings->kind == Kind::null) return {};
    TRY(expect(*settings, Kind::map, "a map"));
    for (const yaml::Node& item : settings->items) TRY(set(node, item));
    return {};
  }

  Result<Endpoint> endpoint(const yaml::Node& item) const {
    Endpoint end;
    if (item.kind == Kind::scalar) {
      const std::string word = TRY(text(item));
      const Halves halves = cut(word, ':');
      end.node = halves.before;
      end.interface = halves.after;
    } else {
      TRY(expect(item, Kind::map, "NODE:INTERFACE"));
      for (const yaml::Node& part : item.items) TRY(set(end, part));
    }
    if (end.node.empty() || end.interface.empty()) return error(item, "an end of a link is NODE:INTERFACE");
    if (end.interface.size() > kMostInterfaceName || end.interface.find_first_of("/: \t") != std::string::npos)
      return error(item, fmt::format("'{}' cannot be the name of a network device", end.interface));
    return end;
  }

  Result<> set(Endpoint& end, const yaml::Node& part) const {
    if (part.key == "node") end.node = TRY(text(part));
    else if (part.key == "interface") end.interface = TRY(text(part));
    else if (part.key == "mac") end.mac = TRY(text(part));
    else if (part.key == "ipv4" || part.key == "ipv6") {
      auto address = linux::IpNetwork::parse(TRY(text(part)));
      if (!address || address->address.v6 != (part.key == "ipv6"))
        return error(part, fmt::format("'{}' is no address of {}", part.text, part.key));
      end.addresses.push_back(*address);
    } else {
      return error(part, fmt::format("'{}' is not known of an end of a link", part.key));
    }
    return {};
  }

  Result<Link> link(const yaml::Node& item) const {
    TRY(expect(item, Kind::map, "a map"));
    Link link;
    const yaml::Node* ends = nullptr;
    for (const yaml::Node& part : item.items) {
      if (part.key == "endpoints") ends = &part;
      else if (part.key == "mtu") link.mtu = TRY(mtu(part));
      else if (part.key == "type") TRY(check_type(part));
      else return error(part, fmt::format("'{}' is not known of a link", part.key));
    }
    if (ends == nullptr || ends->kind != Kind::list || ends->items.size() != 2)
      return error(item, "a link has two endpoints");
    link.a = TRY(endpoint(ends->items[0]));
    link.b = TRY(endpoint(ends->items[1]));
    return link;
  }

 private:
  Result<std::string> network_mode(const yaml::Node& item) const {
    std::string mode = TRY(text(item));
    if (mode == "none" || mode == "host" || mode == "bridge") return mode;
    return error(item, fmt::format("network-mode '{}' is none of none, host and bridge", mode));
  }

  Result<std::uint32_t> mtu(const yaml::Node& item) const {
    const auto value = parse_unsigned(TRY(text(item)));
    if (value && *value >= 68 && *value <= 65535) return static_cast<std::uint32_t>(*value);
    return error(item, "an mtu is between 68 and 65535");
  }

  Result<> check_type(const yaml::Node& item) const {
    if (TRY(text(item)) == "veth") return {};
    return error(item, fmt::format("there are no links of the type '{}', only veth", item.text));
  }

  Result<> append(const yaml::Node& item, std::vector<std::string>& into) const {
    for (std::string& word : TRY(list(item))) into.push_back(std::move(word));
    return {};
  }

  const std::string& name_;
};

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 63 && name[0] != '-' && name[0] != '.' &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                  c == '.';
         });
}

/// What a node inherits comes first: defaults, then its kind, its group, its own.
Result<Node> read_node(const Reader& reader, const yaml::Node& topology, const yaml::Node& item) {
  Node node{.name = item.key};
  if (!is_name(node.name)) return reader.error(item, fmt::format("'{}' cannot be a node's name", node.name));
  const yaml::Node* defaults = topology.find("defaults");
  auto inherited = [&](const char* key) -> const yaml::Node* {
    if (const yaml::Node* own = item.find(key)) return own;
    return defaults != nullptr ? defaults->find(key) : nullptr;
  };
  auto named = [&](const char* section, const yaml::Node* name) -> const yaml::Node* {
    const yaml::Node* all = topology.find(section);
    return all != nullptr && name != nullptr ? all->find(name->text) : nullptr;
  };
  TRY(reader.set_all(node, defaults));
  TRY(reader.set_all(node, named("kinds", inherited("kind"))));
  TRY(reader.set_all(node, named("groups", inherited("group"))));
  TRY(reader.set_all(node, &item));
  if (node.kind == NodeKind::linux && node.image.empty())
    return reader.error(item, fmt::format("node '{}' has no image", node.name));
  if (node.kind == NodeKind::bridge && node.name.size() > kMostInterfaceName)
    return reader.error(item, fmt::format("'{}' is too long for a bridge's name", node.name));
  return node;
}

Result<> check_link(const Reader& reader, const Topology& topology, const Link& link, const yaml::Node& at,
                    std::vector<std::string>& seen) {
  for (const Endpoint* end : {&link.a, &link.b}) {
    const Node* node = topology.find(end->node);
    if (node == nullptr && end->node != "host")
      return reader.error(at, fmt::format("there is no node '{}'", end->node));
    // Ends at bridges and the host are devices of the host.
    const bool on_host = node == nullptr || node->kind == NodeKind::bridge;
    std::string device = (on_host ? "host" : end->node) + ":" + end->interface;
    if (std::ranges::find(seen, device) != seen.end())
      return reader.error(at, fmt::format("{} is the end of two links", device));
    if (node != nullptr && node->kind == NodeKind::bridge && !end->addresses.empty())
      return reader.error(at, fmt::format("{}:{} is a port of a bridge and has no address", end->node, end->interface));
    seen.push_back(std::move(device));
  }
  return {};
}

Result<> read_links(const Reader& reader, const yaml::Node& section, Topology& topology) {
  const yaml::Node* links = section.find("links");
  if (links == nullptr || links->kind == Kind::null) return {};
  TRY(reader.expect(*links, Kind::list, "a list"));
  std::vector<std::string> seen;
  for (const yaml::Node& item : links->items) {
    topology.links.push_back(TRY(reader.link(item)));
    TRY(check_link(reader, topology, topology.links.back(), item, seen));
  }
  return {};
}

}  // namespace

const Node* Topology::find(std::string_view node) const {
  const auto found = std::ranges::find(nodes, node, &Node::name);
  return found == nodes.end() ? nullptr : &*found;
}

std::string Topology::container_name(const Node& node) const {
  if (prefix.empty()) return node.name;
  return fmt::format("{}-{}-{}", prefix, name, node.name);
}

Result<Topology> parse_topology(std::string_view text, const std::string& name) {
  const Reader reader(name);
  const auto documents = TRY(yaml::parse(text, name));
  if (documents.size() != 1 || documents[0].kind != Kind::map)
    return fail(Code::invalid, "{}: this is no topology", name);
  Topology topology;
  const yaml::Node* section = nullptr;
  for (const yaml::Node& item : documents[0].items) {
    if (item.key == "name") topology.name = TRY(reader.text(item));
    else if (item.key == "prefix") topology.prefix = item.kind == Kind::null ? "" : TRY(reader.text(item));
    else if (item.key == "topology") section = &item;
    else return reader.error(item, fmt::format("'{}' is not known of a topology", item.key));
  }
  if (!is_name(topology.name)) return fail(Code::invalid, "{}: the lab has no name, or one that is none", name);
  if (!topology.prefix.empty() && !is_name(topology.prefix))
    return fail(Code::invalid, "{}: the prefix '{}' cannot begin a name", name, topology.prefix);
  const yaml::Node* nodes = section != nullptr ? section->find("nodes") : nullptr;
  if (nodes == nullptr || nodes->kind != Kind::map) return fail(Code::invalid, "{}: topology has no nodes", name);
  for (const yaml::Node& item : nodes->items) topology.nodes.push_back(TRY(read_node(reader, *section, item)));
  TRY(read_links(reader, *section, topology));
  return topology;
}

}  // namespace gantry::lab
