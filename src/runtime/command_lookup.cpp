#include "runtime/command_lookup.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "linux/path.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace gantry::runtime {

namespace {

std::string_view variable(const oci::Process& process, std::string_view name) {
  for (const auto& entry : process.env) {
    auto [key, value, found] = cut(entry, '=');
    if (found && key == name) return value;
  }
  return {};
}

/// 0, or the errno of why it cannot be executed.
int reason_against(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) < 0) return errno;
  if (!S_ISREG(info.st_mode)) return EACCES;
  return faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) < 0 ? errno : 0;
}

/// podman tells 127 from 126 by these words.
Error not_runnable(const std::string& name, int reason) {
  bool missing = reason == ENOENT || reason == ENOTDIR;
  if (missing && name.find('/') == std::string::npos)
    return fail(Code::no_command, "run '{}': executable file not found in $PATH of the container", name)
        .with_cure("check its spelling, and the PATH of the image");
  return Error::from_errno(reason, fmt::format("run '{}' in the container", name))
      .with_code(missing ? Code::no_command : Code::not_executable);
}

}  // namespace

Result<std::string> find_command(const oci::Process& process) {
  const std::string& name = process.args[0];
  if (name.empty()) return fail(Code::no_command, "the command is empty");
  if (name.find('/') != std::string::npos) {
    if (int reason = reason_against(name)) return not_runnable(name, reason);
    return name;
  }
  int reason = ENOENT;
  for (const auto& folder : split(variable(process, "PATH"), ':')) {
    if (!folder.starts_with('/')) continue;
    std::string path = folder + "/" + name;
    int against = reason_against(path);
    if (against == 0) return path;
    if (against != ENOENT && against != ENOTDIR) reason = against;
  }
  return not_runnable(name, reason);
}

Result<> add_home(oci::Process& process) {
  bool there = std::any_of(process.env.begin(), process.env.end(),
                           [](const std::string& entry) { return entry.starts_with("HOME="); });
  if (there) return {};
  std::string home = "/";
  Fd root = TRY(open_file("/", O_PATH | O_DIRECTORY));
  // The image's file: a fifo or a huge one must not hold us up.
  auto opened = linux::open_in_root(root, "/etc/passwd", O_RDONLY | O_NONBLOCK | O_NOCTTY);
  struct stat info;
  if (opened && fstat(opened->get(), &info) == 0 && S_ISREG(info.st_mode)) {
    std::string text = read_all(*opened, "/etc/passwd", 1u << 20).value_or("");
    for (const auto& line : split(text, '\n')) {
      auto fields = split(line, ':');
      if (fields.size() >= 6 && fields[2] == fmt::format("{}", process.user.uid) && fields[5].starts_with('/')) {
        home = fields[5];
        break;
      }
    }
  }
  process.env.push_back("HOME=" + home);
  return {};
}

}  // namespace gantry::runtime
