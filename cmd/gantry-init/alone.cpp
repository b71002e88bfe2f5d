#include "alone.hpp"

#include "command.hpp"
#include "pause.hpp"
#include "reaper.hpp"
#include "tiny/fd.hpp"
#include "tiny/text.hpp"

#include <cerrno>
#include <cstring>
#include <string_view>

#include <sys/prctl.h>
#include <unistd.h>

namespace gantry::init {

namespace {

constexpr int kExitUsage = 125;
constexpr int kExitNotExecutable = 126;

constexpr std::string_view kUsage =
    "Usage: gantry-init [-s] [-g] [-v] [--] COMMAND [ARGUMENT]...\n"
    "Runs COMMAND as an init does: passes signals on to it, reaps orphans, ends with its exit code.\n"
    "\n"
    "  -s         become the subreaper of all descendants, where it is not PID 1\n"
    "  -g         send signals to the command's process group\n"
    "  -v         tell on stderr what happens\n"
    "  --pause    run no command: wait for SIGTERM, and reap\n"
    "  -h         show this help\n"
    "  --version  show the version\n";

struct Options {
  ReaperOptions reaper;
  bool subreaper = false;
  bool pause = false;
  bool help = false;
  bool version = false;
  char** command = nullptr;
};

bool read_letters(std::string_view letters, Options& options) {
  if (letters.empty()) return false;
  for (char letter : letters) {
    switch (letter) {
      case 's':
        options.subreaper = true;
        break;
      case 'g':
        options.reaper.group = true;
        break;
      case 'v':
        options.reaper.verbose = true;
        break;
      case 'h':
        options.help = true;
        break;
      default:
        return false;
    }
  }
  return true;
}

bool read_options(char** argv, Options& options) {
  for (; *argv != nullptr && **argv == '-'; argv++) {
    std::string_view word = *argv;
    if (word == "--") {
      argv++;
      break;
    }
    if (word == "--help") {
      options.help = true;
    } else if (word == "--pause") {
      options.pause = true;
    } else if (word == "--version") {
      options.version = true;
    } else if (std::string_view letters(*argv + 1); !read_letters(letters, options)) {
      tiny::say("gantry-init: unknown option '", word, "' (see gantry-init -h)");
      return false;
    }
  }
  options.command = argv;
  return true;
}

int show(std::string_view text) { return tiny::write_all(1, text) ? 0 : 1; }

/// A container's init is executed from memory, and only with an order.
bool is_of_container() {
  constexpr std::string_view kMemory = "/memfd:";
  char program[kMemory.size()];
  return readlink("/proc/self/exe", program, sizeof program) == sizeof program &&
         std::string_view(program, sizeof program) == kMemory;
}

}  // namespace

int run_alone(char** argv) {
  // An image's `#!/proc/self/exe` would have us execute ourselves without an end.
  if (is_of_container()) {
    tiny::say("gantry-init: /proc/self/exe is not a program of the container");
    return kExitNotExecutable;
  }
  Options options;
  if (!read_options(argv, options)) return kExitUsage;
  if (options.help) return show(kUsage);
  if (options.version) return show("gantry-init version " GANTRY_VERSION "\n");
  if (options.pause) return run_pause();
  if (*options.command == nullptr) {
    tiny::say("gantry-init: no command given (see gantry-init -h)");
    return kExitUsage;
  }
  if (options.subreaper && prctl(PR_SET_CHILD_SUBREAPER, 1) < 0) {
    tiny::say("gantry-init: cannot become a subreaper: ", strerror(errno));
    return kExitUsage;
  }
  Reaper reaper(options.reaper);
  Command command{.path = options.command[0], .argv = options.command, .search = true};
  wire::InitReport report = reaper.start(command);
  if (report.os_error != 0) {
    tiny::say("gantry-init: cannot run '", command.path, "': ", strerror(report.os_error));
    return exit_code_of(report);
  }
  return reaper.serve();
}

}  // namespace gantry::init
