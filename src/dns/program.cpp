#include "dns/program.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "dns/server.hpp"
#include "linux/capabilities.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace gantry::dns {

namespace {

Result<ServerSettings> read_arguments(std::span<char* const> argv) {
  if (argv.size() < 2 || argv.size() > 3)
    return fail(Code::invalid, "gantry-dns takes the folder of the networks' names").with_cure("gantry starts it");
  ServerSettings settings{.folder = TRY(absolute_path(argv[1]))};
  if (argv.size() == 3) {
    const std::uint64_t port = TRY(parse_unsigned(argv[2]));
    if (port == 0 || port > 65535) return fail(Code::invalid, "'{}' is not a port", argv[2]);
    settings.port = static_cast<std::uint16_t>(port);
  }
  return settings;
}

/// What it reads comes from containers: it may bind to low ports and nothing else. An ordinary user's keeps the little
/// that it has in a user namespace.
Result<> give_up_power() {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return Error::system("set no_new_privs");
  const auto keep = linux::capability_bit(CAP_NET_BIND_SERVICE) & TRY(linux::permitted_capabilities());
  return linux::set_capabilities({.effective = keep, .permitted = keep});
}

/// From here on nobody waits for it. True: in the process that goes on.
Result<bool> go_to_background() {
  const pid_t pid = fork();
  if (pid < 0) return Error::system("fork");
  if (pid > 0) return false;
  setsid();
  const Fd null = TRY(open_file("/dev/null", O_RDWR));
  for (int fd = 0; fd < 3; ++fd) dup2(null.get(), fd);
  if (chdir("/") < 0) return Error::system("go to /");
  return true;
}

Result<> serve(const ServerSettings& settings) {
  const std::string path = settings.folder + "/" + kServerLock;
  TRY(open_file(path, O_RDONLY | O_CREAT, 0600));
  const auto lock = Lock::try_take(path, Lock::Mode::exclusive);
  if (!lock && lock.error().code() == Code::busy) return {};
  if (!lock) return lock.error();
  TRY(give_up_power());
  auto server = TRY(Server::make(settings));
  // Everything that can fail has not: whoever started it may go on.
  if (!TRY(go_to_background())) return {};
  return server->run();
}

}  // namespace

int run_dns(std::span<char* const> argv) {
  log::configure({.program = "gantry-dns"});
  signal(SIGPIPE, SIG_IGN);
  auto served = [&]() -> Result<> { return serve(TRY(read_arguments(argv))); }();
  if (served) return 0;
  log::error("{}", served.error().message());
  return 1;
}

}  // namespace gantry::dns
