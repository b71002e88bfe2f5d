#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gantry::engine {

/// A process limit as setrlimit(2) has it.
struct Ulimit {
  std::string name;  ///< "nofile", as docker and podman write it
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;

  bool operator==(const Ulimit&) const = default;
};
BOOST_DESCRIBE_STRUCT(Ulimit, (), (name, soft, hard))

/// The container's first process.
struct ProcessConfig {
  std::optional<std::vector<std::string>> entrypoint;  ///< none: the image's; empty: no entrypoint
  std::vector<std::string> command;                    ///< empty: the image's, unless entrypoint is set
  std::vector<std::string> host_env;                   ///< "NAME=value", which the image's replace
  std::vector<std::string> env;                        ///< "NAME=value", later ones win
  std::vector<std::string> env_merge;                  ///< "NAME=text with ${NAME}" of the variables so far
  std::vector<std::string> unset_env;                  ///< names that neither image nor defaults may set
  bool unset_all_env = false;                          ///< as if every one were named, but for `env`
  std::string workdir;                                 ///< absolute; empty: the image's or "/"
  std::string user;                                    ///< "name", "uid", "user:group"; empty: the image's or root
  std::vector<std::string> groups;                     ///< further groups, by name or id
  bool keep_groups = false;                            ///< the caller's own further groups stay
  std::string umask;                                   ///< octal, "0027"; empty: 0022
  std::string timezone;                                ///< "Area/City" or "local"; empty: the image's
  std::string personality;                             ///< "LINUX", "LINUX32"; empty: the host's

  std::vector<std::string> host_users;  ///< users of the host that the container's passwd gets
  bool no_passwd = false;               ///< leave /etc/passwd and /etc/group as the image has them
  std::string passwd_entry;             ///< the line for a user that the image does not know
  std::string group_entry;

  bool tty = false;
  bool interactive = false;   ///< keep stdin open and pass it on
  bool init = false;          ///< gantry-init as PID 1 reaps and forwards signals
  std::string init_path;      ///< absolute host path of another init for `init`
  std::string systemd;        ///< "true", "false", "always"; empty: true when the command is systemd's
  std::string sd_notify;      ///< "container", "conmon", "healthy", "ignore"; empty: container
  unsigned preserve_fds = 0;  ///< descriptors from 3 on that the container gets, besides the three

  std::vector<Ulimit> ulimits;
  bool host_ulimits = false;  ///< all limits stay as the caller has them
  std::optional<int> oom_score_adj;

  bool operator==(const ProcessConfig&) const = default;
};
BOOST_DESCRIBE_STRUCT(ProcessConfig, (),
                      (entrypoint, command, host_env, env, env_merge, unset_env, unset_all_env, workdir, user, groups,
                       keep_groups, umask, timezone, personality, host_users, no_passwd, passwd_entry, group_entry, tty,
                       interactive, init, init_path, systemd, sd_notify, preserve_fds, ulimits, host_ulimits,
                       oom_score_adj))

}  // namespace gantry::engine
