#include "engine/client.hpp"
#include "engine/state.hpp"
#include "linux/process.hpp"

#include <sys/socket.h>
#include <unistd.h>

namespace gantry::engine {

namespace {

Result<Client> make_client(const ContainerConfig& config, const AttachOptions& options) {
  return Client::make({.terminal = config.tty,
                       .input = options.input && config.interactive,
                       .signal_proxy = options.signal_proxy,
                       .detach_keys = TRY(DetachKeys::parse(options.detach_keys))});
}

Error lost(const std::string& name) {
  return fail(Code::failed, "the connection to container '{}' was lost", name)
      .with_cure("its monitor was killed, or sent faster than we could write; `gantry ps -a` tells how it is");
}

Client::SignalSink signals_to(const std::optional<StartRecord>& start) {
  return [start](int signal) {
    // It may have ended, which the monitor is about to tell.
    if (auto init = start ? start->open() : Result<Fd>(fail(Code::not_found, "not started")))
      best_effort(linux::send_signal(*init, signal));
  };
}

}  // namespace

Result<AttachEnd> Engine::State::start_attached(Held held, const AttachOptions& options) {
  Client client = TRY(make_client(held.record.config, options));
  SocketPair sockets = TRY(make_socket_pair(SOCK_SEQPACKET));
  TRY(start(held, std::move(sockets.theirs), held.record.config.tty ? own_window_size() : std::nullopt));
  const std::string id = held.record.id, name = held.record.name;
  const auto sink = signals_to(run_folder(id).start());
  held.lock.reset();

  const Client::End end = TRY(client.serve(std::move(sockets.ours), sink));
  if (end == Client::End::detached) return AttachEnd{};
  if (end == Client::End::disconnected) return lost(name);
  if (client.take_over()) TRY(clean_up(id));
  return AttachEnd{client.exit_code()};
}

Result<AttachEnd> Engine::start_attached(const std::string& name, const AttachOptions& options) {
  TRY(state_->finish_interrupted());
  auto held = TRY(state_->hold_by_name(name));
  if (held.container().running()) {
    held.lock.reset();
    return attach(name, options);
  }
  return state_->start_attached(std::move(held), options);
}

Result<AttachEnd> Engine::attach(const std::string& name, const AttachOptions& options) {
  const Container container = TRY(state_->find_running(name));
  const RunFolder folder = state_->run_folder(container.id);
  Client client = TRY(make_client(container.config, options));
  Fd socket = TRY(with_context(connect_to_monitor(folder.path()), "attach to container '{}'", name));
  const Client::End end = TRY(client.serve(std::move(socket), signals_to(folder.start())));
  if (end == Client::End::detached) return AttachEnd{};
  if (end == Client::End::disconnected) return lost(name);
  return AttachEnd{client.exit_code()};
}

Result<AttachEnd> Engine::run(const ContainerConfig& config, const AttachOptions& options, std::string& id) {
  const Record record = TRY(state_->make(config));
  id = record.id;
  auto started = [&]() -> Result<AttachEnd> {
    auto held = TRY(state_->hold(record.id));
    if (!held) return fail(Code::not_found, "container '{}' was removed just now", record.name);
    if (!config.detach) return state_->start_attached(std::move(*held), options);
    TRY(state_->start(*held, {}, {}));
    return AttachEnd{};
  }();
  if (started) return started;
  // What was started goes on, whatever happened to us.
  if (auto held = state_->hold(record.id); held && *held && !(*held)->seen.start)
    best_effort(state_->take_apart(**held));
  return started;
}

}  // namespace gantry::engine
