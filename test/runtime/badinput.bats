#!/usr/bin/env bats
# What cannot work is refused with one sentence, and leaves nothing behind: teardown looks for cgroups, mounts and
# processes, each test for the state.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

# refused JQ-PROGRAM WORDS: neither create nor run take such a config, and both say these words.
refused() {
  rm -rf "$WORK/b"
  make_bundle "$WORK/b" true
  edit_config "$WORK/b" "$1"
  local command
  for command in create run; do
    run ! gantry-runtime "$command" --bundle "$WORK/b" c
    one_sentence "$output"
    contains "$output" "$2"
    nothing_left
  done
}

nothing_left() {
  equal "$(gantry-runtime list --quiet)" ""
  # No folder at all: it was refused before anything was made.
  [[ ! -d $WORK/runtime ]] || equal "$(find "$WORK/runtime" -mindepth 1 -not -path '*/.seccomp*')" ""
}

@test "a config that is missing, no JSON or of wrong types" {
  mkdir "$WORK/empty"
  run ! gantry-runtime run --bundle "$WORK/empty" c
  one_sentence "$output"
  contains "$output" "$WORK/empty/config.json"
  contains "$output" "gantry-runtime spec"
  echo '{"ociVersion": ' >"$WORK/empty/config.json"
  run ! gantry-runtime run --bundle "$WORK/empty" c
  one_sentence "$output"
  refused '.process.args = "true"' /process/args
  refused '.process.args = []' /process/args
  refused '.process.cwd = "relative"' /process/cwd
  refused '.process.user.uid = -1' /process/user/uid
  refused '.process.user.uid = 4294967296' /process/user/uid
  refused '.mounts = {}' /mounts
  refused '.linux.namespaces += [{"type": "pid"}]' /linux/namespaces/
  refused '.linux.namespaces = [{"type": "galaxy"}]' galaxy
  refused '.ociVersion = "7.0.0"' 7.0.0
  refused 'del(.process)' /process
  refused 'del(.root)' /root
}

@test "members that are not supported are refused, not ignored" {
  refused '.linux.intelRdt = {"closID": "x"}' /linux/intelRdt
  refused '.linux.mountLabel = "x"' /linux/mountLabel
  refused '.process.apparmorProfile = "x"' /process/apparmorProfile
  refused '.process.selinuxLabel = "x"' /process/selinuxLabel
  refused '.linux.cgroupsPath = "system.slice:gantry:x"' systemd
}

@test "what is missing outside is named" {
  refused '.root.path = "elsewhere"' "$WORK/b/elsewhere"
  refused '.mounts += [{"destination": "/x", "type": "bind", "source": "/not/there", "options": ["bind"]}]' /not/there
  refused '.mounts += [{"destination": "/x", "type": "nosuchfs"}]' nosuchfs
  refused '.mounts += [{"destination": "/x", "type": "tmpfs", "options": ["bogus=1"]}]' bogus
  refused '(.linux.namespaces[] | select(.type == "network")).path = "/not/there"' /not/there
  refused '.hooks = {"createRuntime": [{"path": "/not/there"}]}' /not/there
  refused '.linux.devices = [{"path": "/etc/passwd", "type": "c", "major": 1, "minor": 3}]' "device /etc/passwd"
  refused '.linux.devices = [{"path": "/dev/x", "type": "c"}]' "/linux/devices/0: major and minor are missing"
  refused '.linux.seccomp = {"defaultAction": "SCMP_ACT_EXPLODE"}' SCMP_ACT_EXPLODE
}

@test "127 for a missing program and 126 for one that cannot be executed" {
  make_bundle "$WORK/b" nothing-like-this
  run -127 gantry-runtime run --bundle "$WORK/b" c
  contains "$output" "run 'nothing-like-this': executable file not found in \$PATH"
  edit_config "$WORK/b" '.process.args = ["/bin/nothing-like-this"]'
  run -127 gantry-runtime create --bundle "$WORK/b" c
  edit_config "$WORK/b" '.process.args = ["/etc/passwd"]'
  run -126 gantry-runtime run --bundle "$WORK/b" c
  one_sentence "$output"
  edit_config "$WORK/b" '.process.args = ["/bin/garbage"]'
  printf '\177ELFgarbage' >"$WORK/b/rootfs/bin/garbage"
  chmod 755 "$WORK/b/rootfs/bin/garbage"
  run -126 gantry-runtime run --bundle "$WORK/b" c
  one_sentence "$output"
  printf '#!/not/there\n' >"$WORK/b/rootfs/bin/garbage"
  run -127 gantry-runtime run --bundle "$WORK/b" c
  nothing_left
}

@test "ids: taken, and what is none" {
  make_bundle "$WORK/b" sleep 1000
  gantry-runtime create --bundle "$WORK/b" c
  run ! gantry-runtime create --bundle "$WORK/b" c
  contains "$output" "container 'c' exists already"
  equal "$(gantry-runtime state c | jq -r .status)" created
  local id
  for id in .. . .hidden a/b ../x "a b" '' "$(printf 'x%.0s' {1..256})"; do
    run ! gantry-runtime create --bundle "$WORK/b" "$id"
    one_sentence "$output"
    contains "$output" "is not a container id"
    run ! gantry-runtime delete --force "$id"
    contains "$output" "is not a container id"
  done
  equal "$(gantry-runtime list --quiet)" c
}

@test "a runtime that is killed while it creates can be cleaned up" {
  make_bundle "$WORK/b" true
  edit_config "$WORK/b" '.hooks = {"createRuntime": [{"path": "/bin/sleep", "args": ["sleep", "47"]}]}'
  gantry-runtime create --bundle "$WORK/b" --pid-file "$WORK/pid" c &
  local runtime=$!
  eventually pgrep -fx "sleep 47" >"$WORK/hook"
  kill -KILL "$runtime"
  wait "$runtime" || true
  # The half-made container does not outlive its runtime.
  eventually gone "$(cat "$WORK/pid")"
  equal "$(gantry-runtime list --quiet)" c
  equal "$(gantry-runtime state c | jq -r .status)" stopped
  gantry-runtime delete --force c
  nothing_left
  kill "$(cat "$WORK/hook")"
}
gone() { [[ ! -e /proc/$1/cmdline || -z $(tr -d '\0' <"/proc/$1/cmdline") ]]; }
