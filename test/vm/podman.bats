#!/usr/bin/env bats
# podman with its default cgroup manager, systemd, on gantry-runtime.

load ../support/common
load ../support/podman
load cgroup2

export PODMAN_CGROUPS=systemd

setup() { make_podman_world; }
teardown() { end_podman_world; }

@test "containers run in scopes with their limits, and leave none" {
  local id scope
  id=$(podman_here run --detach --network none --memory 64m --pids-limit 30 --cpus 0.5 localhost/busybox sleep 1000)
  scope=/sys/fs/cgroup/machine.slice/libpod-$id.scope
  equal "$(cat "$scope"/{memory.max,pids.max,cpu.max})" $'67108864\n30\n50000 100000'
  equal "$(systemctl show --value --property MemoryMax "libpod-$id.scope")" 67108864
  equal "$(podman_here exec "$id" echo inside)" inside
  podman_here pause "$id" >/dev/null
  equal "$(podman_here inspect --format '{{.State.Status}}' "$id")" paused
  podman_here unpause "$id" >/dev/null
  equal "$(podman_here stats --no-stream --format '{{.PIDs}}' "$id")" 1
  podman_here rm --force --time 0 "$id" >/dev/null
  equal "$(systemctl show --value --property LoadState "libpod-$id.scope")" not-found
}

@test "a foreground run has the status of its process" {
  run -7 podman_here run --rm --network none localhost/busybox sh -c 'exit 7'
  run -137 podman_here run --rm --network none --memory 16m localhost/busybox dd if=/dev/zero of=/dev/null bs=64M count=1
}

@test "the containers of a pod share a slice and namespaces" {
  local pod id
  pod=$(podman_here pod create --network none --infra-image localhost/busybox --infra-command "sleep 1000")
  id=$(podman_here run --detach --pod "$pod" localhost/busybox sleep 1000)
  contains "$(cgroup_of "$(podman_here inspect --format '{{.State.Pid}}' "$id")")" "/machine-libpod_pod_$pod.slice/"
  equal "$(podman_here run --rm --pod "$pod" localhost/busybox readlink /proc/self/ns/net)" \
    "$(podman_here exec "$id" readlink /proc/self/ns/net)"
  podman_here pod rm --force --time 0 "$pod" >/dev/null
}

@test "a container is saved and restored" {
  # shellcheck disable=SC2016
  podman_here run --detach --name c --network none --tmpfs /tmp localhost/busybox sh -c \
    'i=0; while :; do i=$((i + 1)); echo $i >/tmp/new; mv /tmp/new /tmp/count; sleep 0.1; done'
  eventually podman_here exec c grep -q 5 /tmp/count
  podman_here container checkpoint c
  equal "$(podman_here inspect --format '{{.State.Status}}' c)" exited
  podman_here container restore c
  (($(podman_here exec c cat /tmp/count) >= 5))
  podman_here rm --force --time 0 c
}
