# How `gantry run` ends: statuses, and nothing left behind.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  gantry image bootstrap busybox >/dev/null
}

@test "the status is that of the command" {
  run -7 gantry run --rm busybox sh -c 'exit 7'
}

@test "a signal is 128 and its number" {
  run -143 gantry run --rm busybox sh -c 'kill -TERM $$; sleep 5 & kill -KILL $!; trap - TERM; exit 143'
  run -137 gantry run --rm --init busybox sh -c 'kill -KILL $$'
}

@test "a missing command is 127, one that cannot run is 126, an error of ours 125" {
  run -127 --separate-stderr gantry run --rm busybox nothing-of-that-name
  one_sentence "$stderr"
  contains "$stderr" nothing-of-that-name
  run -126 --separate-stderr gantry run --rm busybox /etc/passwd
  one_sentence "$stderr"
  run -125 --separate-stderr gantry run --rm no-such-image true
  one_sentence "$stderr"
  contains "$stderr" no-such-image
  run -0 gantry ps --all --quiet
  equal "$output" ""
}

@test "--rm leaves nothing behind" {
  gantry run --rm busybox true
  run -0 gantry ps --all --quiet
  equal "$output" ""
  run -0 gantry system check
  equal "$output" "nothing is wrong"
}

@test "SIGTERM to gantry reaches the command" {
  gantry run --rm --name it busybox sh -c 'trap "exit 9" TERM; echo up; while :; do sleep 0.05; done' >"$WORK/out" &
  local gantry=$!
  eventually grep -q up "$WORK/out"
  kill -TERM "$gantry"
  local status=0
  wait "$gantry" || status=$?
  equal "$status" 9
}
