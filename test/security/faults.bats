#!/usr/bin/env bats
# bats file_tags=slow
# Every system call of a command fails once: the command works or says one sentence, and nothing is left behind.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

setup() {
  make_world
  need_root
  need python3
  [[ $(uname -m) == x86_64 ]] || skip "faults.py knows the system calls of x86_64 alone"
  need_release_build
}

# fail_calls COMMAND BUNDLE [SHARE]: see faults.py
fail_calls() {
  export WORK GANTRY_BIN
  run python3 "$GANTRY_SOURCE/test/support/faults.py" "$@"
  ((status == 0)) || fail "$output"
}

@test "run" {
  make_bundle "$WORK/b" true
  fail_calls run "$WORK/b"
}

@test "create" {
  make_bundle "$WORK/b" sleep 1000
  fail_calls create "$WORK/b"
}

@test "start" {
  make_bundle "$WORK/b" sleep 1000
  fail_calls start "$WORK/b"
}

@test "exec" {
  make_bundle "$WORK/b" sleep 1000
  fail_calls exec "$WORK/b"
}

@test "delete" {
  make_bundle "$WORK/b" sleep 1000
  fail_calls delete "$WORK/b"
}
