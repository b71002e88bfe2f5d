# What the suites of the machine share: its cgroups are version 2 alone, with every controller.

# cgroup_of PID: the folder of a process's cgroup.
cgroup_of() { echo "/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$1/cgroup")"; }

# number FILE KEY: the number beside KEY in a file of "KEY NUMBER" lines.
number() { awk -v key="$2" '$1 == key { print $2 }' "$1"; }

# at_least FILE KEY N
at_least() { (($(number "$1" "$2") >= $3)); }

# start_container ID JQ-PROGRAM COMMAND…: runs it in the background with that change of the config; its cgroup's folder
# is $CGROUP.
start_container() {
  local id=$1 program=$2
  shift 2
  make_bundle "$WORK/$id" "$@"
  edit_config "$WORK/$id" "$program"
  gantry-runtime run --detach --bundle "$WORK/$id" --pid-file "$WORK/$id.pid" "$id"
  # shellcheck disable=SC2034  # for the caller
  CGROUP=$(cgroup_of "$(cat "$WORK/$id.pid")")
}
