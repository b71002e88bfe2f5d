#!/usr/bin/env bats
# The operations of the OCI runtime, from create to delete.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

# status ID
status() { gantry-runtime state "$1" | jq -r .status; }
is() { [[ $(status "$1") == "$2" ]]; }

@test "create, start, kill and delete go through the states of the specification" {
  make_bundle "$WORK/b" sleep 100
  edit_config "$WORK/b" '.annotations = {"org.example.key": "value"}'
  # Not by `run`, which would wait for the end of the output that the container holds.
  gantry-runtime create --bundle "$WORK/b" --pid-file "$WORK/pid" c >"$WORK/out" 2>&1
  equal "$(cat "$WORK/out")" ""
  equal "$(gantry-runtime state c | jq -c '[.id, .status, .bundle, .annotations]')" \
    "[\"c\",\"created\",\"$WORK/b\",{\"org.example.key\":\"value\"}]"
  equal "$(gantry-runtime state c | jq .pid)" "$(cat "$WORK/pid")"
  matches "$(tr '\0' ' ' <"/proc/$(cat "$WORK/pid")/cmdline")" '^gantry-init .*/sleep sleep 100 $'

  gantry-runtime start c
  equal "$(status c)" running
  equal "$(tr '\0' ' ' <"/proc/$(cat "$WORK/pid")/cmdline")" "sleep 100 "

  run ! gantry-runtime delete c
  contains "$output" "container 'c' is running"
  gantry-runtime kill c KILL
  eventually is c stopped
  equal "$(gantry-runtime state c | jq .pid)" 0
  gantry-runtime delete c
  run ! gantry-runtime state c
  equal "$output" "gantry-runtime: container 'c' does not exist"
}

@test "a container starts once" {
  make_bundle "$WORK/b" sleep 100
  gantry-runtime create --bundle "$WORK/b" c
  gantry-runtime start c
  run ! gantry-runtime start c
  equal "$output" "gantry-runtime: container 'c' is running, and only a created one can be started"
}

@test "kill takes names and numbers, and refuses what is no signal" {
  # shellcheck disable=SC2016
  make_bundle "$WORK/b" sh -c 'trap "exit 7" USR1; echo ready; while :; do sleep 0.05; done'
  gantry-runtime create --bundle "$WORK/b" c >"$WORK/out"
  run ! gantry-runtime kill c SIGNOTHING
  one_sentence "$output"
  gantry-runtime start c
  eventually grep -q ready "$WORK/out"
  gantry-runtime kill c 10
  eventually is c stopped
  run ! gantry-runtime kill c TERM
  equal "$output" "gantry-runtime: container 'c' is stopped, not running"
}

@test "kill --all reaches every process" {
  make_bundle "$WORK/b" sh -c 'sleep 1000 & exec sleep 1000'
  gantry-runtime create --bundle "$WORK/b" c
  gantry-runtime start c
  eventually has_processes c 2
  gantry-runtime kill --all c KILL
  eventually is c stopped
}

has_processes() { [[ $(gantry-runtime ps --format json "$1" | jq length) == "$2" ]]; }

@test "a created container can be deleted without force, a running one with it" {
  make_bundle "$WORK/b" sleep 100
  gantry-runtime create --bundle "$WORK/b" one
  gantry-runtime delete one
  gantry-runtime create --bundle "$WORK/b" two
  gantry-runtime start two
  gantry-runtime delete --force two
  equal "$(gantry-runtime list --quiet)" ""
  run -0 gantry-runtime delete --force two
  run ! gantry-runtime delete two
  contains "$output" "container 'two' does not exist"
}

@test "run gives the exit code, and 128 and more for a signal" {
  make_bundle "$WORK/b" sh -c 'echo out; echo err >&2; exit 42'
  run -42 --separate-stderr gantry-runtime run --bundle "$WORK/b" c
  equal "$output" out
  # shellcheck disable=SC2154
  equal "$stderr" err
  edit_config "$WORK/b" '.process.args = ["sh", "-c", "kill -9 $$"] | .linux.namespaces |= map(select(.type != "pid"))'
  run -137 gantry-runtime run --bundle "$WORK/b" c
  equal "$(gantry-runtime list --quiet)" ""
}

