#include "order.hpp"

#include "command.hpp"
#include "reaper.hpp"
#include "tiny/fd.hpp"
#include "tiny/text.hpp"
#include "wire/init.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

namespace gantry::init {

namespace {

using tiny::Fd;
using wire::InitOrder;
using wire::InitReport;
using wire::InitStage;

constexpr int kExitBadOrder = 125;

struct Order {
  InitOrder head;
  sock_filter filter[wire::kMaxFilter];
};

bool refuse(const char* why) {
  tiny::say("gantry-init: ", why, " (gantry-init takes orders of a gantry-runtime of the same version)");
  return false;
}

/// Refuses with a sentence on stderr: whether there is a report_fd is not known before.
bool read_order(Fd fd, Order& order) {
  if (!tiny::read_exactly(fd.get(), &order.head, sizeof order.head)) {
    return refuse(errno == 0 ? "the order is too short" : "the order cannot be read from its descriptor");
  }
  const InitOrder& head = order.head;
  if (head.magic != wire::kInitMagic) return refuse("the order is of another format");
  if ((head.flags & ~(wire::kInitWait | wire::kInitReap | wire::kInitGuarded)) != 0)
    return refuse("the order holds unknown flags");
  if ((head.flags & wire::kInitWait) != 0 && head.start_fd < 0) return refuse("the order has nothing to wait for");
  if ((head.filter_flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0) return refuse("the filter wants a listener");
  if (head.filter_length > wire::kMaxFilter) return refuse("the seccomp filter is too long");
  if (!tiny::read_exactly(fd.get(), order.filter, head.filter_length * sizeof(sock_filter))) {
    return refuse("the seccomp filter is cut off");
  }
  if (head.report_fd >= 0 && fcntl(head.report_fd, F_SETFD, FD_CLOEXEC) < 0) return refuse("report_fd is not open");
  return true;
}

/// From one guard to the other, without a moment between them. The exec makes the command dumpable again.
bool change_guard() {
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) return false;
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
  if (syscall(SYS_capget, &header, data) < 0) return false;
  __user_cap_data_struct& half = data[CAP_TO_INDEX(CAP_SYS_PTRACE)];
  half.effective &= ~CAP_TO_MASK(CAP_SYS_PTRACE);
  half.permitted &= ~CAP_TO_MASK(CAP_SYS_PTRACE);
  half.inheritable &= ~CAP_TO_MASK(CAP_SYS_PTRACE);  // and the kernel lowers the ambient one
  return syscall(SYS_capset, &header, data) == 0;
}

/// The connection that `start` makes; its end tells the caller that the command runs.
Fd wait_for_start(Fd listener) {
  return Fd(tiny::retry([&] { return accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC); }));
}

bool load_filter(Order& order) {
  sock_fprog program{static_cast<unsigned short>(order.head.filter_length), order.filter};
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, order.head.filter_flags, &program) == 0;
}

int give_up(const Fd& report_fd, InitReport report) {
  signal(SIGPIPE, SIG_IGN);  // a caller that has gone does not want to know
  if (report_fd) tiny::write_all(report_fd.get(), {reinterpret_cast<const char*>(&report), sizeof report});
  return exit_code_of(report);
}

}  // namespace

int carry_out(int order_fd, char** argv) {
  static Order order;
  if (!read_order(Fd(order_fd), order)) return kExitBadOrder;
  const InitOrder& head = order.head;
  Fd report_fd(head.report_fd);
  if ((head.flags & wire::kInitGuarded) != 0 && !change_guard()) return give_up(report_fd, {InitStage::guard, errno});
  Command command{.path = argv[0], .argv = argv + 1};

  if ((head.flags & wire::kInitWait) != 0) {
    report_fd.close();
    report_fd = wait_for_start(Fd(head.start_fd));
    if (!report_fd) {
      tiny::say("gantry-init: cannot wait for the start: ", strerror(errno));
      return kExitBadOrder;
    }
  }
  // Last, as the filter need not allow what it takes to get here.
  if (head.filter_length > 0 && !load_filter(order)) return give_up(report_fd, {InitStage::seccomp, errno});

  if ((head.flags & wire::kInitReap) == 0) return give_up(report_fd, {InitStage::exec, execute(command)});
  Reaper reaper({});
  InitReport report = reaper.start(command);
  if (report.os_error != 0) return give_up(report_fd, report);
  report_fd.close();
  // Where the filter forbids it the container sees a little less of its first process.
  if ((head.flags & wire::kInitGuarded) != 0) prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  return reaper.serve();
}

}  // namespace gantry::init
