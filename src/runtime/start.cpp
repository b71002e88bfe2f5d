#include "linux/path.hpp"
#include "runtime/channel.hpp"
#include "runtime/hooks.hpp"
#include "runtime/remove.hpp"
#include "runtime/seccomp_agent.hpp"
#include "runtime/start_socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

namespace gantry::runtime {

namespace {

/// By way of a descriptor of the folder: a socket's path has room for 107 bytes only.
Result<sockaddr_un> start_address(const Fd& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string path = linux::fd_path(folder) + "/start";
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

Result<Fd> make_socket() {
  Fd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return Error::system("make a socket");
  return socket;
}

/// The first that fails ends it, and the caller stops the container (runtime.md, "Lifecycle").
Result<> run_poststart_hooks(const oci::Spec& spec, const oci::State& state) {
  if (!spec.hooks || spec.hooks->poststart.empty()) return {};
  return run_hooks(spec.hooks->poststart, "poststart", state, TRY(open_hook_output(spec)));
}

}  // namespace

Result<Fd> listen_for_start(const StateFolder& folder) {
  Fd place = TRY(open_folder(folder.path()));
  sockaddr_un address = TRY(start_address(place));
  Fd socket = TRY(make_socket());
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
    return Error::system("make socket {}", folder.start_socket());
  if (listen(socket.get(), 1) < 0) return Error::system("listen on {}", folder.start_socket());
  return socket;
}

Result<Fd> connect_to_start(const StateFolder& folder) {
  Fd place = TRY(open_folder(folder.path()));
  sockaddr_un address = TRY(start_address(place));
  Fd socket = TRY(make_socket());
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
    return Error::system("connect to {}", folder.start_socket());
  return socket;
}

Result<> start(const Settings& settings, const std::string& id) {
  StateFolder folder = TRY(StateFolder::open(settings, id));
  Record record = TRY(folder.read());
  if (auto status = status_of(folder, record); status != oci::Status::created)
    return fail(Code::invalid, "container '{}' is {}, and only a created one can be started", id, oci::name_of(status));
  Fd connection = TRY(with_context(connect_to_start(folder), "start container '{}'", id));
  TRY(remove_file(folder.start_socket()));
  oci::Spec spec = TRY(folder.read_config());
  oci::State state = make_state(record, oci::Status::created, spec);
  TRY(with_context(await_program(connection, spec, record.pid, state), "start container '{}'", id));
  auto hooks = run_poststart_hooks(spec, make_state(record, oci::Status::running, spec));
  if (!hooks) best_effort(kill_container(record));
  return with_context(std::move(hooks), "start container '{}'", id);
}

}  // namespace gantry::runtime
