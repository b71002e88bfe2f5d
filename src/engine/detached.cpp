#include "engine/detached.hpp"

#include "base/file.hpp"
#include "linux/process.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace gantry::engine {

/// A child of a child that ends at once.
Result<pid_t> start_detached(const std::function<void()>& body) {
  Pipe number = TRY(make_pipe());
  const linux::Process middle = TRY(linux::clone_process({}));
  if (middle.pid == 0) {
    number.read.close();
    setsid();
    const auto process = linux::clone_process({});
    if (process && process->pid == 0) {
      number.write.close();
      body();
      _exit(1);
    }
    const pid_t pid = process ? process->pid : 0;
    best_effort(write_all(number.write, {reinterpret_cast<const char*>(&pid), sizeof pid}, "the starter's pipe"));
    _exit(0);
  }
  number.write.close();
  auto said = read_all(number.read, "the starter's pipe");
  while (waitpid(middle.pid, nullptr, 0) < 0 && errno == EINTR) continue;
  const std::string bytes = TRY(std::move(said));
  pid_t pid = 0;
  if (bytes.size() == sizeof pid) bytes.copy(reinterpret_cast<char*>(&pid), sizeof pid);
  if (pid <= 0) return fail(Code::failed, "a process for the container's network cannot be started");
  return pid;
}

}  // namespace gantry::engine
