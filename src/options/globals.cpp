#include "options/globals.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace gantry::options {

namespace {

/// An absolute path from the environment; the XDG specification says to ignore others.
std::string environment_path(const char* name) {
  const char* value = getenv(name);
  return value && value[0] == '/' ? value : "";
}

Result<std::string> data_folder() {
  std::string data = environment_path("XDG_DATA_HOME");
  if (!data.empty()) return data;
  std::string home = environment_path("HOME");
  if (home.empty())
    return fail(Code::not_found, "cannot tell where to keep images").with_cure("set HOME, or give --root");
  return home + "/.local/share";
}

/// A folder in /tmp could have been put there by anyone.
Result<std::string> private_temporary(uid_t user) {
  std::string path = fmt::format("/tmp/gantry-{}", user);
  if (mkdir(path.c_str(), 0700) < 0 && errno != EEXIST) return Error::system("cannot make {}", path);
  struct stat found;
  if (lstat(path.c_str(), &found) < 0) return Error::system("cannot look at {}", path);
  if (!S_ISDIR(found.st_mode) || found.st_uid != user || (found.st_mode & 077) != 0)
    return fail(Code::denied, "{} is not a folder that only you can enter", path)
        .with_cure("set XDG_RUNTIME_DIR, or give --runroot");
  return path;
}

}  // namespace

Result<> configure_log(void* globals) {
  const auto& given = *static_cast<const Globals*>(globals);
  log::Settings settings;
  settings.level = given.log_level;
  settings.format = given.log_format;
  log::configure(settings);
  return {};
}

std::string storage_driver(const Globals& globals) {
  if (!globals.storage_driver.empty()) return globals.storage_driver;
  const char* variable = std::getenv("STORAGE_DRIVER");
  return variable != nullptr ? variable : "";
}

std::vector<std::string> storage_options(const Globals& globals) {
  if (!globals.storage_options.empty()) return globals.storage_options;
  const char* variable = std::getenv("STORAGE_OPTS");
  if (variable == nullptr) return {};
  std::vector<std::string> ours;
  for (auto& word : split(variable, ','))
    if (word.starts_with("size=") || word.starts_with("layer.") || word.starts_with("erofs."))
      ours.push_back(std::move(word));
  return ours;
}

Result<Folders> folders(const Globals& globals) {
  // Absolute, as other processes in other folders get them.
  Folders folders;
  if (!globals.root.empty()) folders.root = TRY(absolute_path(globals.root));
  if (!globals.run_root.empty()) folders.run_root = TRY(absolute_path(globals.run_root));
  uid_t user = geteuid();
  if (folders.root.empty()) folders.root = (user == 0 ? "/var/lib" : TRY(data_folder())) + "/gantry";
  if (folders.run_root.empty()) {
    std::string runtime = user == 0 ? "/run" : environment_path("XDG_RUNTIME_DIR");
    folders.run_root = runtime.empty() ? TRY(private_temporary(user)) : runtime + "/gantry";
  }
  return folders;
}

}  // namespace gantry::options
