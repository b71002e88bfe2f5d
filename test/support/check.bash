# Assertions that say what they saw, and reasons to skip.

fail() {
  printf '%s\n' "$*" >&2
  return 1
}

# equal ACTUAL EXPECTED
equal() { [[ $1 == "$2" ]] || fail "expected: $2"$'\n'"     got: $1"; }

# contains TEXT PIECE
contains() { [[ $1 == *"$2"* ]] || fail "expected to find: $2"$'\n'"in: $1"; }
lacks() { [[ $1 != *"$2"* ]] || fail "expected not to find: $2"$'\n'"in: $1"; }

# matches TEXT REGEX
matches() { [[ $1 =~ $2 ]] || fail "expected to match: $2"$'\n'"got: $1"; }

# one_sentence TEXT: a single line that begins with the program's name, as every error message is.
one_sentence() {
  [[ $(wc -l <<<"$1") -eq 1 && $1 =~ ^gantry[a-z-]*:\  ]] || fail "expected one line 'gantry: …', got: $1"
}

# eventually COMMAND…: tries until it holds, up to 10 seconds. For what happens in another process without an event
# that bash could wait for.
eventually() {
  local deadline=$((SECONDS + 10))
  until "$@"; do
    ((SECONDS < deadline)) || fail "never happened: $*" || return 1
    sleep 0.02
  done
}

need_root() { ((EUID == 0)) || skip "needs root"; }

# need COMMAND…
need() {
  local command
  for command in "$@"; do
    command -v "$command" >/dev/null || skip "$command is not installed"
  done
}

need_user_namespaces() { unshare --user true 2>/dev/null || skip "this kernel refuses user namespaces"; }

# need_cgroup CONTROLLER: a v1 hierarchy or a v2 controller of that name that we may use.
need_cgroup() {
  [[ -d /sys/fs/cgroup/$1 ]] || grep -qw "$1" /sys/fs/cgroup/cgroup.controllers 2>/dev/null ||
    skip "no cgroup controller $1 here"
}

need_release_build() { [[ -z ${GANTRY_SANITIZE:-} ]] || skip "says nothing about a build with sanitizers"; }
