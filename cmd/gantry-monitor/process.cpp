#include "process.hpp"

#include "tiny/fd.hpp"
#include "tiny/text.hpp"

#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace gantry::monitor {

bool detach() {
  // EPERM: it leads a session already.
  if (setsid() < 0 && errno != EPERM) return false;
  return chdir("/") == 0 && prctl(PR_SET_CHILD_SUBREAPER, 1) == 0;
}

int protect_from_oom() {
  constexpr int kNever = -1000;
  char text[16] = {};
  tiny::Fd file(open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC));
  if (file && read(file.get(), text, sizeof text - 1) > 0) {
    set_oom_score(kNever);
  }
  return atoi(text);
}

void set_oom_score(int score) {
  tiny::Fd file(open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  // Going below one's own score takes CAP_SYS_RESOURCE; without it the monitor is as safe as its caller was.
  if (file) tiny::write_all(file.get(), tiny::Decimal(score));
}

}  // namespace gantry::monitor
