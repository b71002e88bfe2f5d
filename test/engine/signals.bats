# Signals to `gantry run` and what the container sees of them.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  gantry image bootstrap busybox >/dev/null
}

# start_trapping OPTION…: in the background a container that ends with 50 and more on a signal. Sets $gantry.
start_trapping() {
  gantry run --name it "$@" busybox sh -c '
    trap "exit 51" HUP; trap "exit 52" INT; trap "exit 53" QUIT; trap "exit 54" USR1; trap "exit 55" TERM
    echo up; while :; do sleep 0.05; done' >"$WORK/out" 3>&- &
  gantry=$!
  eventually grep -q up "$WORK/out"
}

# gantry_ends STATUS
gantry_ends() {
  local status=0
  wait "$gantry" || status=$?
  equal "$status" "$1"
}

@test "HUP, QUIT, USR1 and TERM reach the command" {
  local signal
  local -A code=([HUP]=51 [QUIT]=53 [USR1]=54 [TERM]=55)
  for signal in "${!code[@]}"; do
    start_trapping --rm
    kill -"$signal" "$gantry"
    gantry_ends "${code[$signal]}"
  done
}

@test "with --init the signal goes through it" {
  start_trapping --rm --init
  kill -TERM "$gantry"
  gantry_ends 55
}

@test "--sig-proxy=false keeps signals from the container" {
  start_trapping --sig-proxy=false
  kill -TERM "$gantry"
  gantry_ends 143
  run -0 gantry inspect -f '{{.State.Status}}' it
  equal "$output" running
}

@test "SIGKILL to gantry leaves the container to its monitor" {
  start_trapping
  kill -KILL "$gantry"
  wait "$gantry" || true
  run -0 gantry inspect -f '{{.State.Status}}' it
  equal "$output" running
  gantry stop it
  run -0 gantry wait it
  equal "$output" 55
}

@test "--stop-signal is what stop sends" {
  start_trapping --stop-signal USR1
  gantry stop it
  gantry_ends 54
}

@test "a command that a signal ends is 128 and its number" {
  run -137 gantry run --rm --init busybox sh -c 'kill -KILL $$'
  run -134 gantry run --rm --init busybox sh -c 'kill -ABRT $$'
  gantry run -d --name slept busybox sleep 100
  gantry kill slept
  run -0 gantry wait slept
  equal "$output" 137
}

@test "kill refuses a container that does not run, and a signal that is none" {
  gantry run --name ended busybox true
  run -125 gantry kill ended
  one_sentence "$output"
  contains "$output" ended
  run -125 gantry kill -s NOSUCH ended
  one_sentence "$output"
  contains "$output" NOSUCH
}
