#!/usr/bin/env bats
# The systemd cgroup driver: a transient scope for each container, made by the system's systemd.

load ../support/common
load cgroup2

setup() {
  make_world
  bind_program "$WORK/bin" gantry-runtime --root "$WORK/runtime" --systemd-cgroup
  UNIT=gantry-test-$NAME.scope
  PLACE=".linux.cgroupsPath = \"machine.slice:gantry-test:$NAME\""
}

# show PROPERTY…: of the container's scope.
show() { systemctl show --value --property "$1" "$UNIT"; }

has_unit() { [[ $(show LoadState) == loaded ]]; }

@test "the container's process alone is in a scope of the slice" {
  start_container c "$PLACE" sleep 1000
  equal "$CGROUP" "/sys/fs/cgroup/machine.slice/$UNIT"
  equal "$(show ActiveState) $(show Slice) $(show Delegate) $(show ControlGroup)" "active machine.slice yes /machine.slice/$UNIT"
  equal "$(cat "$CGROUP/cgroup.procs")" "$(cat "$WORK/c.pid")"
  equal "$(jq -r .unit "$WORK/runtime/c/state.json")" "$UNIT"
}

@test "without a cgroupsPath the scope is named after the container" {
  start_container "c-$NAME" 'del(.linux.cgroupsPath)' sleep 1000
  equal "$CGROUP" "/sys/fs/cgroup/system.slice/gantry-c-$NAME.scope"
}

@test "systemd knows the limits, and keeps them at a daemon-reload" {
  local before
  start_container c "$PLACE"' | .linux.resources += {"memory": {"limit": 67108864, "reservation": 33554432},
    "cpu": {"quota": 12345, "period": 100000, "shares": 512, "cpus": "1"}, "pids": {"limit": 20},
    "unified": {"memory.high": "50331648"}}' sleep 1000
  equal "$(show MemoryMax) $(show MemoryLow) $(show MemoryHigh) $(show TasksMax) $(show AllowedCPUs)" \
    "67108864 33554432 50331648 20 1"
  before=$(cat "$CGROUP"/{memory.max,memory.low,memory.high,pids.max,cpuset.cpus,cpu.max,cpu.weight})
  equal "$before" $'67108864\n33554432\n50331648\n20\n1\n12345 100000\n20'
  systemctl daemon-reload
  # Its quota is in steps of a percent: no less than what was asked for.
  equal "$(cat "$CGROUP"/{memory.max,memory.low,memory.high,pids.max,cpuset.cpus})" "$(head -5 <<<"$before")"
  (($(cut -d' ' -f1 "$CGROUP/cpu.max") >= 12345)) || fail "cpu.max is $(cat "$CGROUP/cpu.max")"
}

@test "device rules outlive a daemon-reload" {
  start_container c "$PLACE"' | .root.readonly = false
    | .process.capabilities |= with_entries(.value = ["CAP_MKNOD", "CAP_DAC_OVERRIDE"])' sleep 1000
  systemctl daemon-reload
  run ! gantry-runtime exec c sh -c 'mknod /kmsg c 1 11 && echo x >/kmsg'
  contains "$output" "Operation not permitted"
}

@test "update changes the cgroup and what systemd knows" {
  start_container c "$PLACE" sleep 1000
  gantry-runtime update --memory 64m --pids-limit 7 --cpu-quota 50000 --cpuset-cpus 0 c
  equal "$(cat "$CGROUP"/{memory.max,pids.max,cpu.max,cpuset.cpus})" $'67108864\n7\n50000 100000\n0'
  equal "$(show MemoryMax) $(show TasksMax) $(show CPUQuotaPerSecUSec) $(show AllowedCPUs)" "67108864 7 500ms 0"
}

@test "exec joins the scope" {
  start_container c "$PLACE" sleep 1000
  gantry-runtime exec --detach --pid-file "$WORK/exec.pid" c sleep 1000
  equal "$(cgroup_of "$(cat "$WORK/exec.pid")")" "$CGROUP"
}

@test "pause and resume work on the scope" {
  start_container c "$PLACE" sleep 1000
  gantry-runtime pause c
  equal "$(number "$CGROUP/cgroup.events" frozen)" 1
  gantry-runtime resume c
  equal "$(gantry-runtime state c | jq -r .status)" running
}

@test "delete ends the scope, whoever asks, and its name is free again" {
  start_container c "$PLACE" sleep 1000
  "$GANTRY_BIN/gantry-runtime" --root "$WORK/runtime" delete --force c
  run ! has_unit
  rm -r "$WORK/c"
  start_container c "$PLACE" sleep 1000
  has_unit
}

@test "a container that was killed for want of memory leaves no failed unit" {
  make_bundle "$WORK/b" dd if=/dev/zero of=/dev/null bs=64M count=1
  edit_config "$WORK/b" "$PLACE"' | .linux.resources.memory = {"limit": 16777216, "swap": 16777216}'
  run -137 gantry-runtime run --bundle "$WORK/b" c
  run ! has_unit
}

@test "a start that fails leaves no scope" {
  make_bundle "$WORK/b" /not/there
  edit_config "$WORK/b" "$PLACE"
  run -127 gantry-runtime run --bundle "$WORK/b" c
  run ! has_unit
  edit_config "$WORK/b" '.process.args = ["true"] | .linux.resources.unified = {"memory.nonsense": "1"}'
  run ! gantry-runtime run --bundle "$WORK/b" c
  contains "$output" /linux/resources/unified
  eventually eval '! has_unit'
}

@test "a killed runtime leaves no scope" {
  make_bundle "$WORK/b" true
  edit_config "$WORK/b" --arg pid "$WORK/hook" "$PLACE"' | .hooks.createRuntime =
    [{"path": "/bin/sh", "args": ["sh", "-c", "echo $$ >\($pid) && exec sleep 1000"]}]'
  gantry-runtime create --bundle "$WORK/b" c 3>&- &
  eventually test -s "$WORK/hook"
  has_unit
  kill -KILL $! "$(cat "$WORK/hook")"
  gantry-runtime delete --force c
  eventually eval '! has_unit'
}

@test "a limit of one process is enough to start" {
  make_bundle "$WORK/b" echo started
  edit_config "$WORK/b" "$PLACE | .linux.resources.pids.limit = 1"
  equal "$(gantry-runtime run --bundle "$WORK/b" c)" started
}

@test "what is no place for a scope is refused by name" {
  local path
  make_bundle "$WORK/b" true
  for path in /a/path a:b a:b:c:d machine.slice:x: machine:x:y machine.slice:x:a/b; do
    edit_config "$WORK/b" --arg path "$path" '.linux.cgroupsPath = $path'
    run ! gantry-runtime run --bundle "$WORK/b" c
    one_sentence "$output"
  done
  contains "$output" "x-a/b.scope"
  equal "$(gantry-runtime list --quiet)" ""
}

@test "where no systemd answers, the sentence says so" {
  make_bundle "$WORK/b" true
  edit_config "$WORK/b" "$PLACE"
  run ! unshare --mount --propagation private sh -c 'mount -t tmpfs none /run/systemd && mount -t tmpfs none /run/dbus && exec "$@"' \
    sh gantry-runtime run --bundle "$WORK/b" c
  one_sentence "$output"
  contains "$output" "no systemd answers at /run/systemd/private"
  contains "$output" "--cgroup-manager cgroupfs"
}
