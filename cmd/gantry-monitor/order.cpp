#include "order.hpp"

#include "tiny/fd.hpp"
#include "tiny/text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace gantry::monitor {

namespace {

using tiny::Fd;
using wire::MonitorOrder;

template <class... Parts>
bool refuse(const Parts&... parts) {
  tiny::say("gantry-monitor: ", parts..., " (gantry-monitor takes orders of a gantry of the same version)");
  return false;
}

struct Named {
  const char* name;
  int fd;
};

bool check_descriptors(const MonitorOrder& order) {
  const Named all[] = {{"stdin_fd", order.stdin_fd},           {"stdout_fd", order.stdout_fd},
                       {"stderr_fd", order.stderr_fd},         {"log_fd", order.log_fd},
                       {"terminal_fd", order.terminal_fd},     {"client_fd", order.client_fd},
                       {"listen_fd", order.listen_fd},         {"run_fd", order.run_fd},
                       {"log_folder_fd", order.log_folder_fd}, {"held_fd", order.held_fd}};
  for (const Named& one : all) {
    if (one.fd != -1 && fcntl(one.fd, F_GETFD) < 0) return refuse("the order's ", one.name, " is not open");
    for (const Named& other : all) {
      if (&one != &other && one.fd != -1 && one.fd == other.fd) {
        return refuse("the order's ", one.name, " and ", other.name, " are the same");
      }
    }
  }
  if (order.run_fd < 0) return refuse("the order has no folder for the exit record");
  if (order.terminal_fd >= 0 && (order.stdin_fd >= 0 || order.stdout_fd >= 0 || order.stderr_fd >= 0)) {
    return refuse("the order has both a terminal and pipes");
  }
  return true;
}

bool split_command(char* next, std::size_t length, char** command) {
  char* end = next + length;
  std::size_t count = 0;
  while (next < end) {
    char* word_end = static_cast<char*>(memchr(next, '\0', static_cast<std::size_t>(end - next)));
    if (word_end == nullptr) return refuse("a command is not ended by a NUL");
    if (count == wire::kMaxCommandWords) return refuse("a command has too many words");
    command[count++] = next;
    next = word_end + 1;
  }
  return true;
}

bool read_command(int fd, char* words, std::uint32_t length, char** command) {
  if (length > wire::kMaxCommand) return refuse("a command is too long");
  if (!tiny::read_exactly(fd, words, length)) return refuse("a command is cut off");
  return split_command(words, length, command);
}

}  // namespace

bool read_order(const char* descriptor, Order& order) {
  Fd fd(tiny::parse_descriptor(descriptor));
  MonitorOrder& head = order.head;
  if (!tiny::read_exactly(fd.get(), &head, sizeof head)) {
    return refuse(errno == 0 ? "the order is too short" : "the order cannot be read from its descriptor");
  }
  if (head.magic != wire::kMonitorMagic) return refuse("the order is of another format");
  if ((head.flags & ~wire::kMonitorStdinOnce) != 0) return refuse("the order holds unknown flags");
  head.log_name[sizeof head.log_name - 1] = '\0';
  if (!read_command(fd.get(), order.words, head.command_length, order.command)) return false;
  if (!read_command(fd.get(), order.probe_words, head.probe_length, order.probe)) return false;
  fd.close();
  if (!check_descriptors(head)) return false;

  siginfo_t ended;
  if (head.pid <= 0 || waitid(P_PID, static_cast<id_t>(head.pid), &ended, WEXITED | WNOHANG | WNOWAIT) < 0) {
    return refuse("process ", tiny::Decimal(head.pid), " is not a child of the monitor");
  }
  return true;
}

bool close_others(const MonitorOrder& order) {
  int kept[] = {order.stdin_fd,  order.stdout_fd, order.stderr_fd, order.terminal_fd,   order.log_fd,
                order.client_fd, order.listen_fd, order.run_fd,    order.log_folder_fd, order.held_fd};
  std::sort(std::begin(kept), std::end(kept));
  unsigned first = 3;
  for (int fd : kept) {
    if (fd < 3) continue;
    unsigned number = static_cast<unsigned>(fd);
    if (first < number && syscall(SYS_close_range, first, number - 1, 0) < 0) return false;
    first = number + 1;
  }
  return syscall(SYS_close_range, first, ~0u, 0) == 0;
}

}  // namespace gantry::monitor
