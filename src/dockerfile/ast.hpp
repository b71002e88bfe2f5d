#pragma once

#include "dockerfile/position.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// A Dockerfile as data: the language `docker/dockerfile:1` (docs.docker.com/reference/dockerfile). Words are as they
// are written, quotes taken off where the language does that, variables in place: dockerfile/expand.hpp replaces
// them and returns the same structs.

namespace gantry::dockerfile {

/// `<<NAME … NAME` behind an instruction.
struct Heredoc {
  std::string name;          ///< the delimiter, without quotes
  std::string content;       ///< with the newline of its last line; tabs taken off already for `<<-`
  bool expands = true;       ///< false: the delimiter was quoted, variables stay
  bool strips_tabs = false;  ///< `<<-`
  int descriptor = 0;        ///< `3<<NAME`: 3
  Position at;               ///< of its first line of content
  bool operator==(const Heredoc&) const = default;
};

/// `["a", "b"]`, or a line for a shell.
struct Command {
  bool is_shell = false;           ///< `words` is one text that the shell of the stage reads
  std::vector<std::string> words;  ///< empty: `[]`, which clears what the base has
  std::vector<Heredoc> heredocs;   ///< of RUN, shell form; `words[0]` still has the `<<NAME`
  bool operator==(const Command&) const = default;
};

struct KeyValue {
  std::string key;
  std::string value;
  bool is_old_form = false;  ///< `ENV KEY value` without `=`
  Position at;
  bool operator==(const KeyValue&) const = default;
};

/// One variable of an `ARG`.
struct ArgDefault {
  std::string name;
  std::optional<std::string> value;  ///< nullopt: it has none unless --build-arg gives it
  Position at;
  bool operator==(const ArgDefault&) const = default;
};
struct Arg {
  std::vector<ArgDefault> args;
  bool operator==(const Arg&) const = default;
};

struct Env {
  std::vector<KeyValue> pairs;
  bool operator==(const Env&) const = default;
};
struct Label {
  std::vector<KeyValue> pairs;
  bool operator==(const Label&) const = default;
};

enum class MountType { bind, cache, tmpfs, secret, ssh };
enum class Sharing { shared, private_copy, locked };

/// `RUN --mount=…`. The members are what `text` says where it has no variables; expand() reads it again.
struct RunMount {
  std::string text;  ///< behind `--mount=`
  MountType type = MountType::bind;
  std::string source;        ///< bind, cache: path in `from`; empty: its root
  std::string target;        ///< path in the container, perhaps relative to WORKDIR; empty only with secret and ssh
  std::string from;          ///< stage, its number, image or build context; empty: the context (bind), nothing (cache)
  std::string id;            ///< cache: empty means the target; secret, ssh: which one
  std::string env;           ///< secret: the variable that has it
  bool is_read_only = true;  ///< bind: true unless `rw`; cache: false unless `ro`
  bool is_required = false;  ///< secret, ssh: fail when it is not given
  Sharing sharing = Sharing::shared;
  std::optional<std::uint32_t> mode;  ///< permission bits; default: cache 0755, secret 0400, ssh 0600
  std::optional<std::uint32_t> uid;   ///< default 0
  std::optional<std::uint32_t> gid;
  std::uint64_t size = 0;  ///< tmpfs: bytes; 0: no limit
  Position at;
  bool operator==(const RunMount&) const = default;
};

enum class RunNetwork { standard, none, host };
enum class RunSecurity { sandbox, insecure };

struct Run {
  Command command;
  std::vector<RunMount> mounts;
  std::optional<RunNetwork> network;  ///< nullopt: as the build's --network says
  std::optional<RunSecurity> security;
  std::vector<std::string> devices;  ///< CDI names: `vendor.com/class=name`, perhaps with `,required`
  bool operator==(const Run&) const = default;
};

/// What COPY and ADD have in common.
struct Transfer {
  std::vector<std::string> sources;  ///< paths, patterns, URLs; those that are heredocs are in `files`
  std::vector<Heredoc> files;        ///< `name` is the file's name; after expand() `content` is final
  std::string target;
  std::string chown;  ///< `user[:group]`, names or numbers; empty: 0:0
  std::string chmod;  ///< octal, or symbolic as chmod(1) has it; empty: as the source
  bool links = false;
  std::vector<std::string> excludes;  ///< patterns as of .dockerignore
  bool operator==(const Transfer&) const = default;
};

struct Copy {
  Transfer transfer;
  std::string from;  ///< stage, its number, image or build context; empty: the context
  bool parents = false;
  bool operator==(const Copy&) const = default;
};

struct Add {
  Transfer transfer;
  std::string checksum;  ///< `sha256:…` of a URL, or a commit of a git repository
  bool keeps_git_dir = false;
  std::optional<bool> unpacks;  ///< nullopt: local archives are unpacked, downloaded ones are not
  bool operator==(const Add&) const = default;
};

struct Workdir {
  std::string path;
  bool operator==(const Workdir&) const = default;
};
struct User {
  std::string user;
  bool operator==(const User&) const = default;
};
struct Expose {
  std::vector<std::string> ports;  ///< `80`, `53/udp`, `8000-8010/tcp`
  bool operator==(const Expose&) const = default;
};
struct Volume {
  std::vector<std::string> paths;
  bool operator==(const Volume&) const = default;
};
struct Cmd {
  Command command;
  bool operator==(const Cmd&) const = default;
};
struct Entrypoint {
  Command command;
  bool operator==(const Entrypoint&) const = default;
};
struct Shell {
  std::vector<std::string> words;
  bool operator==(const Shell&) const = default;
};
struct StopSignal {
  std::string signal;
  bool operator==(const StopSignal&) const = default;
};
struct Maintainer {
  std::string name;
  bool operator==(const Maintainer&) const = default;
};

/// The times are 0 where the instruction does not say them.
struct Healthcheck {
  bool is_none = false;
  Command command;
  std::chrono::nanoseconds interval{};
  std::chrono::nanoseconds timeout{};
  std::chrono::nanoseconds start_period{};
  std::chrono::nanoseconds start_interval{};
  int retries = 0;
  bool operator==(const Healthcheck&) const = default;
};

/// What images that build on this one do first; parse_trigger() reads it then.
struct OnBuild {
  std::string instruction;
  bool operator==(const OnBuild&) const = default;
};

using Operation = std::variant<Arg, Env, Label, Run, Copy, Add, Workdir, User, Expose, Volume, Cmd, Entrypoint, Shell,
                               StopSignal, Healthcheck, OnBuild, Maintainer>;

struct Instruction {
  Operation operation;
  std::string keyword;  ///< as it is written: `RUN`, `run`
  std::string text;     ///< the whole of it with its continuation lines made one, for history and progress
  Position at;          ///< of the keyword
  int last_line = 0;    ///< heredocs included
  std::vector<std::string> comments;  ///< the comment lines directly above it, without `#`
  bool operator==(const Instruction&) const = default;
};

/// `FROM [--platform=…] image [AS name]`
struct From {
  std::string image;     ///< reference, name of an earlier stage or of a build context, or `scratch`
  std::string platform;  ///< empty: the target's
  std::string name;      ///< in lower case; empty: only its number names it
  bool operator==(const From&) const = default;
};

struct Stage {
  From from;
  std::string keyword;       ///< `FROM` as it is written
  std::string as_keyword;    ///< `AS` as it is written; empty: there is none
  std::string written_name;  ///< the name before it was made lower case
  std::string text;
  Position at;
  Position platform_at;
  Position image_at;
  Position name_at;
  int last_line = 0;
  std::vector<std::string> comments;
  std::vector<Instruction> instructions;
  bool operator==(const Stage&) const = default;
};

/// `# name=value` lines at the top.
struct Directives {
  std::string syntax;  ///< noted, never fetched: the language is built in
  char escape = '\\';
  std::vector<std::string> skipped_checks;       ///< `# check=skip=…`; "all"
  std::vector<std::string> experimental_checks;  ///< `# check=experimental=…`; "all"
  bool checks_are_errors = false;                ///< `# check=error=true`
  bool operator==(const Directives&) const = default;
};

struct Dockerfile {
  std::string file;    ///< its name in messages
  std::string source;  ///< the text, for excerpts
  Directives directives;
  std::vector<Instruction> globals;           ///< `ARG`s before the first FROM
  std::vector<Stage> stages;                  ///< never empty
  std::vector<Position> empty_continuations;  ///< empty lines behind a line that goes on

  /// The last stage before `before` of that name (any case) or number; -1: none.
  int find_stage(std::string_view name, int before) const;
  /// The same of all stages, as --target means it.
  int find_stage(std::string_view name) const { return find_stage(name, static_cast<int>(stages.size())); }
};

}  // namespace gantry::dockerfile
