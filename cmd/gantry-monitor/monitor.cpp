#include "monitor.hpp"

#include "aftermath.hpp"
#include "clock.hpp"
#include "tiny/text.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/epoll.h>

namespace gantry::monitor {

namespace {

using wire::Packet;

}  // namespace

bool Monitor::open(const wire::MonitorOrder& order, char** probe, int oom_score) {
  if (!loop_.open() || !children_.open(order.pid)) return false;
  children_watch_.want(loop_, children_.fd(), EPOLLIN);
  stdin_once_ = (order.flags & wire::kMonitorStdinOnce) != 0;
  run_folder_ = tiny::Fd(order.run_fd);
  log_.open(order);
  schedule_.open(order, probe, oom_score);
  if (order.terminal_fd >= 0) {
    // A descriptor of its own for each direction, as epoll takes a descriptor only once.
    int keyboard = fcntl(order.terminal_fd, F_DUPFD_CLOEXEC, 3);
    if (keyboard < 0) return false;
    out_.open(loop_, order.terminal_fd, true);
    input_.open(keyboard, true);
  } else {
    out_.open(loop_, order.stdout_fd, false);
    error_.open(loop_, order.stderr_fd, false);
    input_.open(order.stdin_fd, false);
  }
  clients_.add_first(loop_, order.client_fd);
  clients_.listen(loop_, order.listen_fd);
  return true;
}

void Monitor::serve_until_init_ends() {
  children_.reap();  // it may have ended before SIGCHLD was waited for
  while (!children_.init_has_ended()) {
    dispatch(loop_.wait(schedule_.next(children_)));
    schedule_.act(children_);
  }
  children_.end_probe();
}

void Monitor::drain_output() {
  input_.close(loop_);
  update_clients();
  out_.expect_end();
  error_.expect_end();
  drain(out_);
  drain(error_);
}

void Monitor::record_exit() {
  if (!write_exit_record(run_folder_.get(), children_)) {
    tiny::say("gantry-monitor: cannot write the exit record: ", strerror(errno));
  }
}

void Monitor::announce_exit() {
  while (owes_first()) dispatch(loop_.wait());
  log_.finish();
  clients_.stop_listening(loop_);

  const std::int32_t code = children_.code();
  exit_packet_[0] = static_cast<char>(Packet::exited);
  memcpy(exit_packet_ + 1, &code, sizeof code);
  clients_.send_to_others(loop_, {exit_packet_, sizeof exit_packet_});
  clients_.disconnect_others(loop_);

  owes_exit_ = clients_.is_connected(Clients::kFirst);
  pay_first();
  while (owes_first()) dispatch(loop_.wait());
  announced_ = true;
}

bool Monitor::wait_for_take_over() {
  const std::int64_t deadline = monotonic_milliseconds() + 1000 * wire::kTakeOverSeconds;
  while (clients_.is_connected(Clients::kFirst) && !taken_over_) {
    std::int64_t left = deadline - monotonic_milliseconds();
    if (left <= 0) break;
    dispatch(loop_.wait(static_cast<int>(left)));
  }
  return taken_over_;
}

void Monitor::dispatch(const Event& event) {
  switch (event.source) {
    case Source::none:
      return;
    case Source::child:
      return children_.reap();
    case Source::output:
      return pump(out_);
    case Source::error:
      return pump(error_);
    case Source::input:
      input_.flush(loop_);
      return update_clients();
    case Source::listener:
      return clients_.accept(loop_);
    case Source::client:
      return serve_client(event.index, event.events);
  }
}

void Monitor::pump(Stream& stream) {
  switch (stream.read()) {
    case Stream::Got::nothing_yet:
      return;
    case Stream::Got::end:
      if (!stream.reopen()) stream.close(loop_);
      return;
    case Stream::Got::data:
      break;
  }
  log_.write(stream.name(), stream.data());
  clients_.send_to_others(loop_, stream.packet());
  if (!clients_.is_connected(Clients::kFirst)) return;
  switch (clients_.send(Clients::kFirst, stream.packet())) {
    case Sent::yes:
      return;
    case Sent::gone:
      return drop(Clients::kFirst);
    case Sent::full:
      stream.hold(loop_);
      return update_clients();
  }
}

void Monitor::drain(Stream& stream) {
  while (stream.is_open() && !stream.is_held()) pump(stream);
}

void Monitor::serve_client(std::uint32_t index, std::uint32_t events) {
  // A hang-up counts as space: sending is how it shows while packets of this client cannot be read.
  if (index == Clients::kFirst && (events & ~EPOLLIN) != 0) pay_first();
  if (!clients_.is_connected(index) || !input_.is_empty()) return;
  std::span<char> room = input_.room();
  int size = clients_.receive(index, room);
  if (size < 0) return;
  if (size == 0 || !obey(index, room.first(static_cast<std::size_t>(size)))) return drop(index);
  update_clients();
}

bool Monitor::obey(std::uint32_t index, std::span<const char> packet) {
  const std::span<const char> data = packet.subspan(1);
  switch (static_cast<Packet>(packet[0])) {
    case Packet::input:
      if (!data.empty()) {
        input_.take(loop_, data.size());
      } else if (index == Clients::kFirst && stdin_once_) {
        input_.end(loop_);
      }
      return true;
    case Packet::resize: {
      std::uint16_t size[2];
      if (data.size() != sizeof size) return false;
      memcpy(size, data.data(), sizeof size);
      input_.resize(size[0], size[1]);
      return true;
    }
    case Packet::take_over:
      taken_over_ = index == Clients::kFirst && announced_;
      return taken_over_;
    default:
      return false;
  }
}

void Monitor::drop(std::uint32_t index) {
  clients_.disconnect(loop_, index);
  if (index != Clients::kFirst) return;
  owes_exit_ = false;
  if (stdin_once_) input_.leave(loop_);
  for (Stream* stream : {&out_, &error_}) {
    if (stream->is_held()) resume(*stream);
  }
  update_clients();
}

void Monitor::pay_first() {
  for (Stream* stream : {&out_, &error_}) {
    if (!stream->is_held()) continue;
    Sent sent = clients_.send(Clients::kFirst, stream->packet());
    if (sent == Sent::gone) return drop(Clients::kFirst);
    if (sent == Sent::full) return;
    resume(*stream);
  }
  if (owes_exit_) {
    Sent sent = clients_.send(Clients::kFirst, {exit_packet_, sizeof exit_packet_});
    if (sent == Sent::gone) return drop(Clients::kFirst);
    owes_exit_ = sent == Sent::full;
  }
  update_clients();
}

void Monitor::resume(Stream& stream) {
  stream.release(loop_);
  if (children_.init_has_ended()) drain(stream);
}

}  // namespace gantry::monitor
