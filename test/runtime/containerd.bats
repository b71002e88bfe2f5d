#!/usr/bin/env bats
# bats file_tags=serial
# containerd on top of gantry-runtime: its own daemon, with all of its state in $WORK.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

setup() {
  make_world
  need_root
  need containerd ctr umoci
  mkdir "$WORK/containerd"
  printf 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n' >"$WORK/containerd/config.toml"
  containerd --config "$WORK/containerd/config.toml" --root "$WORK/containerd/root" --state "$WORK/containerd/state" \
    --address "$WORK/containerd/sock" >"$WORK/containerd/log" 2>&1 3>&- &
  daemon=$!
  eventually ctr_here version >/dev/null 2>&1
  make_image
}

teardown() {
  [[ -z ${daemon:-} ]] || stop_daemon
  # The parent of ctr's cgroups.
  grep -qx '.*/default' "$WORK/cgroups" || find /sys/fs/cgroup -depth -type d -path '/sys/fs/cgroup/*/default' -exec rmdir {} + 2>/dev/null || true
  end_world
}

stop_daemon() {
  local id
  for id in $(ctr_here tasks list --quiet); do ctr_here tasks kill --signal KILL "$id" || true; done
  for id in $(ctr_here tasks list --quiet); do eventually ctr_here tasks rm --force "$id" || true; done
  for id in $(ctr_here containers list --quiet); do ctr_here containers rm "$id" || true; done
  kill "$daemon"
  wait "$daemon" || true
}

ctr_here() { ctr --address "$WORK/containerd/sock" "$@"; }

run_task() {
  ctr_here run --snapshotter native --runc-binary "$GANTRY_BIN/gantry-runtime" --runc-root "$WORK/runtime" "$@"
}

make_image() {
  umoci init --layout "$WORK/image"
  umoci new --image "$WORK/image:latest"
  umoci insert --image "$WORK/image:latest" "$(rootfs)" /
  umoci config --image "$WORK/image:latest" --config.cmd true
  tar -C "$WORK/image" -cf "$WORK/image.tar" .
  ctr_here image import --snapshotter native --base-name test/busybox "$WORK/image.tar" >/dev/null
}

@test "ctr run, its output and exit code" {
  run -0 run_task --rm test/busybox:latest one echo hello
  contains "$output" hello
  run -7 run_task --rm test/busybox:latest two sh -c 'exit 7'
}

@test "a task in the background: exec, pause, resume, metrics, events, kill" {
  run_task --detach test/busybox:latest web sleep 1000
  equal "$(ctr_here tasks exec --exec-id e1 web echo inside)" inside
  contains "$(ctr_here tasks ps web)" PID
  ctr_here tasks pause web
  matches "$(ctr_here tasks list)" 'web +[0-9]+ +PAUSED'
  ctr_here tasks resume web
  matches "$(ctr_here tasks list)" 'web +[0-9]+ +RUNNING'
  ctr_here tasks metrics --format json web | jq --exit-status .
  equal "$(gantry-runtime --root "$WORK/runtime/default" state web | jq -r .status)" running
  ctr_here tasks kill --signal KILL web
  # shellcheck disable=SC2317  # eventually calls it
  stopped() { [[ $(ctr_here tasks list) == *STOPPED* ]]; }
  eventually stopped
  ctr_here tasks rm web
  ctr_here containers rm web
}

@test "a failure to start is told by the runtime's words" {
  run ! run_task --rm test/busybox:latest bad nothing-like-this
  contains "$output" "executable file not found"
}
