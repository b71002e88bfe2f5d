# The world of one test: $WORK, and the programs under test bound to it.

# Set by CTest; a file that is run by hand (bats test/…) tests the release build.
: "${GANTRY_SOURCE:=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)}"
: "${GANTRY_BUILD:=$GANTRY_SOURCE/build/release}"
: "${GANTRY_BIN:=$GANTRY_BUILD/bin}"
export GANTRY_SOURCE GANTRY_BUILD GANTRY_BIN

# Sanitizers end a program with a code that no test expects.
export ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99:print_stacktrace=1 LSAN_OPTIONS=exitcode=99

# bind_program FOLDER PROGRAM OPTION…: FOLDER/PROGRAM runs the built program with these options first. A script and
# not a function, so that timeout, expect, setpriv and other users can run it too.
bind_program() {
  local folder=$1 program=$2
  shift 2
  mkdir -p "$folder"
  {
    echo '#!/bin/sh'
    printf 'exec'
    printf " '%s'" "$GANTRY_BIN/$program" "$@"
    echo ' "$@"'
  } >"$folder/$program"
  chmod 755 "$folder/$program"
}

# Short, as a unix socket's path has 107 bytes; in /tmp, as an overlay cannot lie on another overlay.
make_world() {
  WORK=$(mktemp -d /tmp/gantry.XXXXXX)
  chmod 755 "$WORK"
  NAME=${WORK##*.}
  bind_program "$WORK/bin" gantry --root "$WORK/root" --runroot "$WORK/run"
  bind_program "$WORK/bin" gantry-runtime --root "$WORK/runtime"
  # Bridges and rules would be the host's: what is about networks has a world for that (network.bash).
  export GANTRY_NETWORK=none
  export WORK NAME GANTRY_TEST_WORLD=$WORK PATH=$WORK/bin:$GANTRY_BIN:$PATH
  leftovers remember
}

# Takes everything down, then fails when the programs under test had left something behind by themselves: containers
# that the test did not remove are not leftovers, what remains after their removal is.
end_world() {
  remove_containers
  end_users
  local left
  left=$(leftovers list)
  [[ -z $left ]] || leftovers remove
  rm -rf --one-file-system "$WORK"
  [[ -z $left ]] || fail "left behind:"$'\n'"$left"
}

# Not marked as a process of this world itself.
leftovers() { env --unset=GANTRY_TEST_WORLD "$GANTRY_SOURCE/test/support/leftovers" "$@"; }

remove_containers() {
  local id
  if [[ -d $WORK/root ]]; then
    gantry rm --all --force >/dev/null || true
  fi
  for id in $([[ ! -d $WORK/runtime ]] || gantry-runtime list --quiet); do
    gantry-runtime delete --force "$id" || true
  done
}

# The cgroup2-only view of a host with v1 or hybrid cgroups, without touching the host: crun needs it, for one.
cgroup2_view() {
  unshare --mount --propagation private sh -c \
    'umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && exec "$@"' sh "$@"
}