@test "run reads stdin and passes signals on" {
  make_bundle "$WORK/b" cat
  equal "$(echo text | gantry-runtime run --bundle "$WORK/b" c)" text
  # shellcheck disable=SC2016
  edit_config "$WORK/b" '.process.args = ["sh", "-c", "trap \"exit 5\" TERM; echo ready; while :; do sleep 0.05; done"]'
  gantry-runtime run --bundle "$WORK/b" c >"$WORK/out" &
  eventually grep -q ready "$WORK/out"
  kill -TERM $!
  local code=0
  wait $! || code=$?
  equal "$code" 5
}

@test "run --detach leaves the container running" {
  make_bundle "$WORK/b" sleep 100
  gantry-runtime run --detach --bundle "$WORK/b" --pid-file "$WORK/pid" c
  equal "$(status c)" running
  kill -0 "$(cat "$WORK/pid")"
}

@test "list shows every container, also as JSON" {
  make_bundle "$WORK/one" sleep 100
  make_bundle "$WORK/two" sleep 100
  equal "$(gantry-runtime list --format json)" "[]"
  gantry-runtime create --bundle "$WORK/two" two
  gantry-runtime run --detach --bundle "$WORK/one" one
  equal "$(gantry-runtime list --quiet)" $'one\ntwo'
  equal "$(gantry-runtime list --format json | jq -c 'map([.id, .status, .bundle, .owner])')" \
    "[[\"one\",\"running\",\"$WORK/one\",\"$(id -un)\"],[\"two\",\"created\",\"$WORK/two\",\"$(id -un)\"]]"
  matches "$(gantry-runtime list | sed -n 2p)" "^one +[0-9]+ +running +$WORK/one"
}

@test "pause freezes, resume thaws, and a paused container can be deleted by force" {
  need_root
  need_cgroup freezer
  # shellcheck disable=SC2016
  make_bundle "$WORK/b" sh -c 'while :; do echo x; sleep 0.01; done'
  gantry-runtime run --detach --bundle "$WORK/b" c >"$WORK/out"
  gantry-runtime pause c
  equal "$(status c)" paused
  local size
  size=$(stat -c %s "$WORK/out")
  run ! gantry-runtime exec c true
  contains "$output" "container 'c' is paused, not running"
  run ! gantry-runtime pause c
  equal "$(stat -c %s "$WORK/out")" "$size"
  gantry-runtime resume c
  eventually grown "$size"
  equal "$(status c)" running
  run ! gantry-runtime resume c
  gantry-runtime pause c
  gantry-runtime delete --force c
}

grown() { (($(stat -c %s "$WORK/out") > $1)); }

@test "ps shows the processes by their pids outside" {
  need_root
  make_bundle "$WORK/b" sh -c 'sleep 1000 & exec sleep 1000'
  gantry-runtime run --detach --bundle "$WORK/b" --pid-file "$WORK/pid" c
  eventually has_processes c 2
  contains "$(gantry-runtime ps --format json c)" "$(cat "$WORK/pid")"
  equal "$(gantry-runtime ps c | awk '{print $2}' | sort)" $'COMMAND\nsleep\nsleep'
}

@test "spec writes a config that runs, and never over another" {
  make_rootfs "$WORK/b/rootfs"
  (cd "$WORK/b" && gantry-runtime spec)
  edit_config "$WORK/b" '.process.terminal = false | .process.args = ["hostname"]'
  equal "$(cd "$WORK/b" && gantry-runtime run c)" gantry
  run ! gantry-runtime spec --bundle "$WORK/b"
  one_sentence "$output"
  contains "$output" "$WORK/b/config.json exists already"
}

@test "preserved descriptors arrive, others do not" {
  make_bundle "$WORK/b" sh -c 'cat <&3; ls /proc/self/fd'
  echo three >"$WORK/three"
  run -0 gantry-runtime run --bundle "$WORK/b" --preserve-fds 1 c 3<"$WORK/three" 5<"$WORK/three"
  # ls itself has its folder open: as 4, as nothing else is there.
  equal "$output" $'three\n0\n1\n2\n3\n4'
  run ! gantry-runtime run --bundle "$WORK/b" --preserve-fds 1 c 3<&-
  contains "$output" "descriptor 3 is not open"
}
