#include "engine/client.hpp"

#include "base/file.hpp"
#include "engine/run_folder.hpp"
#include "linux/path.hpp"
#include "wire/monitor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace gantry::engine {

namespace {

using wire::Packet;

constexpr std::array kPassedSignals{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};

std::string make_packet(Packet type, std::string_view data) {
  std::string packet(1, static_cast<char>(type));
  return packet.append(data);
}

/// Our stdin and stdout, which outlive everything.
Result<> write_out(int fd, std::string_view data) {
  Fd borrowed(fd);
  auto written = write_all(borrowed, data, fd == 1 ? "stdout" : "stderr");
  borrowed.release();
  return written;
}

}  // namespace

Result<Client> Client::make(Options options) {
  Client client(std::move(options));
  sigemptyset(&client.blocked_);
  if (client.options_.signal_proxy)
    for (int signal : kPassedSignals) sigaddset(&client.blocked_, signal);
  if (client.options_.terminal || client.options_.signal_proxy) sigaddset(&client.blocked_, SIGWINCH);
  if (sigprocmask(SIG_BLOCK, &client.blocked_, &client.mask_before_) < 0) return Error::system("block signals");
  client.signals_ = Fd(signalfd(-1, &client.blocked_, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!client.signals_) return Error::system("make a signalfd");
  return client;
}

Client::~Client() {
  if (signals_) sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
}

Result<Client::End> Client::serve(Fd socket, const SignalSink& pass_signal) {
  socket_ = std::move(socket);
  TRY(set_nonblocking(socket_.get(), true));
  input_open_ = options_.input;
  buffer_.resize(wire::kMaxPacket + 1);
  std::optional<linux::RawTerminal> raw;
  if (options_.terminal && options_.input && isatty(0)) raw.emplace(TRY(linux::RawTerminal::enter(0)));
  if (options_.terminal) send_size();

  while (true) {
    const bool takes_input = input_open_ && pending_.empty();
    const short room = pending_.empty() ? 0 : POLLOUT;
    std::array<pollfd, 3> fds{{{socket_.get(), static_cast<short>(POLLIN | room), 0},
                               {signals_.get(), POLLIN, 0},
                               {takes_input ? 0 : -1, POLLIN, 0}}};
    if (poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) return Error::system("wait for the container's output");
    if (fds[1].revents != 0) read_signal(pass_signal);
    if (fds[0].revents & (POLLIN | POLLHUP | POLLERR))
      if (auto end = TRY(read_packet())) return *end;
    if ((fds[0].revents & POLLOUT) && !send_pending()) return End::disconnected;
    if (fds[2].revents != 0) TRY(read_input());
    if (options_.detach_keys.complete()) return End::detached;
  }
}

Result<> Client::read_input() {
  std::array<char, wire::kMaxPacket / 2> data;  // the filter may give back keys that it had kept
  ssize_t size = read(0, data.data(), data.size());
  if (size < 0 && (errno == EINTR || errno == EAGAIN)) return {};
  // EIO: a terminal that hung up.
  if (size <= 0) {
    input_open_ = false;
    pending_ = make_packet(Packet::input, {});
  } else {
    std::string_view typed(data.data(), static_cast<std::size_t>(size));
    const std::string passed = options_.terminal ? options_.detach_keys.filter(typed) : std::string(typed);
    if (passed.empty()) return {};
    pending_ = make_packet(Packet::input, passed);
  }
  send_pending();
  return {};
}

bool Client::send_pending() {
  ssize_t sent = send(socket_.get(), pending_.data(), pending_.size(), MSG_NOSIGNAL);
  if (sent < 0) return errno == EAGAIN || errno == EINTR;
  pending_.clear();
  return true;
}

Result<std::optional<Client::End>> Client::read_packet() {
  std::optional<End> end;
  ssize_t size = recv(socket_.get(), buffer_.data(), buffer_.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return end;
  if (size <= 0) return std::optional(End::disconnected);
  const std::string_view data(buffer_.data() + 1, static_cast<std::size_t>(size) - 1);
  switch (static_cast<Packet>(buffer_[0])) {
    case Packet::output:
      TRY(write_out(1, data));
      return end;
    case Packet::error:
      TRY(write_out(2, data));
      return end;
    case Packet::exited: {
      std::int32_t code = 0;
      std::memcpy(&code, data.data(), std::min(data.size(), sizeof code));
      exit_code_ = code;
      return std::optional(End::exited);
    }
    default:
      return fail(Code::invalid, "the monitor speaks another protocol").with_cure("it was started by another version");
  }
}

void Client::read_signal(const SignalSink& pass_signal) {
  signalfd_siginfo info;
  if (read(signals_.get(), &info, sizeof info) != sizeof info) return;
  const int signal = static_cast<int>(info.ssi_signo);
  if (signal == SIGWINCH && options_.terminal) send_size();
  else pass_signal(signal);
}

void Client::send_size() {
  const auto size = own_window_size();
  if (!size) return;
  const std::uint16_t numbers[2] = {size->rows, size->columns};
  const std::string packet = make_packet(Packet::resize, {reinterpret_cast<const char*>(numbers), sizeof numbers});
  // Should it not fit, the next change of the size is sent again.
  send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL);
}

bool Client::take_over() {
  const std::string packet = make_packet(Packet::take_over, {});
  return send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(packet.size());
}

Result<Fd> connect_to_monitor(const std::string& run_folder) {
  const Fd folder = TRY(open_folder(run_folder));
  Fd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!socket) return Error::system("make a socket");
  // By the descriptor: the path may be longer than a socket's name can be.
  sockaddr_un address{.sun_family = AF_UNIX};
  const std::string path = linux::fd_path(folder) + "/" + kAttachSocket;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
    return Error::system("connect to the container's monitor");
  return socket;
}

std::optional<linux::WindowSize> own_window_size() {
  for (int fd : {0, 1}) {
    if (!isatty(fd)) continue;
    if (auto size = linux::window_size(fd)) return *size;
  }
  return {};
}

}  // namespace gantry::engine
