#!/usr/bin/env bats
# bats file_tags=serial
# podman on top of gantry-runtime.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common
load ../support/podman

export PODMAN_CGROUPS=cgroupfs

setup() { make_podman_world; }
teardown() { end_podman_world; }

@test "run: output and exit status" {
  equal "$(podman_here run --rm --network none localhost/busybox echo hello)" hello
  run -7 podman_here run --rm --network none localhost/busybox sh -c 'exit 7'
  run -127 podman_here run --rm --network none localhost/busybox nothing-like-this
  run -126 podman_here run --rm --network none localhost/busybox /etc/passwd
}

@test "exec, with and without a terminal" {
  need script
  podman_here run --detach --name web --network none localhost/busybox sleep 1000 >/dev/null
  equal "$(podman_here exec web echo inside)" inside
  run -3 podman_here exec web sh -c 'exit 3'
  run -127 podman_here exec web nothing-like-this
  local podman
  podman=$(declare -f podman_here)
  export WORK GANTRY_BIN
  run -5 timeout 60 script --quiet --return --command \
    "bash -c '$podman; podman_here exec --interactive --tty web sh -c \"test -t 0 && tty; exit 5\"'" /dev/null </dev/null
  contains "$output" /dev/pts/
  run -6 timeout 60 script --quiet --return --command \
    "bash -c '$podman; podman_here run --rm --interactive --tty --network none localhost/busybox sh -c \"test -t 1; exit 6\"'" /dev/null </dev/null
}

@test "pause, stop, restart and remove" {
  podman_here run --detach --name web --network none localhost/busybox sleep 1000 >/dev/null
  podman_here pause web >/dev/null
  equal "$(podman_here inspect --format '{{.State.Status}}' web)" paused
  podman_here unpause web >/dev/null
  podman_here restart --time 0 web >/dev/null
  equal "$(podman_here inspect --format '{{.State.Status}}' web)" running
  podman_here stop --time 0 web >/dev/null
  equal "$(podman_here inspect --format '{{.State.ExitCode}}' web)" 137
  podman_here rm web >/dev/null
  equal "$(podman_here ps --all --quiet)" ""
}

@test "update changes limits" {
  local id path
  id=$(podman_here run --detach --network none --memory 64m localhost/busybox sleep 1000)
  path=$(sed -n 's/^[0-9]*:memory://p' "/proc/$(podman_here inspect --format '{{.State.Pid}}' "$id")/cgroup")
  [[ -n $path ]] || skip "no v1 hierarchy memory here; test/vm has the same for v2"
  equal "$(cat "/sys/fs/cgroup/memory$path/memory.limit_in_bytes")" 67108864
  podman_here update --memory 32m "$id" >/dev/null
  equal "$(cat "/sys/fs/cgroup/memory$path/memory.limit_in_bytes")" 33554432
}

@test "health checks" {
  podman_here run --detach --name web --network none --health-cmd 'test -e /healthy' --health-interval disable \
    --health-retries 1 localhost/busybox sleep 1000 >/dev/null
  run ! podman_here healthcheck run web
  podman_here exec web touch /healthy
  podman_here healthcheck run web
}

@test "the containers of a pod share namespaces" {
  local pod one
  pod=$(podman_here pod create --network none --infra-image localhost/busybox --infra-command 'sleep 1000')
  one=$(podman_here run --detach --pod "$pod" localhost/busybox sleep 1000)
  local kind
  for kind in net ipc uts; do
    equal "$(podman_here run --rm --pod "$pod" localhost/busybox readlink /proc/self/ns/$kind)" \
      "$(podman_here exec "$one" readlink /proc/self/ns/$kind)"
  done
}

@test "a user namespace of its own, which podman chooses" {
  # podman takes the ids from those of the user 'containers'.
  printf 'containers:200000:200000\n' | tee "$WORK/subuid" >"$WORK/subgid"
  export WORK GANTRY_BIN
  run -0 unshare --mount bash -c "$(declare -f podman_here)
    mount --bind '$WORK/subuid' /etc/subuid && mount --bind '$WORK/subgid' /etc/subgid
    podman_here run --rm --userns auto --network none localhost/busybox sh -c 'id -u; cat /proc/self/uid_map'"
  equal "${lines[0]}" 0
  matches "${lines[1]}" '^ +0 +2[0-9]{5} +[0-9]+$'
}
