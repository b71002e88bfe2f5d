// Median and shortest time from vfork to exit: of gantry-init that refuses its command line, of one that becomes a
// command (itself, again with a bad command line) by an order, and of one that runs that command as an init does.

#include "../../src/wire/init.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr int kExpected = 125;

int order_with(unsigned flags) {
  gantry::wire::InitOrder order{.flags = flags};
  int fd = memfd_create("order", 0);
  return write(fd, &order, sizeof order) == sizeof order ? fd : -1;
}

void measure(const char* what, char* const* argv, int order) {
  std::array<double, 101> times;
  for (double& time : times) {
    if (order >= 0) lseek(order, 0, SEEK_SET);
    auto start = std::chrono::steady_clock::now();
    pid_t child = vfork();
    if (child == 0) {
      execv(argv[0], argv);
      _exit(1);
    }
    int status;
    waitpid(child, &status, 0);
    time = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
    if (!WIFEXITED(status) || WEXITSTATUS(status) != kExpected) {
      fprintf(stderr, "%s: unexpected end %d\n", what, status);
      _exit(1);
    }
  }
  std::sort(times.begin(), times.end());
  printf("%s: %.0f µs, at best %.0f µs\n", what, times[times.size() / 2], times[0]);
}

}  // namespace

int main(int, char** argv) {
  dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), 2);
  char* bare[] = {argv[1], nullptr};
  measure("start and exit", bare, -1);
  int plain = order_with(0), reap = order_with(gantry::wire::kInitReap);
  std::string plain_fd = std::to_string(plain), reap_fd = std::to_string(reap);
  char* by_order[] = {argv[1], plain_fd.data(), argv[1], argv[1], nullptr};
  measure("start, become a command that exits", by_order, plain);
  char* as_init[] = {argv[1], reap_fd.data(), argv[1], argv[1], nullptr};
  measure("start, run a command that exits, exit", as_init, reap);
}
