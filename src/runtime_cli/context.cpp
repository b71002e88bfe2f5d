#include "runtime_cli/context.hpp"

#include "base/file.hpp"
#include "linux/idmap.hpp"
#include "linux/path.hpp"
#include "options/sibling.hpp"

#include <fcntl.h>
#include <regex.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>

namespace gantry::runtime_cli {

Result<> apply_globals(void* raw) {
  const auto& globals = *static_cast<const Globals*>(raw);
  log::Settings log{.level = globals.debug ? log::Level::debug : log::Level::warning,
                    .format = globals.log_format,
                    .program = "gantry-runtime"};
  if (!globals.log.empty()) {
    Fd file = TRY(with_context(open_file(globals.log, O_WRONLY | O_CREAT | O_APPEND, 0644), "log"));
    log.fd = file.release();  // for the life of the process
    log.errors_to_stderr = true;
  }
  log::configure(log);
  if (globals.systemd_cgroup && globals.cgroup_manager == CgroupManager::disabled)
    return fail(Code::invalid, "--systemd-cgroup needs a cgroup, and cgroups are disabled")
        .with_cure("drop one of the two");
  return {};
}

bool wants_systemd(const Globals& globals) {
  return globals.systemd_cgroup || globals.cgroup_manager == CgroupManager::systemd;
}

Result<runtime::Settings> settings(const Globals& globals) {
  runtime::Settings settings;
  settings.init_program = TRY(options::find_sibling("gantry-init"));
  settings.systemd_program = options::find_sibling(kSystemdProgram).value_or("");
  const char* run = getenv("XDG_RUNTIME_DIR");
  bool has_run = run != nullptr && run[0] == '/';
  // Root of a user namespace, as podman without root starts us, is an ordinary user of the host.
  bool is_root = geteuid() == 0 && (!has_run || linux::in_initial_user_namespace());
  if (!globals.root.empty()) settings.root = TRY(absolute(globals.root));
  else if (is_root) settings.root = "/run/gantry-runtime";
  else if (has_run) settings.root = std::string(run) + "/gantry-runtime";
  else
    return fail(Code::not_found, "cannot tell where to keep the state")
        .with_cure("set XDG_RUNTIME_DIR, or give --root");
  return settings;
}

Result<std::string> absolute(const std::string& path) {
  if (path.starts_with('/')) return linux::clean_path(path);
  char here[PATH_MAX];
  if (getcwd(here, sizeof here) == nullptr) return Error::system("find the current directory");
  return linux::clean_path(std::string(here) + "/" + path);
}

Result<std::vector<std::string>> chosen_containers(const runtime::Settings& settings, const std::string& word,
                                                   bool regex) {
  if (!regex) return std::vector{word};
  regex_t pattern;
  if (int problem = regcomp(&pattern, word.c_str(), REG_EXTENDED | REG_NOSUB); problem != 0) {
    char text[128];
    regerror(problem, &pattern, text, sizeof text);
    return fail(Code::invalid, "'{}' is not a regular expression: {}", word, text);
  }
  auto ids = runtime::container_ids(settings);
  if (ids) std::erase_if(*ids, [&](const auto& id) { return regexec(&pattern, id.c_str(), 0, nullptr, 0) != 0; });
  regfree(&pattern);
  return ids;
}

}  // namespace gantry::runtime_cli
