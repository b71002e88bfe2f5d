#pragma once

#include "base/result.hpp"
#include "engine/run_folder.hpp"

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>

namespace gantry::engine {

/// The user and the network namespace in which an ordinary user's bridges are, with all that makes a host of them:
/// rules, a server of names, a way out by pasta or slirp4netns. Containers on bridges are in this user namespace, as
/// who makes a device must have rights over the namespaces at both ends of it. A process that does nothing else holds
/// the two; who needs them is on record, so that they go with the last container. All of it is in the folder
/// RUNROOT/bridges.
class SharedSpace {
 public:
  /// What is asked of a container: whether it has not ended; the pid of its init, when that runs.
  struct Members {
    std::function<bool(const std::string& id)> lives;
    std::function<std::optional<pid_t>(const std::string& id)> pid_of;
  };

  SharedSpace(std::string folder, std::string init) : folder_(std::move(folder)), init_(std::move(init)) {}

  /// Where the server of names finds its files.
  std::string names_folder() const { return folder_ + "/dns"; }

  /// Notes that a container needs it, and makes it unless it is there. True: it was made just now.
  Result<bool> join(const std::string& id, const Members& members) const;
  /// Makes it anew, when it was killed under containers that run.
  Result<bool> restore(const Members& members) const;
  /// Forgets the container and with the last one that lives the namespaces. Twice is fine.
  Result<> leave(const std::string& id, const Members& members) const;
  /// Forgets those that have ended, likewise.
  Result<> forget_ended(const Members& members) const { return leave({}, members); }

  /// Whether a container has joined and not left it.
  bool needed() const;
  /// Whether it is whole.
  bool alive() const { return record().has_value(); }
  /// Of who holds it; Code::not_found when it is not alive.
  Result<pid_t> holder() const;

  /// Does `work` as its root in a child of ours, and gives back what that returns. `work` sees our files.
  Result<std::string> run(const std::function<Result<std::string>()>& work) const;

 private:
  std::string member(const std::string& id) const { return folder_ + "/members/" + id; }
  std::optional<StartRecord> record() const;
  Result<bool> make_unless_alive(const Members& members) const;
  Result<> make(std::optional<pid_t> relative) const;
  Result<> connect(pid_t holder) const;
  Result<> end() const;

  std::string folder_;
  std::string init_;
};

/// Whether the caller's bridges are in a SharedSpace: an ordinary user's.
bool bridges_are_shared();

}  // namespace gantry::engine
