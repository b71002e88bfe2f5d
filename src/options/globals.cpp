#include "options/globals.hpp"

#include <pwd.h>
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

/// Processes in other folders get these paths.
Result<> make_absolute(std::string& path) {
  if (path.empty() || path[0] == '/') return {};
  char* here = getcwd(nullptr, 0);
  if (!here) return Error::system("cannot tell the current folder");
  path.insert(0, "/").insert(0, here);
  free(here);
  return {};
}

}  // namespace

Result<> resolve(Globals& globals) {
  log::Settings settings;
  settings.level = globals.log_level;
  settings.format = globals.log_format;
  log::configure(settings);

  uid_t user = geteuid();
  TRY(make_absolute(globals.root));
  TRY(make_absolute(globals.run_root));
  if (globals.root.empty()) globals.root = (user == 0 ? "/var/lib" : TRY(data_folder())) + "/gantry";
  if (globals.run_root.empty()) {
    std::string runtime = user == 0 ? "/run" : environment_path("XDG_RUNTIME_DIR");
    globals.run_root = runtime.empty() ? TRY(private_temporary(user)) : runtime + "/gantry";
  }
  return {};
}

}  // namespace gantry::options
