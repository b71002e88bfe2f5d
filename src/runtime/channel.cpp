#include "runtime/channel.hpp"

#include "base/error_packet.hpp"
#include "wire/init.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

namespace gantry::runtime {

namespace {

/// The first number of our packets; gantry-init's start with a wire::InitStage, and send_go()'s is a pid alone.
constexpr std::int32_t kError = 0, kReady = -1, kListener = -2;

/// An error's text is cut off at about this length.
constexpr std::size_t kMaxPacket = 16384;

std::int32_t kind_of(std::string_view packet) {
  std::int32_t kind = kError;
  std::memcpy(&kind, packet.data(), std::min(packet.size(), sizeof kind));
  return kind;
}

Error error_of_packet(std::string_view packet) {
  auto error = unpack_error(packet.substr(std::min(packet.size(), sizeof kError)));
  if (!error) return fail(Code::failed, "the other half of the runtime does not make sense");
  return std::move(*error);
}

Error error_of_init(const wire::InitReport& report) {
  switch (report.stage) {
    case wire::InitStage::guard:
      return Error::from_errno(report.os_error, "give up what guards the start")
          .with_cure("the seccomp filter must allow prctl, capget and capset");
    case wire::InitStage::seccomp:
      return Error::from_errno(report.os_error, "load the seccomp filter");
    case wire::InitStage::fork:
      return Error::from_errno(report.os_error, "start the container's process");
    case wire::InitStage::exec: {
      Error error = Error::from_errno(report.os_error, "execute the container's process");
      bool missing = report.os_error == ENOENT;
      if (report.os_error == ENOEXEC)
        return std::move(error)
            .with_code(Code::not_executable)
            .with_cure("it is no program of this machine's architecture, or a script without a #! line");
      if (missing) return std::move(error).with_code(Code::no_command).with_cure("is its interpreter in the image?");
      return std::move(error).with_code(Code::not_executable);
    }
    default:
      return Error::from_errno(report.os_error, "read the order of gantry-init");
  }
}

Result<> send_packet(const Fd& channel, const void* data, std::size_t size) {
  ssize_t sent;
  do {
    sent = send(channel.get(), data, size, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return Error::system("talk to the other half of the runtime");
  return {};
}

struct Packet {
  std::string data;  ///< empty when the other end is gone
  Fd descriptor;
};

Result<Packet> receive_packet(const Fd& channel) {
  Packet packet{std::string(kMaxPacket, 0), {}};
  auto receive = [&] { return receive_message(channel, packet.data, "hear from the other half of the runtime"); };
  auto message = receive();
  // A peer that went away with unread data resets the connection; what it had said before comes after that.
  if (!message && message.error().os_error() == ECONNRESET) message = receive();
  auto [size, descriptor] = TRY(std::move(message));
  packet.data.resize(size);
  packet.descriptor = std::move(descriptor);
  return packet;
}

}  // namespace

Result<Channel> make_channel() {
  SocketPair pair = TRY(make_socket_pair(SOCK_SEQPACKET));
  return Channel{std::move(pair.ours), std::move(pair.theirs)};
}

Result<> send_go(const Fd& channel, pid_t pid) { return send_packet(channel, &pid, sizeof pid); }

Result<Report> await_report(const Fd& channel) {
  Packet packet = TRY(receive_packet(channel));
  if (packet.data.empty()) return Report{};
  std::int32_t kind = kind_of(packet.data);
  if (kind == kReady) return Report{Report::ready_for_hooks, {}};
  if (kind == kListener) return Report{Report::seccomp_listener, std::move(packet.descriptor)};
  if (kind == kError) return error_of_packet(packet.data);
  wire::InitReport report;
  std::memcpy(&report, packet.data.data(), std::min(packet.data.size(), sizeof report));
  return error_of_init(report);
}

Error cause_of(const Fd& channel, Error error) {
  pollfd heard{channel.get(), POLLIN, 0};
  while (poll(&heard, 1, 0) > 0) {
    auto report = await_report(channel);
    if (!report) return std::move(report.error());
    if (report->kind == Report::done) break;
  }
  return error;
}

Result<pid_t> await_go(const Fd& channel) {
  std::string packet = TRY(receive_packet(channel)).data;
  if (packet.empty()) return fail(Code::failed, "the runtime went away while it made the container");
  std::int32_t kind = kind_of(packet);
  if (kind == kError) return error_of_packet(packet);
  return static_cast<pid_t>(kind);
}

Result<> send_ready_for_hooks(const Fd& channel) { return send_packet(channel, &kReady, sizeof kReady); }

Result<> send_listener(const Fd& channel, const Fd& listener) {
  return send_fd(channel, listener, {reinterpret_cast<const char*>(&kListener), sizeof kListener});
}

void send_error(const Fd& channel, const Error& error) {
  std::string packet(reinterpret_cast<const char*>(&kError), sizeof kError);
  std::string text = error.text().substr(0, kMaxPacket / 2), cure = error.cure().substr(0, kMaxPacket / 4);
  packet += pack_error(Error(error.code(), std::move(text)).with_os_error(error.os_error()).with_cure(std::move(cure)));
  best_effort(send_packet(channel, packet.data(), packet.size()));
}

}  // namespace gantry::runtime
