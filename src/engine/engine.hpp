#pragma once

#include "base/result.hpp"
#include "engine/changes.hpp"
#include "engine/config.hpp"
#include "engine/container.hpp"
#include "engine/events.hpp"
#include "engine/health.hpp"
#include "engine/logs.hpp"
#include "engine/processes.hpp"
#include "engine/usage.hpp"
#include "engine/volumes.hpp"
#include "net/connections.hpp"
#include "net/network.hpp"
#include "net/route.hpp"
#include "store/check.hpp"
#include "store/collect.hpp"

#include <boost/json/fwd.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace gantry::engine {

struct Settings {
  std::string root;            ///< images, layers, the state database: survives a reboot
  std::string run_root;        ///< what does not: sockets, exit records, the runtime's state
  std::string program;         ///< gantry itself, for the cleanup that a monitor runs
  std::string monitor;         ///< gantry-monitor
  std::string init;            ///< gantry-init
  std::string storage_driver;  ///< for the roots of new containers; empty: overlay
};

struct AttachOptions {
  bool input = true;  ///< pass our stdin on, when the container has one
  bool signal_proxy = true;
  std::string detach_keys = "ctrl-p,ctrl-q";  ///< empty: none
};

/// How being attached to a container ended.
struct AttachEnd {
  std::optional<int> exit_code;  ///< none: the user detached; the container goes on
};

/// Hears how the work on one of several containers has ended.
using NameSink = std::function<void(const std::string& name, Result<> done)>;

/// What remove_image() did.
struct ImageRemoval {
  std::vector<std::string> untagged;  ///< names that were taken away
  std::string deleted;                ///< the image's id, when its last name went
};

/// An image that is mounted on the host.
struct ImageMount {
  store::ImageSummary image;
  std::string path;
};

/// A container on a network at this moment.
struct NetworkMember {
  std::string id;
  std::string name;
  net::Attachment attachment;
  std::vector<net::PublishedPort> ports;  ///< that lead to it by this network
  std::optional<net::Link> link;          ///< the host's end of its veth pair
};

/// Containers. Opens the database and the image store when first needed. Not thread-safe; any number of processes
/// may work on one root at the same time. A `name` is a container's name, its id, or a prefix of its id that is
/// unique; Code::not_found otherwise. Errors carry Code::no_command and Code::not_executable for exit codes 127, 126.
class Engine {
 public:
  explicit Engine(Settings settings);
  Engine(Engine&&) noexcept;
  ~Engine();

  /// The new container's id.
  Result<std::string> create(const ContainerConfig& config);
  /// Starting a running container does nothing.
  Result<> start(const std::string& name);
  /// Starts with our stdin, stdout and stderr (or terminal) connected; returns when it ends or the user detaches.
  Result<AttachEnd> start_attached(const std::string& name, const AttachOptions& options);
  /// create() and start_attached(), or start() with config.detach; the id goes to `id` as soon as it is known.
  /// When the start fails nothing is left of the container.
  Result<AttachEnd> run(const ContainerConfig& config, const AttachOptions& options, std::string& id);
  Result<AttachEnd> attach(const std::string& name, const AttachOptions& options);

  /// The exit code, once the container has ended; Code::failed when nobody saw it.
  Result<int> wait(const std::string& name);
  /// Looks every `interval` nanoseconds until `is` holds; the exit code, if the container has one then.
  Result<std::optional<int>> wait_until(const std::string& name, const std::function<bool(const Container&)>& is,
                                        std::int64_t interval);
  /// Stop signal, then SIGKILL after `timeout` seconds (default: the container's). A stopped container is fine.
  Result<> stop(const std::string& name, std::optional<unsigned> timeout);
  /// Stops several at the same time; `done` hears of each as it has ended.
  void stop(const std::vector<std::string>& names, std::optional<unsigned> timeout, const NameSink& done);
  /// stop() and start(); one that does not run is started.
  void restart(const std::vector<std::string>& names, std::optional<unsigned> timeout, const NameSink& done);
  Result<> kill(const std::string& name, int signal);
  /// Stops its processes where they are; Code::unsupported without a cgroup.
  Result<> pause(const std::string& name);
  Result<> unpause(const std::string& name);
  /// Code::exists when the new name is taken.
  Result<> rename(const std::string& name, const std::string& new_name);
  /// Code::busy for a running container without `force`. With `volumes` its anonymous volumes go too. Returns the id.
  Result<std::string> remove(const std::string& name, bool force, bool volumes = false);
  /// Removes several. Those that run end first, all at once: by SIGKILL, or stopped with `timeout`.
  void remove(const std::vector<std::string>& names, bool force, std::optional<unsigned> timeout, const NameSink& done,
              bool volumes = false);
  /// The processes in a running container.
  Result<std::vector<ProcessInfo>> processes(const std::string& name);

