#pragma once

#include "loop.hpp"
#include "tiny/fd.hpp"
#include "wire/monitor.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace gantry::monitor {

enum class Sent { yes, full, gone };

/// The attached clients. Number 0 is the first one, who is owed everything; the others' queue is their socket's buffer.
class Clients {
 public:
  static constexpr std::uint32_t kFirst = 0;

  Clients();

  void add_first(Loop& loop, int fd) { add(loop, kFirst, tiny::Fd(fd)); }
  void listen(Loop& loop, int fd);
  void stop_listening(Loop& loop);
  /// A connection waits.
  void accept(Loop& loop);

  bool is_connected(std::uint32_t index) const { return static_cast<bool>(clients_[index].fd); }
  Sent send(std::uint32_t index, std::string_view packet);
  /// To all but the first; who cannot take it is disconnected.
  void send_to_others(Loop& loop, std::string_view packet);
  void disconnect_others(Loop& loop);
  /// The size of a packet that now is in `room`, 0 at the end of the connection, -1 when there was none.
  int receive(std::uint32_t index, std::span<char> room);
  void disconnect(Loop& loop, std::uint32_t index);

  /// Whether clients are read at all, and whether the first client's queue has space is waited for.
  void want(Loop& loop, bool to_read, bool to_write_first);

 private:
  struct Client {
    tiny::Fd fd;
    Watch watch;
  };

  void add(Loop& loop, std::uint32_t index, tiny::Fd fd);
  std::uint32_t events_for(std::uint32_t index) const;

  tiny::Fd listener_;
  Watch listener_watch_{Source::listener};
  Client clients_[1 + wire::kMaxClients];
  bool to_read_ = true;
  bool to_write_first_ = false;
};

}  // namespace gantry::monitor
