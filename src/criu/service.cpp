#include "criu/service.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "criu/message.hpp"
#include "linux/mount.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace gantry::criu {

namespace {

constexpr int kNotify = 6;            // criu_req_type
constexpr std::size_t kMost = 65536;  // of an answer
constexpr int kNoProgram = 127;

Message to_message(Task task, const Options& options, const Fd& images, const Fd& work) {
  Message message;
  auto flag = [&](unsigned field, bool value) {
    if (value) message.number(field, 1);
  };
  auto text = [&](unsigned field, const std::string& value) {
    if (!value.empty()) message.text(field, value);
  };
  message.number(1, images.get()).number(17, work.get()).number(9, 4).text(10, options.log);
  if (options.pid != 0) message.number(2, options.pid);
  flag(3, options.leave_running);
  flag(4, options.external_unix_sockets);
  flag(5, options.established_tcp);
  flag(7, options.terminal_of_caller);
  flag(8, options.file_locks);
  flag(12, options.terminals_of_others);  // it tells of them by notifications
  text(13, options.root);
  text(14, options.parent);
  flag(15, options.track_memory);
  flag(16, options.deduplicate);
  flag(18, options.link_remap);
  message.number(24, options.cgroups != CgroupMode::ignore);
  if (!options.cgroup_root.empty()) message.message(25, Message().text(1, "").text(2, options.cgroup_root));
  flag(26, task == Task::restore);  // restored processes are children of ours, not of CRIU
  for (const auto& [key, fd] : options.inherited) message.message(27, Message().text(1, key).number(2, fd));
  message.number(34, static_cast<int>(options.cgroups));
  for (const auto& external : options.external) message.text(37, external);
  if (options.empty_namespaces != 0) message.number(38, options.empty_namespaces);
  text(44, options.freezer);
  flag(46, options.skip_in_flight_tcp);
  flag(50, options.terminals_of_others);
  text(53, options.lsm_profile);
  text(65, options.lsm_mount_context);
  return message;
}

/// So that the root folder is a mount, and nothing of it is seen outside.
Result<> mount_root(const std::string& root) {
  if (mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) < 0) return Error::system("leave the host's mounts");
  Fd folder = TRY(open_file(root, O_PATH | O_DIRECTORY));
  Fd copy = TRY(linux::clone_mount(folder, true));
  TRY(linux::change_mount(copy, {.propagation = MS_PRIVATE}, true));
  return linux::attach_mount(copy, folder);
}

/// The same folder as `fd`, but found in our mount namespace, under the same number.
Result<> open_again(const Fd& fd, const std::string& path) {
  Fd opened = TRY(open_file(path, O_RDONLY | O_DIRECTORY));
  if (dup2(opened.get(), fd.get()) < 0) return Error::system("open folder {}", path);
  return {};
}

/// CRIU opens the folders through /proc/PID/fd of who made the socket, and mounts things in them: that must be itself.
Result<Fd> prepare(Task task, const Options& options, const Fd& images, const Fd& work, const Fd& parent) {
  for (const auto& [name, fd] : options.inherited) TRY(set_close_on_exec(fd, false));
  if (task == Task::restore) TRY(mount_root(options.root));
  TRY(open_again(images, options.images));
  TRY(open_again(work, options.work));
  SocketPair sockets = TRY(make_socket_pair(SOCK_SEQPACKET));
  TRY(send_fd(parent, sockets.theirs));
  TRY(set_close_on_exec(sockets.ours.get(), false));
  return std::move(sockets.ours);
}

[[noreturn]] void become_criu(Task task, const Options& options, const Fd& images, const Fd& work, const Fd& parent) {
  auto socket = prepare(task, options, images, work, parent);
  if (!socket) {
    fmt::print(stderr, "cannot prepare CRIU: {}\n", socket.error().message());
    _exit(125);
  }
  const std::string number = fmt::format("{}", socket->get());
  execlp("criu", "criu", "swrk", number.c_str(), static_cast<char*>(nullptr));
  _exit(errno == ENOENT ? kNoProgram : 125);
}

struct Answer {
  std::int64_t type = 0;
  bool success = false;
  pid_t restored = 0;
  std::string notification;
  std::string message;
};

