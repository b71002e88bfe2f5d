#!/usr/bin/env bats
# What a container writes: to its log in the format of conmon's k8s-file, and to whoever is attached.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

scenario() { python3 "$BATS_TEST_DIRNAME/output.py" "$1"; }
tell() { printf '# %s\n' "${lines[@]}" >&3; }

@test "a line is a record, and one that comes in pieces is several" { scenario records; }
@test "any byte and any number of lines pass unchanged" { scenario binary; }
@test "ten megabytes lose nothing" {
  run -0 scenario ten_megabytes
  tell
}
@test "without clients the monitor waits for nobody" { scenario without_clients; }
@test "a process left behind with the output open does not hold up the end" { scenario left_behind; }
@test "a process left behind that writes on does not hold up the end" { scenario left_behind_writing; }
@test "a container that closes its output goes on" { scenario closed_output; }

@test "a full disk costs log records but never the container" {
  need_root
  mkdir "$WORK/logs"
  LOGS=$WORK/logs unshare --mount --propagation private sh -c \
    'mount -t tmpfs -o size=64k tmpfs "$LOGS" && exec python3 "$1" full_disk' sh "$BATS_TEST_DIRNAME/output.py"
}

@test "a monitor takes less than 300 kB" {
  run -0 scenario memory
  tell
}

@test "times are right in every year" {
  need g++
  g++ -std=c++23 -O1 -Wall -Werror -o "$WORK/timestamp_test" "$BATS_TEST_DIRNAME/timestamp_test.cpp" \
    "$GANTRY_SOURCE/cmd/gantry-monitor/timestamp.cpp"
  "$WORK/timestamp_test"
}
