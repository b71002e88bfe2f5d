#!/usr/bin/env bats
# The end of a container: its exit record, who is told, and who cleans up.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

scenario() { python3 "$BATS_TEST_DIRNAME/end.py" "$1"; }

@test "exit codes and signals are on record before clients hear of them" { scenario exit_codes; }
@test "an init that ended before the monitor began is seen" { scenario ended_before; }
@test "a client that takes over keeps the monitor from cleaning up" { scenario taken_over; }
@test "without the first client the monitor cleans up" { scenario client_gone; }
@test "a client that never answers is waited for some seconds" { scenario client_silent; }
@test "an answer before the end does not count" { scenario early_answer; }
@test "the cleanup command is an ordinary process" { scenario cleanup_command; }
@test "a missing cleanup command is told on stderr" {
  run -0 scenario cleanup_command_missing
  equal "$output" "gantry-monitor: cannot run the cleanup command '/nonexistent/gantry': No such file or directory"
}
@test "SIGKILL alone ends a monitor, and then its container goes on" { scenario signals; }
@test "orphans are reaped" { scenario orphans; }
@test "a monitor has nothing of its caller" { scenario detached; }
