#pragma once

#include "base/fd.hpp"
#include "linux/process.hpp"

#include <sys/types.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

// CRIU, which saves and restores trees of processes, spoken to as its images/rpc.proto has it: a `criu swrk` of our own
// answers on a socket.
namespace gantry::criu {

enum class Task { dump = 1, restore = 2, pre_dump = 4 };

/// What restored processes get of their cgroups back (criu(8), --manage-cgroups).
enum class CgroupMode { ignore = 0, none = 1, props = 2, soft = 3, full = 4, strict = 5 };

/// criu_opts. Members that a task does not know are left as they are.
struct Options {
  std::string images;  ///< the folder of the images
  std::string work;    ///< the folder of the log
  std::string log;     ///< the log's name in it
  pid_t pid = 0;       ///< the root of the tree
  std::string root;    ///< the root folder of its mount namespace, as CRIU sees it
  std::string parent;  ///< images of an earlier pre_dump, relative to `images`
  bool leave_running = false;
  bool track_memory = false;
  bool external_unix_sockets = false;
  bool established_tcp = false;
  bool skip_in_flight_tcp = false;
  bool terminal_of_caller = false;   ///< --shell-job
  bool terminals_of_others = false;  ///< hand their masters out (--orphan-pts-master)
  bool file_locks = false;
  bool link_remap = false;
  bool deduplicate = false;
  unsigned empty_namespaces = 0;  ///< CLONE_NEWNET: it is not saved
  std::string freezer;            ///< the cgroup whose processes are frozen meanwhile
  std::string lsm_profile;
  std::string lsm_mount_context;
  CgroupMode cgroups = CgroupMode::soft;
  std::string cgroup_root;                             ///< of the v2 tree: where the processes are put
  std::vector<std::string> external;                   ///< what is not CRIU's: "mnt[NAME]:PATH", "net[INODE]:NAME"
  std::vector<std::pair<std::string, int>> inherited;  ///< what takes the place of something external, by descriptor
};

/// One CRIU at work, as a child.
class Service {
 public:
  /// Starts it, with the folders and the inherited descriptors of `options`. For a restore it is in a mount namespace
  /// of its own, in which the root folder is a mount.
  static Result<Service> start(Task task, const Options& options);
  ~Service();
  Service(Service&&) = default;

  /// Restored processes are born where it is: in its cgroups.
  pid_t pid() const { return process_.pid; }

  /// Takes the master of a terminal that is restored.
  using TakeTerminal = std::function<Result<>(const Fd& master)>;
  /// The pid of the restored tree, which is a child of ours; 0 of other tasks. An error has what CRIU's log says.
  /// Code::not_found when there is no CRIU.
  Result<pid_t> perform(const Options& options, const TakeTerminal& take_terminal);

 private:
  Service(Task task, linux::Process process, Fd images, Fd work, Fd socket)
      : task_(task),
        process_(std::move(process)),
        images_(std::move(images)),
        work_(std::move(work)),
        socket_(std::move(socket)) {}
  Result<pid_t> converse(const TakeTerminal& take_terminal);

  Task task_;
  linux::Process process_;
  Fd images_;
  Fd work_;
  Fd socket_;
};

}  // namespace gantry::criu
