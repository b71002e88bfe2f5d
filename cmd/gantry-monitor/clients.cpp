#include "clients.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace gantry::monitor {

Clients::Clients() {
  for (std::uint32_t i = 0; i < std::size(clients_); i++) clients_[i].watch = Watch(Source::client, i);
}

void Clients::add(Loop& loop, std::uint32_t index, tiny::Fd fd) {
  if (!fd) return;
  Client& client = clients_[index];
  client.fd = std::move(fd);
  client.watch.want(loop, client.fd.get(), events_for(index));
}

void Clients::listen(Loop& loop, int fd) {
  if (fd < 0) return;
  listener_ = tiny::Fd(fd);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  listener_watch_.want(loop, fd, EPOLLIN);
}

void Clients::stop_listening(Loop& loop) {
  listener_watch_.want(loop, listener_.get(), 0);
  listener_.close();
}

void Clients::accept(Loop& loop) {
  tiny::Fd fd(tiny::retry([&] { return accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC); }));
  if (!fd && errno != EAGAIN && errno != ECONNABORTED) {
    // Descriptors have run out, and the connection stays: waiting for it again would spin.
    return stop_listening(loop);
  }
  Client* place = std::find_if(clients_ + kFirst + 1, std::end(clients_), [](const Client& one) { return !one.fd; });
  if (place != std::end(clients_)) add(loop, static_cast<std::uint32_t>(place - clients_), std::move(fd));
}

Sent Clients::send(std::uint32_t index, std::string_view packet) {
  int fd = clients_[index].fd.get();
  if (tiny::retry([&] { return ::send(fd, packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL); }) >= 0) {
    return Sent::yes;
  }
  return errno == EAGAIN ? Sent::full : Sent::gone;
}

void Clients::send_to_others(Loop& loop, std::string_view packet) {
  for (std::uint32_t i = kFirst + 1; i < std::size(clients_); i++) {
    if (is_connected(i) && send(i, packet) != Sent::yes) disconnect(loop, i);
  }
}

void Clients::disconnect_others(Loop& loop) {
  for (std::uint32_t i = kFirst + 1; i < std::size(clients_); i++) disconnect(loop, i);
}

int Clients::receive(std::uint32_t index, std::span<char> room) {
  int fd = clients_[index].fd.get();
  ssize_t size = tiny::retry([&] { return recv(fd, room.data(), room.size(), MSG_DONTWAIT | MSG_TRUNC); });
  if (size < 0) return errno == EAGAIN ? -1 : 0;
  // Too long a packet breaks the protocol, which ends the connection as well.
  return size > static_cast<ssize_t>(room.size()) ? 0 : static_cast<int>(size);
}

void Clients::disconnect(Loop& loop, std::uint32_t index) {
  Client& client = clients_[index];
  if (!client.fd) return;
  client.watch.want(loop, client.fd.get(), 0);
  // Closing a socket that holds unread packets would give the client an error in place of our last packets.
  shutdown(client.fd.get(), SHUT_RDWR);
  char unread;
  while (recv(client.fd.get(), &unread, sizeof unread, MSG_DONTWAIT) > 0) continue;
  client.fd.close();
}

void Clients::want(Loop& loop, bool to_read, bool to_write_first) {
  if (to_read == to_read_ && to_write_first == to_write_first_) return;
  to_read_ = to_read;
  to_write_first_ = to_write_first;
  for (std::uint32_t i = 0; i < std::size(clients_); i++) {
    if (is_connected(i)) clients_[i].watch.want(loop, clients_[i].fd.get(), events_for(i));
  }
}

std::uint32_t Clients::events_for(std::uint32_t index) const {
  std::uint32_t events = to_read_ ? EPOLLIN : 0;
  if (index == kFirst && to_write_first_) events |= EPOLLOUT;
  return events;
}

}  // namespace gantry::monitor
