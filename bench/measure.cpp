// measure ROUNDS NAME COMMAND [ARGUMENT]… [-- NAME COMMAND [ARGUMENT]…]…
//
// Runs the commands in turn, ROUNDS times after up to three rounds to warm up, so that whatever disturbs the machine
// disturbs all of them. Prints a line for each: name, median and least wall time in microseconds from spawn to reaped,
// and peak resident set in KiB of the command and of the children that it waited for. A command that fails ends it
// all, and what it wrote on stderr is shown.
//
// $BEFORE is a command for the shell before each run, outside of the time: for long commands that want a clean place.
// One round is enough to warm those up.
//
// Small and static on purpose: the peak of a child is never below the size of the process that spawned it.

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

struct Contender {
  const char* name;
  char** argv;
  std::vector<long> microseconds = {};
  long peak = 0;
};

/// What the commands write on stderr; shown for one that fails.
std::FILE* messages;

[[noreturn]] void fail(const Contender& contender, const char* how, int number) {
  std::rewind(messages);
  for (int c; (c = std::fgetc(messages)) != EOF;) std::fputc(c, stderr);
  std::fprintf(stderr, "measure: %s: %s %d\n", contender.name, how, number);
  std::exit(1);
}

long now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000 + time.tv_nsec / 1000;
}

/// Each command's words end at "--", which becomes the null that ends its argv.
std::vector<Contender> parse(char** words) {
  std::vector<Contender> contenders;
  while (words[0] && words[1]) {
    contenders.push_back({words[0], words + 1});
    while (*words && std::strcmp(*words, "--") != 0) ++words;
    if (*words) *words++ = nullptr;
  }
  return contenders;
}

void run_once(Contender& contender, const posix_spawn_file_actions_t& quiet, const char* before, bool counts) {
  if (const int problem = before ? std::system(before) : 0; problem != 0)
    fail(contender, "what comes before it failed with wait status", problem);
  pid_t pid;
  int status = 0;
  rusage usage;
  const long start = now();
  const int problem = posix_spawnp(&pid, contender.argv[0], &quiet, nullptr, contender.argv, environ);
  if (problem != 0) fail(contender, "cannot run it, errno", problem);
  wait4(pid, &status, 0, &usage);
  const long taken = now() - start;
  if (status != 0) fail(contender, "it failed with wait status", status);
  if (!counts) return;
  contender.microseconds.push_back(taken);
  contender.peak = std::max(contender.peak, usage.ru_maxrss);
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 3 ? std::atoi(argv[1]) : 0;
  if (rounds < 1) {
    std::fputs("usage: measure ROUNDS NAME COMMAND [ARGUMENT]... [-- NAME COMMAND...]...\n", stderr);
    return 2;
  }
  std::vector<Contender> contenders = parse(argv + 2);
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
  messages = std::tmpfile();
  if (!messages) return 1;
  posix_spawn_file_actions_adddup2(&quiet, fileno(messages), 2);
  const char* before = std::getenv("BEFORE");
  for (int round = -std::min(rounds, before ? 1 : 3); round < rounds; ++round)
    for (Contender& contender : contenders) run_once(contender, quiet, before, round >= 0);
  for (Contender& contender : contenders) {
    std::vector<long>& times = contender.microseconds;
    std::sort(times.begin(), times.end());
    std::printf("%s %ld %ld %ld\n", contender.name, times[times.size() / 2], times.front(), contender.peak);
  }
}