/// The one field of an embedded message.
Result<Field> field_of(std::string_view message, unsigned number) {
  Reader reader(message);
  while (auto field = TRY(reader.next()))
    if (field->number == number) return *field;
  return Field{};
}

Result<Answer> parse(std::string_view bytes) {
  Answer answer;
  Reader reader(bytes);
  while (auto field = TRY(reader.next())) {
    if (field->number == 1) answer.type = field->value;
    if (field->number == 2) answer.success = field->value != 0;
    if (field->number == 4) answer.restored = static_cast<pid_t>(TRY(field_of(field->text, 1)).value);
    if (field->number == 5) answer.notification = TRY(field_of(field->text, 1)).text;
    if (field->number == 9) answer.message = field->text;
  }
  return answer;
}

/// The first error that the log tells: what follows are its consequences.
std::string first_error(const std::string& path) {
  constexpr std::size_t kLargestLog = 64u << 20;
  auto opened = open_file(path, O_RDONLY);
  std::string log = opened ? read_all(*opened, path, kLargestLog).value_or("") : "";
  for (const auto& line : split(log, '\n'))
    if (auto at = line.find("Error ("); at != std::string::npos) return line.substr(at);
  return "";
}

Result<> send(const Fd& socket, const Message& message) {
  const std::string& bytes = message.bytes();
  if (::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) return Error::system("ask CRIU");
  return {};
}

}  // namespace

Result<Service> Service::start(Task task, const Options& options) {
  Fd images = TRY(open_file(options.images, O_RDONLY | O_DIRECTORY));
  Fd work = TRY(open_file(options.work, O_RDONLY | O_DIRECTORY));
  SocketPair sockets = TRY(make_socket_pair(SOCK_SEQPACKET));
  linux::Clone clone;
  if (task == Task::restore) clone.flags = CLONE_NEWNS;
  linux::Process process = TRY(linux::clone_process(clone));
  if (process.pid == 0) become_criu(task, options, images, work, sockets.theirs);
  sockets.theirs.close();
  auto socket = with_context(receive_fd(sockets.ours), "start CRIU");
  if (!socket) {
    waitpid(process.pid, nullptr, 0);  // it has said why
    return std::move(socket.error());
  }
  return Service(task, std::move(process), std::move(images), std::move(work), std::move(*socket));
}

Service::~Service() {
  if (process_.pid == 0 || !process_.pidfd.valid()) return;
  socket_.close();
  waitpid(process_.pid, nullptr, 0);
}

Result<pid_t> Service::perform(const Options& options, const TakeTerminal& take_terminal) {
  Message request;
  request.number(1, static_cast<int>(task_)).message(2, to_message(task_, options, images_, work_));
  auto done = send(socket_, request) ? converse(take_terminal) : Result<pid_t>(fail(Code::failed, "CRIU is gone"));
  if (done) return done;
  int status = 0;
  socket_.close();
  waitpid(process_.pid, &status, 0);
  process_.pid = 0;
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNoProgram)
    return fail(Code::not_found, "there is no CRIU, which saves and restores processes").with_cure("install criu(8)");
  const std::string log = options.work + "/" + options.log;
  if (std::string why = first_error(log); !why.empty())
    return fail(Code::failed, "CRIU: {}", why).with_cure("see " + log);
  return std::move(done.error()).with_cure("see " + log);
}

Result<pid_t> Service::converse(const TakeTerminal& take_terminal) {
  std::string buffer(kMost, 0);
  for (;;) {
    auto [size, fd] = TRY(receive_message(socket_, buffer, "hear from CRIU"));
    if (size == 0) return fail(Code::failed, "CRIU went away without an answer");
    Answer answer = TRY(parse(std::string_view(buffer).substr(0, size)));
    if (answer.type == kNotify) {
      if (answer.notification == "orphan-pts-master" && fd.valid()) TRY(take_terminal(fd));
      TRY(send(socket_, Message().number(1, kNotify).number(3, 1)));
      continue;
    }
    if (answer.type != static_cast<int>(task_) || !answer.success)
      return fail(Code::failed, "CRIU failed{}{}", answer.message.empty() ? "" : ": ", answer.message);
    return answer.restored;
  }
}

}  // namespace gantry::criu
