#include "linux/seccomp_notify.hpp"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>

namespace gantry::linux {

Result<std::optional<SeccompCall>> receive_call(const Fd& listener) {
  seccomp_notif raw{};  // the kernel wants zeros
  if (ioctl(listener.get(), SECCOMP_IOCTL_NOTIF_RECV, &raw) < 0) {
    if (errno == ENOENT || errno == EINTR) return std::optional<SeccompCall>();
    return Error::system("receive a system call");
  }
  SeccompCall call{.id = raw.id, .thread = static_cast<pid_t>(raw.pid)};
  std::ranges::copy(raw.data.args, call.arguments);
  return std::optional(call);
}

bool is_waiting(const Fd& listener, const SeccompCall& call) {
  std::uint64_t id = call.id;
  return ioctl(listener.get(), SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

Result<> replace_descriptor(const Fd& listener, const SeccompCall& call, const Fd& file, int number,
                            bool close_on_exec) {
  seccomp_notif_addfd order{};
  order.id = call.id;
  order.flags = SECCOMP_ADDFD_FLAG_SETFD;
  order.srcfd = static_cast<std::uint32_t>(file.get());
  order.newfd = static_cast<std::uint32_t>(number);
  order.newfd_flags = close_on_exec ? O_CLOEXEC : 0;
  if (ioctl(listener.get(), SECCOMP_IOCTL_NOTIF_ADDFD, &order) < 0) return Error::system("hand over a descriptor");
  return {};
}

Result<> answer_call(const Fd& listener, const SeccompCall& call, std::int64_t value, int error) {
  seccomp_notif_resp answer{};
  answer.id = call.id;
  answer.val = error == 0 ? value : 0;
  answer.error = -error;
  if (ioctl(listener.get(), SECCOMP_IOCTL_NOTIF_SEND, &answer) < 0 && errno != ENOENT)
    return Error::system("answer a system call");
  return {};
}

}  // namespace gantry::linux
