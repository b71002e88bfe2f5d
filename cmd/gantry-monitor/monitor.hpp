#pragma once

#include "children.hpp"
#include "clients.hpp"
#include "input.hpp"
#include "log.hpp"
#include "loop.hpp"
#include "schedule.hpp"
#include "stream.hpp"
#include "wire/monitor.hpp"

#include <cstdint>
#include <span>

namespace gantry::monitor {

/// Passes on what a container reads and writes, and tells how it ended. The steps are in the order of the functions.
class Monitor {
 public:
  /// False with errno set when the kernel refuses a descriptor.
  bool open(const wire::MonitorOrder& order, char** probe, int oom_score);

  void serve_until_init_ends();
  /// Reads what the container has written, as far as the first client takes it.
  void drain_output();
  void record_exit();
  const Children& children() const { return children_; }
  /// Waits for the first client to take what it is owed, then tells all clients of the exit.
  void announce_exit();
  /// Waits for the first client's answer; false: the cleanup is ours.
  bool wait_for_take_over();

 private:
  void dispatch(const Event& event);
  void serve_client(std::uint32_t index, std::uint32_t events);

  /// One batch from the container to the log and the clients.
  void pump(Stream& stream);
  void drain(Stream& stream);

  /// False: the packet breaks the protocol.
  bool obey(std::uint32_t index, std::span<const char> packet);
  void drop(std::uint32_t index);

  bool owes_first() const { return out_.is_held() || error_.is_held() || owes_exit_; }
  /// Sends the first client what it is owed, until its queue is full again.
  void pay_first();
  /// Goes on with a stream that the first client has held up.
  void resume(Stream& stream);
  void update_clients() { clients_.want(loop_, input_.is_empty(), owes_first()); }

  Loop loop_;
  Children children_;
  Schedule schedule_;
  Log log_;
  Stream out_{Source::output, wire::Packet::output, "stdout"};
  Stream error_{Source::error, wire::Packet::error, "stderr"};
  Input input_;
  Clients clients_;
  Watch children_watch_{Source::child};
  tiny::Fd run_folder_;
  bool stdin_once_ = false;
  char exit_packet_[1 + sizeof(std::int32_t)];
  bool owes_exit_ = false;
  bool announced_ = false;
  bool taken_over_ = false;
};

}  // namespace gantry::monitor
