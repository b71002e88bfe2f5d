#!/usr/bin/env bats
# gantry-init in front of any command, in the place of tini, dumb-init or catatonit.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

# ends_with CODE PID: of a job, which `run` could not wait for.
ends_with() {
  local code=0
  wait "$2" || code=$?
  equal "$code" "$1"
}

@test "the exit code is the command's, or 128 and its signal" {
  run -0 gantry-init true
  run -7 gantry-init -- sh -c 'exit 7'
  run -143 gantry-init sh -c 'kill -TERM $$'
  run -5 gantry-init -- sh -c 'exit $1' -- 5
}

@test "a command that cannot be run is told in one sentence" {
  run -127 gantry-init no-such-command
  equal "$output" "gantry-init: cannot run 'no-such-command': No such file or directory"
  run -126 gantry-init "$WORK"
  equal "$output" "gantry-init: cannot run '$WORK': Permission denied"
  run -127 env PATH=/nonexistent "$GANTRY_BIN/gantry-init" true
}

@test "the command line is checked" {
  local line arguments
  for line in "" "--" "-s" "-x true" "-sx true" "- true" "--verbose true"; do
    read -ra arguments <<<"$line"
    run -125 gantry-init "${arguments[@]}"
    one_sentence "$output"
  done
  run -0 gantry-init -h
  contains "$output" "Usage: gantry-init"
  run -0 gantry-init --version
  matches "$output" '^gantry-init version [0-9]+\.[0-9]+\.[0-9]+$'
}

@test "all signals are passed on" {
  mkfifo "$WORK/ready"
  # A shell starts jobs with these two ignored, and an init passes that on as well.
  env --default-signal=INT,QUIT gantry-init bash -c '
    for signal in 1 2 3 10 12 14 15 18 20 23 28 29 34 64; do trap "echo $signal" "$signal"; done
    echo >"$1"; while :; do sleep 0.01; done' bash "$WORK/ready" >"$WORK/out" 3>&- &
  local init=$! signal
  read -r <"$WORK/ready"
  for signal in 1 2 3 10 12 14 15 18 20 23 28 29 34 64; do
    kill -"$signal" "$init"
    eventually grep -qx "$signal" "$WORK/out"
  done
  pkill -KILL -P "$init"
  ends_with 137 "$init"
}

# The command's child notes the signals that it gets.
start_family() {
  mkfifo "$WORK/ready"
  gantry-init "$@" sh -c '
    trap "exit 3" TERM
    sh -c "trap \"echo child; exit\" TERM; echo \$\$ >$1; while :; do sleep 0.01; done" &
    wait' sh "$WORK/ready" >"$WORK/out" 3>&- &
  INIT=$!
  read -r CHILD <"$WORK/ready"
}

@test "with -g signals go to the command's group, without to the command alone" {
  start_family -g
  kill -TERM "$INIT"
  ends_with 3 "$INIT"
  eventually grep -qx child "$WORK/out"

  rm "$WORK/ready"
  start_family
  kill -TERM "$INIT"
  ends_with 3 "$INIT"
  equal "$(cat "$WORK/out")" ""
  [[ -e /proc/$CHILD ]]
  kill -KILL "$CHILD"
}

@test "with -s orphans come to the init, and -v tells when they are reaped" {
  run -0 gantry-init -sv sh -c '
    orphan=$(sh -c "sleep 0.01 >/dev/null & echo \$!")
    while [ -e "/proc/$orphan" ]; do :; done; echo "gone $orphan"'
  matches "$output" 'gone ([0-9]+)'
  contains "$output" "gantry-init: reaped process ${BASH_REMATCH[1]}"
}

@test "as PID 1 it leaves no zombies" {
  need_root
  run -0 unshare --fork --pid --mount-proc gantry-init sh -c '
    for i in 1 2 3 4 5 6 7 8 9; do (true &); done
    until [ "$(cat /proc/[0-9]*/stat 2>/dev/null | grep -c " Z ")" -eq 0 ]; do :; done; cat /proc/1/comm'
  equal "$output" gantry-init
}

@test "as PID 1 it passes on signals that would not end a PID 1" {
  need_root
  mkfifo "$WORK/ready"
  unshare --fork --pid --kill-child gantry-init sh -c \
    'trap "exit 9" TERM; echo >"$1"; while :; do sleep 0.01; done' sh "$WORK/ready" 3>&- &
  local unshare=$!
  read -r <"$WORK/ready"
  pkill -TERM -P "$unshare"
  ends_with 9 "$unshare"
}

@test "on a terminal the command is in the foreground" { python3 "$BATS_TEST_DIRNAME/terminal.py" foreground; }
@test "a command that its terminal stops takes the init along" { python3 "$BATS_TEST_DIRNAME/terminal.py" stop; }
@test "a job in the background leaves the foreground alone" { python3 "$BATS_TEST_DIRNAME/terminal.py" background; }

@test "the program is small, static, and starts in no time" {
  [[ $(stat -c %s "$GANTRY_BIN/gantry-init") -lt 32768 ]]
  need g++
  g++ -std=c++23 -O2 -Wall -Werror -o "$WORK/startup" "$BATS_TEST_DIRNAME/startup.cpp"
  # How long it takes is for the reader: a busy machine must not fail the test.
  run -0 "$WORK/startup" "$GANTRY_BIN/gantry-init"
  printf '# %s\n' "${lines[@]}" >&3
}
