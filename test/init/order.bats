#!/usr/bin/env bats
# gantry-init as the last stage of a container's start.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

scenario() { python3 "$BATS_TEST_DIRNAME/order.py" "$@"; }

refuses() {
  run -125 scenario refused "$1"
  one_sentence "$output"
  contains "$output" "$2"
}

@test "the command takes the process over with nothing but its own" { scenario becomes_command; }
@test "as an init it reaps orphans and ends as the command did" {
  need_root
  scenario reaps
}
@test "a command that cannot be executed is reported" { scenario exec_errors; }
@test "the command waits for the start" { scenario waits; }
@test "a failure after the start is told to who started it" { scenario waits_and_fails; }
@test "what guards it from being traced is given up before the command" {
  need_root
  scenario guarded
}
@test "who starts may leave at once" { scenario waits_for_nobody; }
@test "a seccomp filter holds for the command and for the init" {
  need_root
  scenario seccomp
}
@test "a seccomp filter that the kernel refuses keeps the command from running" { scenario seccomp_errors; }
@test "the longest filter fits" { scenario longest_filter; }

@test "a bad order is refused with a sentence that says what is wrong" {
  refuses short "the order is too short"
  refuses magic "the order is of another format"
  refuses flags "unknown flags"
  refuses wait "nothing to wait for"
  refuses long_filter "the seccomp filter is too long"
  refuses cut_filter "the seccomp filter is cut off"
  refuses listener "the filter wants a listener"
  refuses report "report_fd is not open"
}

@test "an order that is not there is refused" {
  run -125 gantry-init 99 /bin/echo echo ran
  one_sentence "$output"
  contains "$output" "cannot be read"
}
