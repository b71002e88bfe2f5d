#pragma once

#include "base/file.hpp"
#include "base/json_options.hpp"
#include "linux/cgroup.hpp"
#include "oci/runtime_spec.hpp"
#include "oci/runtime_state.hpp"
#include "runtime/runtime.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gantry::runtime {

/// What is kept about a container: state.json in its folder. Its config is beside it.
struct Record {
  std::string id;
  std::string bundle;
  int pid = 0;                   ///< 0 until the process is there
  std::uint64_t start_time = 0;  ///< of that pid, in clock ticks after boot
  std::string created;           ///< RFC 3339
  std::string cgroup;            ///< as Cgroup::create had it; empty: none
  std::vector<std::string> cgroup_folders;
  std::string unit;                     ///< the scope of systemd whose cgroup it is; empty: ours alone
  std::vector<std::string> rdt_groups;  ///< folders of resctrl that were made for it, in that order
};
BOOST_DESCRIBE_STRUCT(Record, (), (id, bundle, pid, start_time, created, cgroup, cgroup_folders, unit, rdt_groups))

/// The folder of one container below Settings::root, locked while this is held. A process that is killed leaves a
/// folder that remove() takes away.
class StateFolder {
 public:
  /// A new one; Code::exists when the id is taken, Code::invalid when it is no id.
  static Result<StateFolder> make(const Settings& settings, const std::string& id);
  /// Code::not_found when there is no such container.
  static Result<StateFolder> open(const Settings& settings, const std::string& id);
  static Result<std::vector<std::string>> ids(const Settings& settings);

  const std::string& id() const { return id_; }
  const std::string& path() const { return path_; }
  /// The socket on which gantry-init waits for the start; there while the container is only created.
  std::string start_socket() const { return path_ + "/start"; }

  Result<> write(const Record& record) const;
  Result<Record> read() const;
  Result<> write_config(const oci::Spec& spec) const;
  Result<oci::Spec> read_config() const;
  Result<> remove() const;

 private:
  StateFolder(std::string id, std::string path, Lock lock)
      : id_(std::move(id)), path_(std::move(path)), lock_(std::move(lock)) {}
  std::string id_;
  std::string path_;
  Lock lock_;
};

/// Code::invalid unless it is 1 to 255 of [A-Za-z0-9_+.-] and no "." or "..".
Result<> check_id(const std::string& id);

/// What state.json and the kernel say together. Without a record (the creating process was killed) it is stopped.
oci::Status status_of(const StateFolder& folder, const Record& record);

/// The container's cgroup, when it has one that is still there.
Result<std::optional<linux::Cgroup>> cgroup_of(const Record& record);
/// What the config asks for, else one of our own.
std::string cgroup_path(const oci::Spec& spec, const std::string& id);

oci::State make_state(const Record& record, oci::Status status, const oci::Spec& spec);

}  // namespace gantry::runtime
