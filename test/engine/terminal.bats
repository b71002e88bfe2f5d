# The caller's terminal and the container's.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  need python3
  gantry image bootstrap busybox >/dev/null
}

scenario() { python3 "$GANTRY_SOURCE/test/engine/terminal.py" "$@"; }

@test "the container's terminal has our size and follows it" { scenario size; }
@test "typed keys go through, the interrupt key too" { scenario keys; }
@test "the end-of-file key ends input" { scenario end_of_input; }
@test "the detach keys leave it running, and attach goes back" { scenario detach; }
@test "other detach keys can be chosen" { scenario other_keys; }
@test "exec has a terminal of its own" { scenario exec_in; }
@test "the terminal is restored when a signal ends gantry" { scenario terminated; }

@test "a terminal without one of ours still works" {
  run -0 gantry run -t --rm busybox tty
  matches "$output" '^/dev/pts/[0-9]+'
}
