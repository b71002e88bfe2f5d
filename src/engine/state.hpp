#pragma once

#include "engine/engine.hpp"
#include "engine/events.hpp"
#include "engine/observe.hpp"
#include "engine/records.hpp"
#include "engine/run_folder.hpp"
#include "engine/shared_space.hpp"
#include "engine/volumes.hpp"
#include "linux/terminal.hpp"
#include "net/connections.hpp"
#include "net/firewall.hpp"
#include "net/lease.hpp"
#include "net/networks.hpp"
#include "runtime/runtime.hpp"
#include "store/store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What the parts of Engine share.
//
// The folder `work` of a container's snapshot is also its lock: who starts, cleans up or removes a container holds it,
// and reads the row again after taking it. It is taken before a database transaction, never inside one. The process
// that becomes the monitor inherits it until the start is on record, so a start is over, or dead, when it is free.

namespace gantry::engine {

/// A container whose lock is held, as it was read afterwards.
struct Held {
  std::optional<Lock> lock;  ///< none when there is no folder: it is half made or half removed
  Record record;
  Observation seen;

  Container container() const { return observe(record, seen); }
};

/// A start by the restart policy.
struct Again {
  unsigned restarts = 0;    ///< which one it is; 0: somebody started it
  std::uint32_t delay = 0;  ///< milliseconds that were waited for before
};

struct Engine::State {
  Settings settings;
  std::optional<Records> opened_records;
  std::optional<store::Store> opened_store;

  Result<Records*> records();
  Result<store::Store*> store();
  Volumes volumes() const { return Volumes(settings.root); }
  runtime::Settings runtime() const { return {settings.run_root + "/runtime", settings.init}; }

  RunFolder run_folder(const std::string& id) const { return {settings.run_root, id}; }
  /// Holds `upper` and `work`, made by store::Snapshots, and the log.
  std::string folder(const std::string& id) const { return settings.root + "/containers/" + id; }
  std::string log_path(const Record& record) const;
  std::string health_path(const std::string& id) const { return folder(id) + "/health"; }

  EventLog events() const { return EventLog(settings.root + "/events"); }
  /// Tells of what has happened to a container; `event` may hold an exit code and attributes.
  void report(const Record& record, std::string_view what, Event event = {}) const;
  void report(const Container& container, std::string_view what, Event event = {}) const;

  /// What the container is doing now.
  Observation look(const std::string& id) const;
  Container see(const Record& record) const;
  Result<Record> find_record(const std::string& name);
  Result<Container> find(const std::string& name);
  /// The folders that a container's or an image's files are made of, the top first.
  Result<std::vector<std::string>> tree_of(const store::Store& store, const std::string& name);
  /// As find(); Code::failed unless it runs.
  Result<Container> find_running(const std::string& name);

  /// Of a container's first process; Code::failed unless it runs.
  Result<pid_t> running_pid(const std::string& id);

  /// Takes the lock; nothing when the container is gone.
  Result<std::optional<Held>> hold(const std::string& id);
  Result<Held> hold_by_name(const std::string& name);

  /// A new container in State::creating, whole but for that.
  Result<Record> make(const ContainerConfig& config);
  /// Starts it. `client` is the first one to be connected, if any.
  Result<> start(Held& held, Fd client, std::optional<linux::WindowSize> size, Again again = {});
  /// After settle() and with what its monitor has left word of: by the restart policy.
  Result<> start_again(Held& held);
  /// Records how it ended and gives back what it held outside of its snapshot. The container does not run.
  Result<> settle(Held& held);
  /// Removes all of a container that does not run, the row last, and then with `volumes`, --rm, or when it is half made
  /// its anonymous volumes. Works on what is half made or half removed too.
  Result<> take_apart(Held& held, bool volumes = false);
  /// settle(), or take_apart() when it was run with --rm. Twice is fine, and so is a container that is gone or runs.
  Result<> clean_up(const std::string& id);
  /// Finishes what processes left half done that were killed while making or removing a container.
  Result<> finish_interrupted();

  net::Networks networks() const { return net::Networks(settings.root + "/networks"); }
  net::Firewall firewall() const { return net::Firewall(settings.root + "\n" + settings.run_root); }
  /// Of an ordinary user, see bridges_are_shared().
  SharedSpace shared_space() const { return {settings.run_root + "/bridges", settings.init}; }
  SharedSpace::Members space_members() const;
  /// Does `work` where the bridges are: here, or in the shared space; Code::not_found when that is not there.
  Result<> at_bridges(const std::function<Result<>()>& work) const;
  /// Whether there is a place where bridges can be.
  bool has_bridges() const { return !bridges_are_shared() || shared_space().alive(); }
  net::Leases leases() const { return net::Leases(settings.run_root + "/networks"); }
  /// Of a container that has been started on networks of ours, and not been cleaned up.
  Result<std::optional<net::Connections>> connections(const std::string& id) const;
  /// Of all of them, by id.
  Result<std::vector<std::pair<std::string, net::Connections>>> all_connections() const;
  /// The container that has published a port, as "container 'web'"; empty: none.
  std::string holder_of(std::uint16_t port, std::string_view protocol);
  /// That the networks exist, and that we may attach containers to them.
  Result<> check_networks(const ContainerConfig& config) const;
  /// Gives back addresses and rules of a container that does not run. Twice is fine.
  Result<> release_networks(const Record& record);
  Result<> release_bridges(const Record& record);
  /// Takes back the addresses in a network of containers that have ended while nobody could clean up.
  Result<> release_dead(const std::string& network);
  /// Whether it has not ended. Who starts or stops at this moment lives: waiting for each other, two starts would never
  /// end.
  bool lives(const std::string& id) const;
  /// The rules of those that have ended and whose ports are wanted.
  Result<> release_stale_rules(const net::Connections& wanted);
  /// Makes the firewall's rules anew from what there is.
  Result<> reload_networks();
  /// The same, and the bridges of containers that run.
  Result<> restore_networks();
  Result<> write_connections(const std::string& id, const net::Connections& connections) const;
  /// Makes the shared space anew when it is gone under containers that run, and puts them on their networks again.
  Result<bool> restore_shared_space();
  /// Attaches a running container to one more network, and the other way round.
  Result<> attach_running(const Held& held, const net::Network& network, const NetworkAttachment& wish);
  Result<> detach_running(const Held& held, const std::string& network);

  Result<AttachEnd> start_attached(Held held, const AttachOptions& options);
  /// Unmounts the mounted volumes of a container that has ended and that no other running one uses.
  Result<> release_volumes(const ContainerConfig& config);
  Result<store::Roots> roots();
  /// The ids of images that mount_image() has mounted.
  std::vector<std::string> mounted_images() const;
};

}  // namespace gantry::engine
