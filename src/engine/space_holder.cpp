#include "engine/space_holder.hpp"

#include "base/error_packet.hpp"
#include "base/file.hpp"
#include "engine/detached.hpp"
#include "linux/idmap.hpp"
#include "linux/process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace gantry::engine {

namespace {

constexpr const char* kForbidden =
    "sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone or "
    "kernel.apparmor_restrict_unprivileged_userns may forbid it";

/// What starter and holder say to each other: "u" when its user namespace is there, "g" when its maps are written and
/// it is on record.
struct Lines {
  Pipe up, down;
};

Result<> expect_word(const Fd& from, char word, const char* what) {
  char got = 0;
  ssize_t count;
  do {
    count = read(from.get(), &got, 1);
  } while (count < 0 && errno == EINTR);
  if (count == 1 && got == word) return {};
  return fail(Code::failed, "{}", what);
}

Result<> leave_namespaces(std::optional<pid_t> relative) {
  if (relative) {
    const Fd user = TRY(open_file(fmt::format("/proc/{}/ns/user", *relative), O_RDONLY));
    if (setns(user.get(), CLONE_NEWUSER) < 0) return Error::system("enter the user namespace of process {}", *relative);
  } else if (unshare(CLONE_NEWUSER) < 0) {
    return std::move(Error::system("make a user namespace")).with_cure(kForbidden);
  }
  if (unshare(CLONE_NEWNET) < 0) return std::move(Error::system("make a network namespace")).with_cure(kForbidden);
  return {};
}

/// Everything else that is open closes with the exec.
Result<> become_holder(const std::string& init, std::optional<pid_t> relative, const Lines& lines) {
  TRY(leave_namespaces(relative));
  TRY(write_all(lines.up.write, "u", "the starter's pipe"));
  TRY(expect_word(lines.down.read, 'g', "who starts the holder of the namespaces has ended"));
  // Denied where only the own id is mapped; then there are none that could be dropped.
  if (setgroups(0, nullptr) < 0 && errno != EPERM) return Error::system("drop the supplementary groups");
  const Fd null = TRY(open_file("/dev/null", O_RDWR));
  for (int fd = 0; fd < 3; ++fd) dup2(null.get(), fd);
  if (chdir("/") < 0) return Error::system("go to /");
  execl(init.c_str(), "gantry-init", "--pause", nullptr);
  return Error::system("execute {}", init);
}

Result<pid_t> fork_holder(const std::string& init, std::optional<pid_t> relative, Lines& lines) {
  const pid_t pid = TRY(start_detached([&] {
    lines.up.read.close();
    lines.down.write.close();
    const auto done = become_holder(init, relative, lines);
    best_effort(write_all(lines.up.write, "e" + pack_error(done.error()), "the starter's pipe"));
  }));
  lines.up.write.close();
  lines.down.read.close();
  return pid;
}

/// "e" and an error, or nothing.
Result<> error_in(std::string_view said) {
  if (said.empty()) return {};
  const auto error = unpack_error(said.substr(1));
  return error ? *error : fail(Code::failed, "the process that holds the bridges' namespaces was killed");
}

[[noreturn]] void run_inside(const Fd& pidfd, const Fd& report, pid_t parent,
                             const std::function<Result<std::string>()>& work) {
  auto done = [&]() -> Result<std::string> {
    if (setns(pidfd.get(), CLONE_NEWUSER | CLONE_NEWNET) < 0) return Error::system("enter the bridges' namespaces");
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) return Error::system("ask to die with the parent");
    if (getppid() != parent) return fail(Code::failed, "the parent has ended");
    return work();
  }();
  const std::string bytes = done ? "r" + *done : "e" + pack_error(done.error());
  best_effort(write_all(report, bytes, "the parent's pipe"));
  _exit(0);
}

}  // namespace

Result<pid_t> start_space_holder(const std::string& init, std::optional<pid_t> relative,
                                 const std::function<Result<>(pid_t pid)>& record) {
  Lines lines{.up = TRY(make_pipe()), .down = {}};
  lines.down = TRY(make_pipe());
  const pid_t pid = TRY(fork_holder(init, relative, lines));
  char word = 0;
  const ssize_t count = read(lines.up.read.get(), &word, 1);
  if (count != 1 || word != 'u') {
    TRY(error_in("e" + TRY(read_all(lines.up.read, "the holder's pipe"))));
  }
  if (!relative) TRY(linux::write_id_maps(pid, TRY(linux::rootless_maps())));
  TRY(record(pid));
  TRY(write_all(lines.down.write, "g", "the holder's pipe"));
  // Its end closes with the exec.
  TRY(error_in(TRY(read_all(lines.up.read, "the holder's pipe"))));
  return pid;
}

Result<std::string> run_in_space(const Fd& pidfd, const std::function<Result<std::string>()>& work) {
  Pipe report = TRY(make_pipe());
  const pid_t parent = getpid();
  const linux::Process child = TRY(linux::clone_process({}));
  if (child.pid == 0) run_inside(pidfd, report.write, parent, work);
  report.write.close();
  auto said = read_all(report.read, "the child's pipe");
  while (waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR) continue;
  const std::string bytes = TRY(std::move(said));
  if (bytes.starts_with('r')) return bytes.substr(1);
  TRY(error_in(bytes.empty() ? "e" : bytes));
  return std::string();
}

}  // namespace gantry::engine
