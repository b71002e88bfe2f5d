#pragma once

#include "cni/config.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gantry::cni {

/// Where things are.
struct Places {
  std::vector<std::string> plugins = {"/usr/lib/cni", "/opt/cni/bin"};  ///< folders of plugins, the first match counts
  std::string cache;  ///< folder that keeps what ADD was told and said, for CHECK, DEL and GC; made when missing
};

/// A container's end of a network.
struct Attachment {
  std::string container;  ///< its id
  std::string netns;      ///< path; for remove() it may be empty, when the namespace is gone
  std::string interface = "eth0";
  std::vector<std::pair<std::string, std::string>> args;  ///< CNI_ARGS
  boost::json::object
      capabilities;  ///< runtimeConfig by capability, as "portMappings"; each plugin gets what it declares
};

/// The operations of section 4, on every plugin of a chain in turn (of remove() in reverse). An error names the plugin
/// and carries its own words; what add() had done is undone then. What add() was told by `args` and `capabilities` the
/// others are told as well, whatever they are given.
class Chain {
 public:
  Chain(ConfigList config, Places places) : config_(std::move(config)), places_(std::move(places)) {}

  /// That each plugin is installed; Code::not_found.
  Result<> check_plugins() const;
  /// Speaks the highest version of the network's that all its plugins know from here on. They are asked only when there
  /// are several. Code::unsupported when there is none.
  Result<> negotiate();
  /// The result of the last plugin (section 5).
  Result<boost::json::object> add(const Attachment& attachment) const;
  /// Fine for what was never added. What cannot be taken back stays on record, for collect().
  Result<> remove(Attachment attachment) const;
  /// Code::failed when the network is not as add() has left it; Code::unsupported before 0.4.0. Nothing with
  /// disableCheck.
  Result<> check(Attachment attachment) const;
  /// Whether the plugins could add now; Code::unsupported before 1.1.0, and with a plugin that does not know that.
  Result<> status() const;
  /// Takes back what belongs to none of `valid`: each is a container's id and its interface. Nothing with disableGC; a
  /// plugin that does not know the version is passed over.
  Result<> collect(const std::vector<std::pair<std::string, std::string>>& valid) const;
  /// The versions that a plugin of the chain knows.
  Result<std::vector<std::string>> versions(const std::string& type) const;

  const ConfigList& config() const { return config_; }

 private:
  struct Call;
  Result<std::string> find(const std::string& type) const;
  Result<bool> knows(const boost::json::object& plugin, const std::string& version) const;
  boost::json::object request(const boost::json::object& plugin, const Call& call) const;
  Result<boost::json::object> run(const boost::json::object& plugin, const Call& call) const;
  Result<boost::json::object> add_all(const Attachment& attachment) const;
  std::string cache_path(const std::string& container, const std::string& interface) const;
  /// What add() has kept: completes `attachment`, and gives its result, if it came to one.
  Result<std::optional<boost::json::object>> recall(Attachment& attachment) const;
  Result<> keep(const Attachment& attachment, const boost::json::object* result) const;
  Result<> remove_stale(const std::vector<std::pair<std::string, std::string>>& valid) const;

  ConfigList config_;
  Places places_;
};

}  // namespace gantry::cni
