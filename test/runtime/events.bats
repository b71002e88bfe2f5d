#!/usr/bin/env bats
# What `events` prints, in the form that engines parse.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

setup() {
  make_world
  need_root
}

# The members that containerd, docker and podman read.
kMembers='[.type, .id, (.data.cpu.usage.total > 0), (.data.memory.usage.usage > 0), .data.memory.usage.limit,
  .data.pids.limit, (.data.pids.current > 0), (.data.memory.raw | length > 0)]'

@test "--stats prints what runc's prints" {
  need_cgroup memory
  make_bundle "$WORK/b" sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done; exec sleep 1000'
  edit_config "$WORK/b" '.linux.resources += {"memory": {"limit": 67108864}, "pids": {"limit": 20}}'
  gantry-runtime run --detach --bundle "$WORK/b" c
  uses_time() { gantry-runtime events --stats c | jq --exit-status '.data.cpu.usage.total > 0' >/dev/null; }
  eventually uses_time
  equal "$(gantry-runtime events --stats c | jq -c "$kMembers")" '["stats","c",true,true,67108864,20,true,true]'
}

@test "lines come at every interval, until the container ends" {
  make_bundle "$WORK/b" sleep 1000
  gantry-runtime run --detach --bundle "$WORK/b" c
  gantry-runtime events --interval 20ms c >"$WORK/lines" &
  local events=$!
  three_lines() { (($(wc -l <"$WORK/lines") >= 3)); }
  eventually three_lines
  gantry-runtime kill c KILL
  wait "$events"
  equal "$(jq -r .type "$WORK/lines" | sort -u)" stats
  gantry-runtime delete --force c
  run ! gantry-runtime events --stats c
  one_sentence "$output"
  run ! gantry-runtime events --interval 0 c
  one_sentence "$output"
}

@test "a kill for want of memory is an event" {
  need_cgroup memory
  # shellcheck disable=SC2016  # for the container's shell
  make_bundle "$WORK/b" sh -c 'read -r _ </go; dd if=/dev/zero of=/dev/null bs=64M count=1; read -r _ </go'
  edit_config "$WORK/b" '.linux.resources += {"memory": {"limit": 16777216, "swap": 16777216}} | .root.readonly = false'
  mkfifo "$WORK/b/rootfs/go"
  gantry-runtime run --detach --bundle "$WORK/b" c >/dev/null 2>&1
  gantry-runtime events c >"$WORK/lines" &
  local events=$!
  watching() { [[ -n $(find "/proc/$events/fd" -lname 'anon_inode:*eventfd*' -o -lname 'anon_inode:inotify') ]]; }
  eventually watching
  echo >"$WORK/b/rootfs/go"
  eventually grep -q oom "$WORK/lines"
  equal "$(head -n 1 "$WORK/lines" | jq -c .)" '{"type":"oom","id":"c"}'
  gantry-runtime delete --force c
  wait "$events"
}

@test "a container of cgroup2 alone has statistics" {
  make_bundle "$WORK/b" sleep 1000
  cgroup2_view gantry-runtime run --detach --bundle "$WORK/b" c
  cgroup2_view gantry-runtime events --stats c | jq --exit-status '.data.cpu.usage.total > 0'
  cgroup2_view gantry-runtime delete --force c
}
