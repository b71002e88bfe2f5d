#include "engine/shared_space.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "engine/process_note.hpp"
#include "engine/space_holder.hpp"
#include "engine/user_network.hpp"
#include "linux/process.hpp"
#include "net/attach.hpp"
#include "net/port_path.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>

namespace gantry::engine {

namespace {

/// In the folder: who holds the namespaces, and the same once all of it is made.
constexpr const char* kStarting = "/starting";
constexpr const char* kHolder = "/holder";

Result<> end_process(const StartRecord& record) {
  const auto pidfd = record.open();
  if (!pidfd) return {};
  return linux::send_signal(*pidfd, SIGKILL);
}

}  // namespace

bool bridges_are_shared() {
  // Asked for the first time outside: within it we are root, of as little as that may be.
  static const bool shared = geteuid() != 0;
  return shared;
}

std::optional<StartRecord> SharedSpace::record() const { return noted_process(folder_ + kHolder); }

bool SharedSpace::needed() const {
  const auto members = list_folder(folder_ + "/members");
  return members && !members->empty();
}

Result<pid_t> SharedSpace::holder() const {
  const auto held = record();
  if (held) return held->init.pid;
  return fail(Code::not_found, "nobody holds the namespaces of this user's bridges").with_cure("gantry network reload");
}

Result<std::string> SharedSpace::run(const std::function<Result<std::string>()>& work) const {
  TRY(holder());
  const Fd pidfd = TRY(record().value_or(StartRecord{}).open());
  return run_in_space(pidfd, work);
}

Result<bool> SharedSpace::join(const std::string& id, const Members& members) const {
  TRY(make_folders(folder_ + "/members", 0700));
  const Lock lock = TRY(Lock::take(folder_, Lock::Mode::exclusive));
  TRY(open_file(member(id), O_WRONLY | O_CREAT, 0600));
  return make_unless_alive(members);
}

Result<bool> SharedSpace::restore(const Members& members) const {
  if (!path_exists(folder_)) return false;
  const Lock lock = TRY(Lock::take(folder_, Lock::Mode::exclusive));
  for (const std::string& id : TRY(list_folder(folder_ + "/members")))
    if (members.lives(id)) return make_unless_alive(members);
  return false;
}

Result<bool> SharedSpace::make_unless_alive(const Members& members) const {
  if (alive()) return false;
  std::optional<pid_t> relative;
  for (const std::string& id : TRY(list_folder(folder_ + "/members")))
    if (!relative) relative = members.pid_of(id);
  TRY(with_context(make(relative), "bridges of an ordinary user"));
  return true;
}

Result<> SharedSpace::make(std::optional<pid_t> relative) const {
  TRY(end());
  const pid_t pid = TRY(start_space_holder(init_, relative, [&](pid_t started) {
    return note_process(folder_ + kStarting, started, "the process that holds the bridges' namespaces");
  }));
  TRY(connect(pid));
  if (rename((folder_ + kStarting).c_str(), (folder_ + kHolder).c_str()) < 0)
    return Error::system("note who holds the namespaces in {}", folder_);
  return {};
}

/// Without a program for the way out, or a way out of the host, containers reach each other all the same.
Result<> SharedSpace::connect(pid_t holder) const {
  const Fd space = TRY(open_file(fmt::format("/proc/{}/ns/net", holder), O_RDONLY));
  const Fd pidfd = TRY(linux::open_pidfd(holder));
  TRY(run_in_space(pidfd, [&]() -> Result<std::string> {
    TRY(net::bring_loopback_up(space));
    TRY(net::mark_port_paths());
    return std::string();
  }));
  NetworkConfig way_out{.network = default_user_network()};
  // An address of its own, as the host's is that of callers who are on the host.
  if (way_out.network == kPasta) way_out.network_options = {"-a", "169.254.76.2", "-n", "24", "-g", "169.254.76.1"};
  if (!is_user_network(way_out.network)) return {};
  if (auto started = start_user_network(way_out, holder, folder_); !started)
    log::warning("the containers on bridges have no way out: {}", started.error().message());
  return {};
}

Result<> SharedSpace::leave(const std::string& id, const Members& members) const {
  if (!path_exists(folder_)) return {};
  const Lock lock = TRY(Lock::take(folder_, Lock::Mode::exclusive));
  if (!id.empty()) TRY(remove_file(member(id)));
  for (const std::string& other : TRY(list_folder(folder_ + "/members"))) {
    if (members.lives(other)) return {};
    TRY(remove_file(member(other)));
  }
  return end();
}

/// The server of names ends by itself when it has no members.
Result<> SharedSpace::end() const {
  TRY(stop_user_network(folder_));
  for (const char* name : {kStarting, kHolder}) {
    if (const auto record = noted_process(folder_ + name)) TRY(end_process(*record));
    TRY(remove_file(folder_ + name));
  }
  return remove_tree(names_folder());
}

}  // namespace gantry::engine
