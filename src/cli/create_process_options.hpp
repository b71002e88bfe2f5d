#pragma once

#include "engine/config.hpp"
#include "options/option.hpp"

#include <climits>
#include <optional>
#include <string>
#include <vector>

namespace gantry::cli {

/// The first process.
struct CreateProcessOptions {
  bool interactive = false, terminal = false, init = false;
  std::string init_path;
  std::vector<std::string> variables, variable_files, merged_variables, unset;
  bool host_variables = false, unset_all = false, proxy = true;
  std::optional<std::string> entrypoint;
  std::string workdir, user;
  std::vector<std::string> groups, host_users;
  bool passwd = true;
  std::string passwd_entry, group_entry;
  std::string umask, timezone, personality, systemd, sd_notify;
  unsigned preserve_fds = 0;
};

Result<> set_process(engine::ContainerConfig& config, const CreateProcessOptions& options);

/// Up to four octal figures.
Result<std::string> read_umask(std::string_view word);

namespace create {

inline constexpr options::Choice<std::string_view> kPersonalities[] = {{"LINUX", "LINUX"}, {"LINUX32", "LINUX32"}};
inline constexpr options::Choice<std::string_view> kSystemdModes[] = {
    {"true", "true"}, {"false", "false"}, {"always", "always"}};
inline constexpr options::Choice<std::string_view> kNotifyModes[] = {
    {"container", "container"}, {"conmon", "conmon"}, {"healthy", "healthy"}, {"ignore", "ignore"}};

inline constexpr options::Option kProcess[] = {
    options::flag<&CreateProcessOptions::interactive>('i', "interactive", "Pass stdin on to the container"),
    options::flag<&CreateProcessOptions::terminal>('t', "tty", "Give the container a terminal"),
    options::option<&CreateProcessOptions::variables>(
        'e', "env", "NAME[=VALUE]",
        "Set a variable; without a value it is taken from here, as is every one with NAME*"),
    options::option<&CreateProcessOptions::variable_files>(0, "env-file", "FILE",
                                                           "Set the variables in a file, one a line")
        .completing(options::Completes::files),
    options::flag<&CreateProcessOptions::host_variables>(0, "env-host", "Take all of our variables"),
    options::option<&CreateProcessOptions::merged_variables>(
        0, "env-merge", "NAME=TEXT", "Set a variable; ${NAME} in the text is what the image or --env says"),
    options::option<&CreateProcessOptions::unset>(0, "unsetenv", "NAME", "Leave out a variable of the image"),
    options::flag<&CreateProcessOptions::unset_all>(0, "unsetenv-all", "Leave out all variables but those of --env"),
    options::flag<&CreateProcessOptions::proxy>(0, "http-proxy",
                                                "Take our variables about HTTP proxies (default true)"),
    options::option<&CreateProcessOptions::entrypoint>(
        0, "entrypoint", "COMMAND", "Replace the image's entrypoint by a program or a JSON array; \"\" is none"),
    options::option<&CreateProcessOptions::workdir>('w', "workdir", "PATH", "Start in this folder of the container"),
    options::option<&CreateProcessOptions::user>('u', "user", "USER[:GROUP]", "Run as this user, by name or number"),
    options::option<&CreateProcessOptions::groups>(
        0, "group-add", "GROUP", "Join a further group, by name or number; keep-groups are those that we are in"),
    options::option<&CreateProcessOptions::host_users>(0, "hostuser", "USER",
                                                       "Make a user of the host known in /etc/passwd"),
    options::flag<&CreateProcessOptions::passwd>(0, "passwd",
                                                 "Make a user without a name known in /etc/passwd (default true)"),
    options::option<&CreateProcessOptions::passwd_entry>(
        0, "passwd-entry", "LINE", "What /etc/passwd says of it; $USERNAME, $UID, $GID, $NAME and $HOME are filled in"),
    options::option<&CreateProcessOptions::group_entry>(
        0, "group-entry", "LINE", "What /etc/group says of its group; $GROUPNAME, $GID and $USERLIST are filled in"),
    options::option<&CreateProcessOptions::umask, read_umask>(0, "umask", "OCTAL",
                                                              "Bits that new files do not get (default 0022)"),
    options::option<&CreateProcessOptions::timezone>(0, "tz", "ZONE",
                                                     "Time zone, as in Europe/Lisbon; local is the host's"),
    options::option<&CreateProcessOptions::personality, options::read_choice<kPersonalities>>(
        0, "personality", "LINUX|LINUX32", "What kind of machine it sees"),
    options::flag<&CreateProcessOptions::init>(0, "init", "Run an init that forwards signals and reaps processes"),
    options::option<&CreateProcessOptions::init_path>(0, "init-path", "FILE",
                                                      "Program of the host that is the init, instead of ours")
        .completing(options::Completes::files),
    options::option<&CreateProcessOptions::systemd, options::read_choice<kSystemdModes>>(
        0, "systemd", "true|false|always", "Prepare for systemd as its first process (default true: if it is)"),
    options::option<&CreateProcessOptions::sd_notify, options::read_choice<kNotifyModes>>(
        0, "sdnotify", "container|conmon|healthy|ignore",
        "Who tells the host's systemd that it is ready (default container)"),
    options::option<&CreateProcessOptions::preserve_fds, options::read_between<0, 1024, unsigned>>(
        0, "preserve-fds", "NUMBER", "Pass on so many descriptors of ours from 3 on"),
};

}  // namespace create

}  // namespace gantry::cli
