#pragma once

#include "base/clock.hpp"
#include "base/json_options.hpp"
#include "sql/database.hpp"

#include <boost/describe/class.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gantry::engine {

/// What `gantry pod create` was asked for.
struct PodConfig {
  std::string hostname;
  std::map<std::string, std::string> labels;
  std::vector<std::string> share;  ///< of "ipc", "net", "uts", "pid", "cgroup": namespaces that the containers share
  std::string cgroup_parent;       ///< empty: that of containers
  std::string restart_policy;      ///< of containers that have none of their own
  std::string exit_policy;         ///< "continue" or "stop" when the last container ends
  bool no_infra = false;           ///< without a process that holds the namespaces

  bool operator==(const PodConfig&) const = default;
};
BOOST_DESCRIBE_STRUCT(PodConfig, (), (hostname, labels, share, cgroup_parent, restart_policy, exit_policy, no_infra))
constexpr json::Options json_options(const PodConfig*) { return {.style = json::Style::snake}; }

struct PodRecord {
  std::string id;  ///< 64 hex figures
  std::string name;
  Timestamp created = 0;
  std::string infra;  ///< id of the container that holds the namespaces; empty: there is none
  PodConfig config;
};

/// The table of pods.
class PodRecords {
 public:
  explicit PodRecords(sql::Database& database) : database_(database) {}

  /// Code::exists when the name is taken.
  Result<> insert(const PodRecord& pod);
  Result<> set_infra(const std::string& id, const std::string& infra);
  Result<> erase(const std::string& id);
  /// By name, id or unique prefix of the id; Code::not_found, Code::invalid when ambiguous.
  Result<PodRecord> find(const std::string& name);
  /// Newest first.
  Result<std::vector<PodRecord>> list();

 private:
  Result<std::vector<PodRecord>> select(std::string_view condition, std::string_view value);

  sql::Database& database_;
};

}  // namespace gantry::engine
