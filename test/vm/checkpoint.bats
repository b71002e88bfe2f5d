#!/usr/bin/env bats
# Checkpoint and restore by CRIU, which works on this kernel.

load ../support/common
load cgroup2

# A shell that counts its steps in a file, which is how one sees that it goes on where it was.
# shellcheck disable=SC2016
COUNT='i=0; while :; do i=$((i + 1)); echo $i >/tmp/new; mv /tmp/new /tmp/count; sleep 0.1; done'

# count [ID]
count() { gantry-runtime exec "${1:-c}" cat /tmp/count; }
counts_beyond() {
  local now
  now=$(count "${2:-c}") && ((now > $1))
}

setup() {
  make_world
  type criu >/dev/null
}

has_process() { [[ $(gantry-runtime ps --format json "$1" 2>/dev/null | jq length) == 1 ]]; }
is_stopped() { [[ $(gantry-runtime state "$1" | jq -r .status) == stopped ]]; }

# A tmpfs at /tmp is the container's own, and part of the checkpoint.
counter() {
  make_bundle "$WORK/b" sh -c "$COUNT"
  edit_config "$WORK/b" '.mounts += [{"destination": "/tmp", "type": "tmpfs", "source": "tmpfs"}] | '"${1:-.}"
  gantry-runtime run --detach --bundle "$WORK/b" c </dev/null >/dev/null 2>&1
  eventually counts_beyond 3
}

@test "a container that was saved goes on where it was" {
  local saved
  counter '.linux.resources.pids.limit = 20 | .linux.resources.memory.limit = 67108864'
  gantry-runtime checkpoint --image-path "$WORK/image" --work-path "$WORK/work" c
  equal "$(gantry-runtime state c | jq -r .status)" stopped
  [[ -s $WORK/image/inventory.img && -s $WORK/work/dump.log ]]
  saved=$(jq -r length "$WORK/image/descriptors.json")
  equal "$saved" 3
  gantry-runtime delete c
  gantry-runtime restore --detach --bundle "$WORK/b" --image-path "$WORK/image" --work-path "$WORK/work" \
    --pid-file "$WORK/pid" again </dev/null >"$WORK/out" 2>&1 || fail "$(cat "$WORK/out")"
  equal "$(gantry-runtime state again | jq -r .status)" running
  equal "$(gantry-runtime state again | jq -r .pid)" "$(cat "$WORK/pid")"
  saved=$(count again)
  ((saved > 3))
  eventually counts_beyond $((saved + 3)) again
  # In a cgroup of its own with the limits of the config, in the namespaces and behind the masks of before.
  equal "$(cat "$(cgroup_of "$(cat "$WORK/pid")")"/{pids.max,memory.max})" $'20\n67108864'
  equal "$(gantry-runtime exec again sh -c 'cat /proc/kcore | wc -c; cat /proc/self/cgroup; hostname')" $'0\n0::/\ngantry'
  gantry-runtime delete --force again
}

@test "a container that is left running goes on, and can be restored beside" {
  counter
  gantry-runtime checkpoint --leave-running --image-path "$WORK/image" c
  counts_beyond $(($(count) + 3)) || eventually counts_beyond $(($(count) + 1))
  gantry-runtime kill c KILL
  eventually is_stopped c
  gantry-runtime delete c
  gantry-runtime restore --detach --bundle "$WORK/b" --image-path "$WORK/image" c </dev/null >"$WORK/out" 2>&1 || fail "$(cat "$WORK/out")"
  eventually counts_beyond "$(count)"
}

@test "memory that was saved before is not saved again" {
  counter
  gantry-runtime checkpoint --pre-dump --image-path "$WORK/first" c
  eventually counts_beyond "$(count)"
  gantry-runtime checkpoint --parent-path ../first --image-path "$WORK/second" c
  [[ -L $WORK/second/parent ]]
  gantry-runtime delete c
  gantry-runtime restore --detach --bundle "$WORK/b" --image-path "$WORK/second" c </dev/null >"$WORK/out" 2>&1 || fail "$(cat "$WORK/out")"
  eventually counts_beyond "$(count)"
}

@test "pipes are replaced by those of the restore, and the exit status is passed on" {
  make_bundle "$WORK/b" sh -c 'read -r line; echo "got $line"; exit 7'
  mkfifo "$WORK/never"
  (gantry-runtime run --bundle "$WORK/b" c 2>&1 | cat) < <(cat "$WORK/never") &
  eventually has_process c
  gantry-runtime checkpoint --image-path "$WORK/image" c
  wait
  : >"$WORK/never"
  run -7 gantry-runtime restore --bundle "$WORK/b" --image-path "$WORK/image" again < <(echo hello)
  equal "$output" "got hello"
}

@test "binds are looked for in the bundle again, and a joined network namespace is joined again" {
  mkdir "$WORK/volume"
  ip netns add "gantry-$NAME"
  counter '.mounts += [{"destination": "/volume", "type": "bind", "source": "'"$WORK"'/volume", "options": ["bind"]}]
    | .linux.namespaces |= map(select(.type != "network")) + [{"type": "network", "path": "/run/netns/gantry-'"$NAME"'"}]'
  gantry-runtime checkpoint --image-path "$WORK/image" c
  gantry-runtime delete c
  gantry-runtime restore --detach --bundle "$WORK/b" --image-path "$WORK/image" --pid-file "$WORK/pid" c </dev/null >"$WORK/out" 2>&1 || fail "$(cat "$WORK/out")"
  echo here >"$WORK/volume/file"
  equal "$(gantry-runtime exec c cat /volume/file)" here
  equal "$(stat -Lc %i "/proc/$(cat "$WORK/pid")/ns/net")" "$(stat -Lc %i "/run/netns/gantry-$NAME")"
  gantry-runtime delete --force c
  ip netns delete "gantry-$NAME"
}

@test "a restore that fails leaves nothing, and says what CRIU says" {
  counter
  gantry-runtime checkpoint --image-path "$WORK/image" c
  gantry-runtime delete c
  truncate --size 10 "$WORK"/image/core-1.img
  run ! gantry-runtime restore --detach --bundle "$WORK/b" --image-path "$WORK/image" c
  one_sentence "$output"
  contains "$output" "restore.log"
  equal "$(gantry-runtime list --quiet)" ""
  run ! gantry-runtime restore --detach --bundle "$WORK/b" --image-path "$WORK/nowhere" c
  one_sentence "$output"
  equal "$(gantry-runtime list --quiet)" ""
}
