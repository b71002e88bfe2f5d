#include "aftermath.hpp"

#include "process.hpp"
#include "tiny/fd.hpp"
#include "tiny/text.hpp"
#include "wire/monitor.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gantry::monitor {

namespace {

constexpr const char* kTemporaryRecord = ".exit.new";

}  // namespace

bool write_exit_record(int folder, const Children& children) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const timespec& time = children.time();
  const tiny::Line<80> record(tiny::Decimal(children.code()), " ", tiny::Decimal(children.signal()), " ",
                              tiny::Decimal(time.tv_sec * kSecond + time.tv_nsec), "\n");
  tiny::Fd file(openat(folder, kTemporaryRecord, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  return file && tiny::write_all(file.get(), record) &&
         renameat(folder, kTemporaryRecord, folder, wire::kExitRecord) == 0;
}

bool is_cleaned_up(int folder) {
  tiny::Fd mark(openat(folder, wire::kStop, O_RDONLY | O_CLOEXEC));
  if (!mark || tiny::retry([&] { return flock(mark.get(), LOCK_EX); }) < 0) return false;
  // The folder goes with the cleanup, and this descriptor keeps nothing of it.
  return faccessat(folder, wire::kExitRecord, F_OK, 0) != 0;
}

pid_t start_command(const char* what, char** command, int oom_score) {
  pid_t child = fork();
  if (child == 0) {
    set_oom_score(oom_score);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    syscall(SYS_close_range, 3u, ~0u, 0);
    execvp(command[0], command);
    tiny::say("gantry-monitor: cannot run the ", what, " '", command[0], "': ", strerror(errno));
    _exit(127);
  }
  if (child < 0) tiny::say("gantry-monitor: cannot start the ", what, ": ", strerror(errno));
  return child;
}

void run_cleanup(char** command, int oom_score) {
  if (command[0] == nullptr) return;
  pid_t child = start_command("cleanup command", command, oom_score);
  if (child > 0) tiny::retry([&] { return waitpid(child, nullptr, 0); });
}

}  // namespace gantry::monitor
