#include "build/watcher.hpp"

#include "base/file.hpp"
#include "base/log.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace gantry::build {

namespace {

[[noreturn]] void watch(const std::function<Result<>()>& clean_up, const Fd& pipe) {
  setsid();
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) signal(number, SIG_IGN);
  char word;
  ssize_t got;
  do {
    got = read(pipe.get(), &word, 1);
  } while (got < 0 && errno == EINTR);
  if (got != 1)
    if (auto cleaned = clean_up(); !cleaned) log::warning("a build has left something: {}", cleaned.error().message());
  _exit(0);
}

}  // namespace

Result<Watcher> Watcher::start(const std::function<Result<>()>& clean_up) {
  Pipe pipe = TRY(make_pipe());
  const pid_t child = fork();
  if (child < 0) return Error::system("start a process");
  if (child == 0) {
    pipe.write.close();
    watch(clean_up, pipe.read);
  }
  return Watcher(child, std::move(pipe.write));
}

Watcher::~Watcher() {
  if (child_ == 0) return;
  best_effort(write_all(alive_, ".", "the watcher's pipe"));
  while (waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace gantry::build
