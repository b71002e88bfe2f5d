#include "serve/channel.hpp"

#include "serve/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace gantry::serve {

namespace {

/// A record of TLS holds 16 KiB at most.
constexpr std::size_t kRecord = 16u << 10;

}  // namespace

void Channel::Free::operator()(ssl_st* session) const { SSL_free(session); }

Channel::Channel(Fd socket, const Tls& tls) : socket_(std::move(socket)), session_(tls.new_session()) {
  // Without a session, for want of memory, nobody must be served in the clear.
  if (!session_ || SSL_set_fd(session_.get(), socket_.get()) != 1) socket_.close();
}
Channel::Channel(Channel&&) noexcept = default;
Channel::~Channel() = default;

bool Channel::in_handshake() const { return session_ && !SSL_is_init_finished(session_.get()); }

Channel::Moved Channel::failed(bool sending) {
  if (errno != EAGAIN && errno != EWOULDBLOCK) return {State::closed};
  wanted_ = sending ? POLLOUT : POLLIN;
  return {State::wait};
}

Channel::Moved Channel::result_of(int status) {
  if (status > 0) return {State::done, static_cast<std::size_t>(status)};
  const int error = SSL_get_error(session_.get(), status);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
    wanted_ = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
    return {State::wait};
  }
  // After a fatal error OpenSSL wants no SSL_shutdown; and its queue of errors belongs to the thread, not to us.
  ERR_clear_error();
  if (error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL) SSL_set_quiet_shutdown(session_.get(), 1);
  return {State::closed};
}

Channel::Moved Channel::receive(std::span<char> buffer) {
  if (session_) {
    ERR_clear_error();
    return result_of(
        SSL_read(session_.get(), buffer.data(), static_cast<int>(std::min<std::size_t>(buffer.size(), 1u << 30))));
  }
  while (true) {
    const ssize_t got = recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (got > 0) return {State::done, static_cast<std::size_t>(got)};
    if (got == 0) return {State::closed};
    if (errno != EINTR) return failed(false);
  }
}

Channel::Moved Channel::send(std::span<const iovec> parts, bool more) {
  if (session_) {
    const auto first = std::ranges::find_if(parts, [](const iovec& part) { return part.iov_len > 0; });
    ERR_clear_error();
    return result_of(
        SSL_write(session_.get(), first->iov_base, static_cast<int>(std::min<std::size_t>(first->iov_len, 1u << 30))));
  }
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());
  message.msg_iovlen = parts.size();
  while (true) {
    const ssize_t sent = sendmsg(socket_.get(), &message, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
    if (sent >= 0) return {State::done, static_cast<std::size_t>(sent)};
    if (errno != EINTR) return failed(true);
  }
}

Channel::Moved Channel::send_file(const Fd& file, std::uint64_t offset, std::size_t size) {
  auto position = static_cast<off_t>(offset);
  if (session_) {
    // A write that has to wait is repeated with the same bytes, as OpenSSL wants: they are read again.
    char buffer[kRecord];
    const ssize_t got = pread(file.get(), buffer, std::min(size, sizeof buffer), position);
    if (got <= 0) return {State::closed};  // it has been cut short, and its length has been told already
    ERR_clear_error();
    return result_of(SSL_write(session_.get(), buffer, static_cast<int>(got)));
  }
  while (true) {
    const ssize_t sent = sendfile(socket_.get(), file.get(), &position, size);
    if (sent > 0) return {State::done, static_cast<std::size_t>(sent)};
    if (sent == 0) return {State::closed};
    if (errno != EINTR) return failed(true);
  }
}

void Channel::finish() {
  if (session_) {
    ERR_clear_error();
    if (SSL_is_init_finished(session_.get())) SSL_shutdown(session_.get());
    ERR_clear_error();
  }
  shutdown(socket_.get(), SHUT_WR);
}

}  // namespace gantry::serve
