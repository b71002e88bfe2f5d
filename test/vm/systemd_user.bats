#!/usr/bin/env bats
# The systemd cgroup driver for an ordinary user: scopes of the user's own systemd.

load ../support/common
load cgroup2
load session

setup() { make_user_world; }

# A podman without root keeps a process that holds its namespaces.
teardown() {
  [[ ! -d $WORK/b ]] || as_session_user podman system migrate
  end_world
}

# As users call it, from outside of the cgroups that are theirs: only systemd may move a process from here to there.
user_runtime() { as_session_user gantry-runtime --systemd-cgroup "$@"; }

@test "the user's systemd makes a scope, with limits, for a container of the user" {
  local cgroup
  rootless_bundle sleep 1000
  edit_config "$WORK/b" --arg name "$NAME" '.linux.resources = {"memory": {"limit": 67108864}, "pids": {"limit": 20}}
    | .linux.cgroupsPath = "user.slice:gantry-test:" + $name'
  user_runtime run --detach --pid-file "$WORK/b/pid" c
  cgroup=$(cgroup_of "$(cat "$WORK/b/pid")")
  equal "$cgroup" "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/user.slice/gantry-test-$NAME.scope"
  equal "$(cat "$cgroup"/{memory.max,pids.max})" $'67108864\n20'
  user_runtime exec --detach --pid-file "$WORK/b/exec.pid" c sleep 1000
  equal "$(cgroup_of "$(cat "$WORK/b/exec.pid")")" "$cgroup"
  user_runtime update --pids-limit 10 c
  equal "$(cat "$cgroup/pids.max")" 10
  user_runtime delete --force c
  [[ ! -e $cgroup ]]
}

@test "a user without a session hears that no systemd answers" {
  rootless_bundle true
  run ! as_session_user env --unset=DBUS_SESSION_BUS_ADDRESS "XDG_RUNTIME_DIR=$WORK/b" gantry-runtime --systemd-cgroup run c
  one_sentence "$output"
  contains "$output" "no systemd answers at $WORK/b/systemd/private"
}

@test "podman of an ordinary user runs on it, with its default cgroup manager" {
  rootless_bundle true
  local -a podman=(podman --cgroup-manager systemd --runtime "$GANTRY_BIN/gantry-runtime")
  tar -C "$(rootfs)" -c . | as_session_user podman import --quiet - localhost/busybox
  run -0 as_session_user "${podman[@]}" run --rm --network none --memory 64m localhost/busybox cat /sys/fs/cgroup/memory.max
  equal "${lines[-1]}" 67108864
}