  /// Newest first.
  Result<std::vector<Container>> list(const ListFilter& filter);
  Result<Container> find(const std::string& name);
  /// The fields and spelling of podman's and docker's `inspect`.
  Result<boost::json::object> inspect(const std::string& name);
  Result<> logs(const std::string& name, const LogOptions& options, const LogSink& sink);

  /// What has happened, oldest first.
  Result<> events(const EventQuery& query, const EventSink& sink);

  /// Runs a container's health check; its state afterwards. Code::invalid when it has none.
  Result<HealthState> check_health(const std::string& name);
  /// Does what the container was made to do when it becomes unhealthy.
  Result<> act_on_unhealthy(const std::string& name);

  /// Runs a further process in a running container; its exit code (0 with config.detach).
  Result<int> exec(const std::string& name, const ExecConfig& config);

  /// Records the end of a container and gives back what it held; removes it when it was run with --rm.
  /// For the monitor's cleanup command: a container that is gone or runs is left alone.
  Result<> cleanup(const std::string& id);

  /// The image store under the same root, opened when first needed.
  Result<store::Store*> images();
  /// Takes a name away from an image, and with its last name (or by id) the image itself, with all that nothing else
  /// needs. Code::busy when it has several names and is given by id, or when a container is made from it; with `force`
  /// all its names and those containers go too.
  Result<ImageRemoval> remove_image(const std::string& name, bool force);
  /// Removes what neither an image nor a container needs.
  Result<store::Collected> collect();

  /// What a container has changed in its image, without the files and folders that every start makes.
  Result<std::vector<Change>> diff(const std::string& name);
  /// The root of a container's files, read-only, without what is mounted there. Takes the right to mount, as
  /// store::open_merged() does.
  Result<Fd> open_tree(const std::string& name);
  /// What an image's top layer changes in those below it.
  Result<std::vector<Change>> image_diff(const std::string& name);
  /// What is different in a container or an image from another one.
  Result<std::vector<Change>> diff_between(const std::string& newer, const std::string& older);

  /// Mounts an image read-only, and says where; one that is mounted stays where it is. It cannot be removed then.
  Result<std::string> mount_image(const std::string& name);
  /// The image's id. Code::busy when somebody is in it; with `force` it goes when they leave.
  Result<std::string> unmount_image(const std::string& name, bool force);
  Result<std::vector<ImageMount>> mounted_images();

  Volumes volumes() const;
  /// Makes a volume; without a name it gets 64 figures. Its name. Code::exists.
  Result<std::string> create_volume(Volume volume);
  /// The names of those that a container uses.
  Result<std::set<std::string>> used_volumes();
  /// The containers that use a volume, by their names.
  Result<std::vector<std::string>> volume_users(const std::string& name);
  /// Code::busy when a container uses it; with `force` those containers go first.
  Result<> remove_volume(const std::string& name, bool force);
  /// Removes the volumes that `choose` picks and no container uses: their names.
  Result<std::vector<std::string>> prune_volumes(const std::function<bool(const Volume&)>& choose);

  /// What images and containers take on disk.
  Result<Usage> usage();
  /// Removes the images that `choose` picks and no container is made from, and what then nothing needs.
  Result<Pruned> prune_images(const std::function<bool(const store::ImageSummary&)>& choose);
  /// Removes the containers that `choose` picks and that do not run.
  Result<Pruned> prune_containers(const std::function<bool(const Container&)>& choose);

  /// Networks of containers. Errors as those of net::Networks.
  Result<net::Network> create_network(const net::Network& wish);
  /// By name; the default one once it has been used.
  Result<std::vector<net::Network>> list_networks();
  Result<net::Network> find_network(const std::string& name);
  /// Code::busy while containers are made for it; with `force` they go too. Returns its name.
  Result<std::string> remove_network(const std::string& name, bool force);
  /// Those that are made for a network, running or not.
  Result<std::vector<Container>> containers_on(const std::string& network);
  /// The containers that are attached to a network now.
  Result<std::vector<NetworkMember>> network_members(const net::Network& network);
  /// Of a container that runs on networks of bridges; nothing otherwise.
  Result<std::optional<net::Connections>> connections(const std::string& id);
  /// At once when the container runs, and for all of its later starts.
  Result<> connect_network(const std::string& name, NetworkAttachment wish);
  Result<> disconnect_network(const std::string& name, const std::string& network);
  /// Makes the firewall's rules and missing bridges anew: after `nft flush ruleset`, say.
  Result<> reload_networks();

  /// Compares database, snapshots, run folders, cgroups and image store. What a killed process left half done is
  /// finished first, as every command that changes something does.
  Result<std::vector<store::Finding>> check(bool repair);

  struct State;  ///< of its parts alone: state.hpp
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace gantry::engine
