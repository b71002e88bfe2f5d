#!/usr/bin/env bats
# Hooks: when each runs, where, and what it gets.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

# add_hooks BUNDLE: six hooks that append their kind, the state they read and their network namespace to a log. The
# ones that run inside the container's root find the log at the same path.
add_hooks() {
  cat >"$WORK/hook" <<'SCRIPT'
#!/bin/sh
state=$(cat)
field() { printf '%s' "$state" | grep -o "\"$1\": *\"*[a-z0-9]*" | grep -o '[a-z0-9]*$'; }
echo "$1 $(field status) $(field id) $([ "$(readlink /proc/self/ns/net)" = "$HOST" ] && echo host || echo container)" >>"$LOG"
SCRIPT
  chmod 755 "$WORK/hook"
  touch "$WORK/log"
  mkdir -p "$1/rootfs$WORK"
  cp "$WORK/hook" "$1/rootfs$WORK/hook"
  edit_config "$1" --arg hook "$WORK/hook" --arg log "$WORK/log" --arg host "$(readlink /proc/self/ns/net)" '
    .hooks = (["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]
      | map({(.): [{"path": $hook, "args": ["hook", .], "env": ["LOG=\($log)", "HOST=\($host)", "PATH=/bin:/usr/bin"]}]}) | add)
    | .mounts += [{"destination": $log, "type": "bind", "source": $log, "options": ["bind"]}]'
}

@test "all six run in their order, with the state, where the specification says" {
  make_bundle "$WORK/b" sleep 1000
  add_hooks "$WORK/b"
  gantry-runtime create --bundle "$WORK/b" c
  equal "$(cat "$WORK/log")" "prestart creating c host
createRuntime creating c host
createContainer creating c container"
  gantry-runtime start c
  equal "$(tail -n +4 "$WORK/log")" "startContainer created c container
poststart running c host"
  gantry-runtime delete --force c
  equal "$(tail -n 1 "$WORK/log")" "poststop stopped c host"
}

@test "run goes through all of them too" {
  make_bundle "$WORK/b" true
  add_hooks "$WORK/b"
  gantry-runtime run --bundle "$WORK/b" c
  equal "$(cut -d' ' -f1 "$WORK/log" | paste -sd' ')" \
    "prestart createRuntime createContainer startContainer poststart poststop"
}

@test "a hook that fails ends the creation and leaves nothing" {
  local kind
  for kind in prestart createRuntime createContainer; do
    rm -rf "$WORK/b"
    make_bundle "$WORK/b" true
    edit_config "$WORK/b" ".hooks = {\"$kind\": [{\"path\": \"/bin/false\"}]}"
    run ! gantry-runtime create --bundle "$WORK/b" c
    contains "$output" "$kind hook /bin/false failed with exit code 1"
    equal "$(gantry-runtime list --quiet)" ""
  done
}

@test "a startContainer hook that fails is told by start" {
  make_bundle "$WORK/b" true
  edit_config "$WORK/b" '.hooks = {"startContainer": [{"path": "/bin/false"}]}'
  gantry-runtime create --bundle "$WORK/b" c
  run ! gantry-runtime start c
  contains "$output" "startContainer hook /bin/false failed with exit code 1"
}

@test "a poststop hook that fails is a warning" {
  make_bundle "$WORK/b" sh -c 'echo ran'
  edit_config "$WORK/b" '.hooks = {"poststop": [{"path": "/nonexistent"}]}'
  run -0 gantry-runtime run --bundle "$WORK/b" c
  contains "$output" ran
  contains "$output" /nonexistent
}

@test "a poststart hook that fails stops the container" {
  make_bundle "$WORK/b" sleep 1000
  edit_config "$WORK/b" --arg log "$WORK/log" '.hooks = {"poststart": [{"path": "/bin/false"}, {"path": "/bin/touch", "args": ["touch", $log]}]}'
  gantry-runtime create --bundle "$WORK/b" c
  run ! gantry-runtime start c
  contains "$output" "start container 'c': poststart hook /bin/false failed"
  equal "$(gantry-runtime state c | jq -r .status)" stopped
  [[ ! -e $WORK/log ]]
  gantry-runtime delete c
  run ! gantry-runtime run --bundle "$WORK/b" d
  contains "$output" "poststart hook /bin/false failed"
  equal "$(gantry-runtime list --quiet)" ""
}

@test "hooks inside read the pid of inside, the others that of the host" {
  make_bundle "$WORK/b" sleep 1000
  cat >"$WORK/hook" <<'SCRIPT'
#!/bin/sh
grep '"pid"' | tr -dc 0-9 >"$1"
SCRIPT
  chmod 755 "$WORK/hook"
  edit_config "$WORK/b" --arg hook "$WORK/hook" --arg work "$WORK" '.hooks = (["createRuntime", "createContainer", "poststart"]
    | map({(.): [{"path": $hook, "args": ["hook", "\($work)/\(.)"], "env": ["PATH=/bin:/usr/bin"]}]}) | add)'
  gantry-runtime run --detach --pid-file "$WORK/pid" --bundle "$WORK/b" c
  equal "$(cat "$WORK/createRuntime")" "$(cat "$WORK/pid")"
  equal "$(cat "$WORK/createContainer")" 1
  equal "$(cat "$WORK/poststart")" "$(cat "$WORK/pid")"
}

@test "a hook has the environment and the arguments of the config alone" {
  make_bundle "$WORK/b" true
  cat >"$WORK/hook" <<'SCRIPT'
#!/bin/sh
{ echo "$0 $# $*"; tr '\0' '\n' </proc/self/environ; } >"$LOG"
SCRIPT
  chmod 755 "$WORK/hook"
  edit_config "$WORK/b" --arg hook "$WORK/hook" --arg log "$WORK/log" '.hooks = {"createRuntime": [
    {"path": $hook, "args": ["other-name", "a b", "c"], "env": ["LOG=\($log)", "X=1"]}]}'
  gantry-runtime run --bundle "$WORK/b" c
  contains "$(cat "$WORK/log")" "$WORK/hook 2 a b c"
  equal "$(tail -n +2 "$WORK/log" | grep -vE '^(PWD|_|SHLVL)=' | sort)" "LOG=$WORK/log"$'\n'"X=1"
}

@test "a hook that takes too long is ended" {
  make_bundle "$WORK/b" true
  edit_config "$WORK/b" '.hooks = {"createRuntime": [{"path": "/bin/sleep", "args": ["sleep", "1000"], "timeout": 1}]}'
  run ! gantry-runtime create --bundle "$WORK/b" c
  contains "$output" "createRuntime hook /bin/sleep did not end within 1 s"
}
