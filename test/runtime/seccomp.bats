#!/usr/bin/env bats
# Seccomp beyond plain filters: agents that are asked, and flags.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

setup() {
  make_world
  need python3
}

teardown() {
  [[ -z ${AGENT:-} ]] || kill "$AGENT" 2>/dev/null || true
  end_world
}

start_agent() {
  python3 "$GANTRY_SOURCE/test/runtime/seccomp_agent.py" "$WORK/agent" "$WORK/states" "$1" 3>&- &
  AGENT=$!
  eventually test -S "$WORK/agent"
}

# notify BUNDLE CALL…: an agent is asked about these system calls.
notify() {
  local bundle=$1
  shift
  edit_config "$bundle" --arg path "$WORK/agent" --args '.linux.seccomp = {"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": $path,
    "listenerMetadata": "from the test", "flags": ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", "SECCOMP_FILTER_FLAG_TSYNC"],
    "syscalls": [{"names": $ARGS.positional, "action": "SCMP_ACT_NOTIFY"}]}' -- "$@"
}

@test "an agent gets the listener with the state while the container is made, and answers" {
  start_agent 2
  make_bundle "$WORK/b" sh -c 'mkdir /tmp/x; exec sleep 1000'
  notify "$WORK/b" mkdir mkdirat
  gantry-runtime create --bundle "$WORK/b" --pid-file "$WORK/pid" c 2>"$WORK/err"
  eventually test -s "$WORK/states"
  local pid
  pid=$(cat "$WORK/pid")
  equal "$(jq -c '[.ociVersion, .fds, .pid, .metadata, .state.id, .state.status, .state.pid, .state.bundle]' "$WORK/states")" \
    "[\"$(gantry-runtime state c | jq -r .ociVersion)\",[\"seccompFd\"],$pid,\"from the test\",\"c\",\"creating\",$pid,\"$WORK/b\"]"
  gantry-runtime start c
  run ! gantry-runtime exec c mkdir /tmp/x
  contains "$output" "No medium found"
  equal "$(tail -n 1 "$WORK/states" | jq -c '[.state.status, .state.pid == .pid]')" '["running",false]'
}

@test "an agent can be asked about what it takes to pass its listener on, and to execute" {
  start_agent 2
  local privileges
  for privileges in true false; do
    rm -rf "$WORK/b"
    make_bundle "$WORK/b" sh -c 'mkdir /tmp/x 2>&1; true'
    notify "$WORK/b" sendmsg sendto futex mkdir mkdirat clone3
    edit_config "$WORK/b" ".process.noNewPrivileges = $privileges"
    run -0 gantry-runtime run --bundle "$WORK/b" c
    contains "$output" "No medium found"
  done
}

@test "without its agent nothing starts" {
  make_bundle "$WORK/b" true
  notify "$WORK/b" mkdir
  run ! gantry-runtime run --bundle "$WORK/b" c
  one_sentence "$output"
  contains "$output" "/linux/seccomp/listenerPath"
  equal "$(gantry-runtime list --quiet)" ""
  edit_config "$WORK/b" 'del(.linux.seccomp.listenerPath)'
  run ! gantry-runtime run --bundle "$WORK/b" c
  contains "$output" listener
}

@test "flags" {
  local flag
  make_bundle "$WORK/b" grep Seccomp_filters /proc/self/status
  for flag in TSYNC LOG SPEC_ALLOW WAIT_KILLABLE_RECV; do
    edit_config "$WORK/b" ".linux.seccomp = {\"defaultAction\": \"SCMP_ACT_ALLOW\", \"flags\": [\"SECCOMP_FILTER_FLAG_$flag\"],
      \"syscalls\": [{\"names\": [\"mkdir\"], \"action\": \"SCMP_ACT_ERRNO\"}]}"
    run -0 gantry-runtime run --bundle "$WORK/b" c
    equal "$output" $'Seccomp_filters:\t1'
  done
  edit_config "$WORK/b" '.linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_MAGIC"]'
  run ! gantry-runtime run --bundle "$WORK/b" c
  contains "$output" /linux/seccomp/flags
}
