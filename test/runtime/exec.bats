#!/usr/bin/env bats
# Further processes in a running container.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

setup() {
  make_world
  make_bundle "$WORK/b" sleep 1000
  edit_config "$WORK/b" '.process.env += ["KEPT=yes"] | .root.readonly = false'
  gantry-runtime run --detach --bundle "$WORK/b" --pid-file "$WORK/pid" c
  PID=$(cat "$WORK/pid")
}

@test "exec gives output, exit code and stdin" {
  run -3 gantry-runtime exec c sh -c 'echo hello; exit 3'
  equal "$output" hello
  equal "$(echo text | gantry-runtime exec c cat)" text
  run -137 gantry-runtime exec c sh -c 'kill -9 $$'
}

@test "exec is in the namespaces and the cgroup of the container" {
  local kind
  for kind in mnt pid net ipc uts cgroup user; do
    equal "$(gantry-runtime exec c readlink "/proc/self/ns/$kind")" "$(readlink "/proc/$PID/ns/$kind")"
  done
  # Seen from outside, as the container's own view begins at its cgroup.
  gantry-runtime exec --detach --pid-file "$WORK/second" c sleep 1000
  equal "$(cat "/proc/$(cat "$WORK/second")/cgroup")" "$(cat "/proc/$PID/cgroup")"
}

@test "exec has what the container's own process has, with the changes of its options" {
  equal "$(gantry-runtime exec c sh -c 'echo $KEPT')" yes
  equal "$(gantry-runtime exec --env KEPT=no --env NEW=1 c sh -c 'echo $KEPT $NEW')" "no 1"
  equal "$(gantry-runtime exec --cwd /tmp c pwd)" /tmp
  equal "$(gantry-runtime exec --user 65534:7 c id -u)" 65534
  equal "$(gantry-runtime exec --user 65534:7 --additional-gids 8 --additional-gids 9 c sh -c 'id -g; id -G')" \
    $'7\n7 8 9'
  equal "$(gantry-runtime exec c grep NoNewPrivs /proc/self/status)" $'NoNewPrivs:\t1'
}

@test "exec --cap adds to the capabilities" {
  local bounds
  bounds=$(gantry-runtime exec --cap CAP_SYS_PTRACE c grep CapEff /proc/self/status)
  ((0x${bounds##*$'\t'} & 1 << 19)) || fail "$bounds"
  bounds=$(gantry-runtime exec c grep CapEff /proc/self/status)
  ((!(0x${bounds##*$'\t'} & 1 << 19))) || fail "$bounds"
  run ! gantry-runtime exec --cap CAP_OF_NOTHING c true
  one_sentence "$output"
}

@test "exec --process takes the whole process from a file" {
  jq .process "$WORK/b/config.json" | jq '.args = ["sh", "-c", "pwd; echo $A"] | .cwd = "/tmp" | .env = ["A=b", "PATH=/bin"]' \
    >"$WORK/process.json"
  equal "$(gantry-runtime exec --process "$WORK/process.json" c)" $'/tmp\nb'
  run ! gantry-runtime exec --process "$WORK/missing.json" c
  one_sentence "$output"
}

@test "127 for a missing command, 126 for one that cannot be executed" {
  run -127 gantry-runtime exec c nothing-like-this
  contains "$output" "executable file not found in \$PATH"
  run -127 gantry-runtime exec c /bin/nothing-like-this
  run -126 gantry-runtime exec c /etc/passwd
  run -126 gantry-runtime exec c /etc
  one_sentence "$output"
}

@test "exec needs a running container and a command" {
  run ! gantry-runtime exec other true
  equal "$output" "gantry-runtime: container 'other' does not exist"
  run ! gantry-runtime exec c
  contains "$output" "there is no command to run"
  gantry-runtime kill c KILL
  eventually stopped
  run ! gantry-runtime exec c true
  contains "$output" "container 'c' is stopped, not running"
}
stopped() { [[ $(gantry-runtime state c | jq -r .status) == stopped ]]; }

@test "exec passes descriptors on" {
  echo three >"$WORK/three"
  equal "$(gantry-runtime exec --preserve-fds 1 c cat /proc/self/fd/3 3<"$WORK/three")" three
  equal "$(gantry-runtime exec c ls /proc/self/fd 7<"$WORK/three")" $'0\n1\n2\n3'
}
