#!/usr/bin/env bats
# A bad order is refused with one sentence that says what is wrong with it.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

refuses() {
  run -125 python3 "$BATS_TEST_DIRNAME/order.py" "$1"
  one_sentence "$output"
  contains "$output" "$2"
}

@test "an order of another format" {
  refuses short "the order is too short"
  refuses magic "the order is of another format"
  refuses flags "unknown flags"
}

@test "a bad cleanup command" {
  refuses long_command "too long"
  refuses cut_command "cut off"
  refuses unended_command "not ended by a NUL"
  refuses many_words "too many words"
}

@test "descriptors that are closed, missing or contradict each other" {
  refuses no_folder "no folder for the exit record"
  refuses closed "log_fd is not open"
  refuses twice "stdout_fd and stderr_fd are the same"
  refuses both "both a terminal and pipes"
}

@test "a process that is not the monitor's child" {
  refuses not_a_child "is not a child of the monitor"
  refuses no_process "process 0 is not a child of the monitor"
}

@test "no order at all" {
  for argument in "" x 99 -1; do
    run -125 gantry-monitor ${argument:+"$argument"}
    one_sentence "$output"
  done
}

@test "the program is small and tells its version" {
  [[ $(stat -c %s "$GANTRY_BIN/gantry-monitor") -lt 65536 ]]
  run -0 gantry-monitor --version
  matches "$output" '^gantry-monitor version [0-9]+\.[0-9]+\.[0-9]+$'
}
