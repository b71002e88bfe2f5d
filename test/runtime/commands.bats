#!/usr/bin/env bats
# Options of the command line that runc and crun share.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

status() { gantry-runtime state "$1" | jq -r .status; }
is() { [[ $(status "$1") == "$2" ]]; }

# value CONTROLLER FILE: what a v1 controller's file, or cgroup2's, says about the cgroup of container c.
value() {
  local path
  path=$(awk -F: -v controller="$1" '{ split($2, names, ","); for (i in names) if (names[i] == controller) print $3 }' \
    "/proc/$(gantry-runtime state c | jq .pid)/cgroup")
  cat "/sys/fs/cgroup/$1$path/$2"
}
need_v1() { [[ -d /sys/fs/cgroup/$1 ]] || skip "no v1 hierarchy $1 here"; }

@test "state and list tell what runc and crun add to the state" {
  make_bundle "$WORK/b" sleep 1000
  gantry-runtime run --detach --bundle "$WORK/b" c
  local owner=root
  ((EUID == 0)) || owner="#$EUID"
  local fields='[.ociVersion, .id, .status, .bundle, .rootfs, .owner]'
  equal "$(gantry-runtime state c | jq -c "$fields")" \
    "[\"1.3.0\",\"c\",\"running\",\"$WORK/b\",\"$WORK/b/rootfs\",\"$owner\"]"
  equal "$(gantry-runtime list --format json | jq -c ".[0] | $fields")" "$(gantry-runtime state c | jq -c "$fields")"
  date --date "$(gantry-runtime state c | jq -r .created)"
  matches "$(gantry-runtime list | sed -n 2p)" "^c +[0-9]+ +running +$WORK/b +20[0-9T:.-]+Z +$owner$"
}

@test "kill and delete take a regular expression" {
  local id
  for id in one two three; do
    make_bundle "$WORK/$id" sleep 1000
    gantry-runtime run --detach --bundle "$WORK/$id" "$id"
  done
  gantry-runtime kill --regex '^t(wo|hree)$' KILL
  eventually is two stopped
  eventually is three stopped
  equal "$(status one)" running
  gantry-runtime delete --regex '^t'
  equal "$(gantry-runtime list --quiet)" one
  gantry-runtime delete --force --regex .
  equal "$(gantry-runtime list --quiet)" ""
  run ! gantry-runtime delete --regex '('
  one_sentence "$output"
  contains "$output" "is not a regular expression"
}

@test "run --keep leaves the container for delete" {
  make_bundle "$WORK/b" sh -c 'exit 3'
  run -3 gantry-runtime run --keep --bundle "$WORK/b" c
  equal "$(status c)" stopped
  gantry-runtime delete c
}

@test "--config names another file than config.json" {
  make_bundle "$WORK/b" echo usual
  jq '.process.args = ["echo", "other"]' "$WORK/b/config.json" >"$WORK/b/other.json"
  equal "$(gantry-runtime run --bundle "$WORK/b" --config other.json c)" other
  equal "$(gantry-runtime run --bundle "$WORK/b" --config "$WORK/b/other.json" c)" other
}

@test "run adopts orphans, unless told not to" {
  need_root
  # Without a pid namespace an orphan goes to the nearest subreaper; its parent tells.
  # shellcheck disable=SC2016  # for the container's shell
  make_bundle "$WORK/b" sh -c '(sleep 1000 & echo $! >/share/orphan); while [ ! -e /share/go ]; do sleep 0.05; done'
  mkdir "$WORK/share"
  edit_config "$WORK/b" --arg share "$WORK/share" '.linux.namespaces |= map(select(.type != "pid"))
    | .mounts += [{"destination": "/share", "type": "bind", "source": $share, "options": ["bind"]}]'
  local option
  for option in "" --no-subreaper; do
    rm -f "$WORK/share"/*
    # shellcheck disable=SC2086  # no option is no word
    gantry-runtime run $option --bundle "$WORK/b" c &
    local runtime=$! orphan
    eventually test -s "$WORK/share/orphan"
    orphan=$(cat "$WORK/share/orphan")
    if [[ -z $option ]]; then
      eventually has_parent "$orphan" "$runtime"
    else
      eventually has_no_such_parent "$orphan"
      ! has_parent "$orphan" "$runtime"
    fi
    touch "$WORK/share/go"
    wait "$runtime"
    eventually gone "$orphan"
  done
}
has_parent() { [[ $(awk '/^PPid:/ { print $2 }' "/proc/$1/status") == "$2" ]]; }
# The subshell that started it has ended.
has_no_such_parent() { [[ $(cat "/proc/$(awk '/^PPid:/ { print $2 }' "/proc/$1/status")/comm") != sh ]]; }
gone() { [[ ! -e /proc/$1 ]]; }

@test "ps takes the options of ps(1)" {
  need ps
  make_bundle "$WORK/b" sh -c 'sleep 1000 & exec sleep 1001'
  gantry-runtime run --detach --bundle "$WORK/b" c
  # shellcheck disable=SC2317  # eventually calls it
  two_processes() { [[ $(gantry-runtime ps --format json c | jq length) == 2 ]]; }
  eventually two_processes
  equal "$(gantry-runtime ps c -eo pid,args | awk 'NR > 1 { print $2, $3 }' | sort)" $'sleep 1000\nsleep 1001'
  matches "$(gantry-runtime ps c -ef | head -n 1)" '^UID +PID '
  run ! gantry-runtime ps c -eo args
  one_sentence "$output"
  contains "$output" "prints no PID"
}

@test "update changes the limits that options name" {
  need_root
  need_v1 memory
  make_bundle "$WORK/b" sleep 1000
  edit_config "$WORK/b" '.linux.resources += {"memory": {"limit": 67108864, "swap": 67108864}}'
  gantry-runtime run --detach --bundle "$WORK/b" c
  gantry-runtime update --memory 128m --memory-swap 256m --memory-reservation 32m --cpu-share 300 --cpu-quota 30000 \
    --cpu-period 60000 --cpuset-cpus 0 --cpuset-mems 0 --pids-limit 31 c 2>"$WORK/errors" || cat "$WORK/errors"
  equal "$(value memory memory.limit_in_bytes)" 134217728
  equal "$(value memory memory.soft_limit_in_bytes)" 33554432
  equal "$(value cpu cpu.shares)" 300
  equal "$(value cpu cpu.cfs_quota_us)" 30000
  equal "$(value cpu cpu.cfs_period_us)" 60000
  equal "$(value pids pids.max)" 31
  gantry-runtime update --memory -1 c
  ((9223372036854000000 < $(value memory memory.limit_in_bytes)))
  gantry-runtime update --cpu-quota -1 c
  equal "$(value cpu cpu.cfs_quota_us)" -1
  equal "$(value cpu cpu.shares)" 300

  local bad
  for bad in "--memory much" "--pids-limit many" "--blkio-weight 5" "--cpu-idle 2" "--memory 1m --resources /dev/null"; do
    # shellcheck disable=SC2086  # several words
    run ! gantry-runtime update $bad c
    one_sentence "$output"
  done
}

@test "exec waits in a paused container only when told so" {
  need_root
  make_bundle "$WORK/b" sleep 1000
  gantry-runtime run --detach --bundle "$WORK/b" c
  gantry-runtime pause c
  run ! gantry-runtime exec c echo through
  one_sentence "$output"
  contains "$output" "container 'c' is paused"
  gantry-runtime exec --ignore-paused --pid-file "$WORK/pid" c echo through >"$WORK/out" &
  local exec=$!
  eventually test -s "$WORK/pid"
  equal "$(cat "$WORK/out")" ""
  gantry-runtime resume c
  wait "$exec"
  equal "$(cat "$WORK/out")" through
}

@test "exec refuses groups that are none" {
  make_bundle "$WORK/b" sleep 1000
  gantry-runtime run --detach --bundle "$WORK/b" c
  local group
  for group in -1 4294967295 wheel; do
    run ! gantry-runtime exec --additional-gids "$group" c true
    one_sentence "$output"
  done
}

@test "--log gets messages as JSON, and errors are on stderr too" {
  run ! gantry-runtime --log "$WORK/log" --log-format json state nothing
  equal "$output" "gantry-runtime: container 'nothing' does not exist"
  equal "$(jq -c '[.level, .msg]' "$WORK/log")" "[\"error\",\"container 'nothing' does not exist\"]"
  date --date "$(jq -r .time "$WORK/log")"
  run ! gantry-runtime --log "$WORK/log" state nothing
  equal "$(sed -n 2p "$WORK/log")" "gantry-runtime: container 'nothing' does not exist"
  run ! gantry-runtime --log /not/there/log state nothing
  one_sentence "$output"
}

@test "without the right to make a cgroup, --rootless decides" {
  need_user
  make_rootfs "$WORK/b/rootfs"
  chmod 777 "$WORK/b"
  as_user gantry-runtime spec --rootless --bundle "$WORK/b"
  edit_config "$WORK/b" '.process.terminal = false | .process.args = ["echo", "runs"]'
  equal "$(as_user gantry-runtime --rootless true run --bundle "$WORK/b" c)" runs
  equal "$(as_user gantry-runtime --rootless=auto run --bundle "$WORK/b" c)" runs
  ((EUID == 0)) || skip "the user may have a cgroup of its own"
  run ! as_user gantry-runtime --rootless false run --bundle "$WORK/b" c
  one_sentence "$output"
  contains "$output" cgroup
}

@test "cgroups can be disabled" {
  make_bundle "$WORK/b" cat /proc/self/cgroup
  edit_config "$WORK/b" 'del(.linux.resources)'
  run -0 gantry-runtime --cgroup-manager disabled run --bundle "$WORK/b" c
  lacks "$output" "gantry-test-"
  edit_config "$WORK/b" '.linux.resources.pids.limit = 10'
  run ! gantry-runtime --cgroup-manager disabled run --bundle "$WORK/b" c
  one_sentence "$output"
  contains "$output" /linux/resources
  run ! gantry-runtime --systemd-cgroup --cgroup-manager disabled list
  one_sentence "$output"
}

@test "cgroups of systemd need one, and a place of its kind" {
  local option
  make_bundle "$WORK/b" true
  for option in --systemd-cgroup --cgroup-manager=systemd; do
    run ! gantry-runtime "$option" run --bundle "$WORK/b" c
    one_sentence "$output"
    contains "$output" SLICE:PREFIX:NAME
  done
  edit_config "$WORK/b" '.linux.cgroupsPath = "machine.slice:gantry:x"'
  run ! gantry-runtime run --bundle "$WORK/b" c
  contains "$output" "use --systemd-cgroup"
  [[ ! -e /run/systemd/private ]] || skip "a systemd answers here"
  run ! gantry-runtime --systemd-cgroup run --bundle "$WORK/b" c
  one_sentence "$output"
  contains "$output" "no systemd answers at"
  equal "$(gantry-runtime list --quiet)" ""
}

@test "checkpoint and restore say what they lack, and leave nothing" {
  need_root
  make_bundle "$WORK/b" sleep 1000
  gantry-runtime checkpoint --help >/dev/null
  cgroup2_view gantry-runtime run --detach --bundle "$WORK/b" c
  mkdir "$WORK/no-criu"
  run ! env PATH="$WORK/no-criu" "$GANTRY_BIN/gantry-runtime" --root "$WORK/runtime" checkpoint --image-path "$WORK/image" none
  one_sentence "$output"
  run ! cgroup2_view env PATH="$WORK/no-criu" "$GANTRY_BIN/gantry-runtime" --root "$WORK/runtime" checkpoint --image-path "$WORK/image" c
  one_sentence "$output"
  contains "$output" "there is no CRIU"
  contains "$output" "install criu"
  equal "$(gantry-runtime state c | jq -r .status)" running
  cgroup2_view gantry-runtime delete --force c
  run ! cgroup2_view gantry-runtime restore --bundle "$WORK/b" --image-path "$WORK/nowhere" c
  one_sentence "$output"
  contains "$output" "no checkpoint in $WORK/nowhere"
  run ! gantry-runtime checkpoint --empty-ns ipc c
  contains "$output" "--empty-ns"
  equal "$(gantry-runtime list --quiet)" ""
}

@test "the man pages are of section 8, and tell what the annotations do" {
  local page
  page=$(gantry-runtime man)
  contains "$page" 'gantry\-runtime\-update\fR(8)'
  contains "$page" run.gantry.landlock
  contains "$(gantry-runtime man update)" '.TH GANTRY\-RUNTIME\-UPDATE 8'
}

@test "a caller that ignores SIGCHLD gets the exit status all the same" {
  need python3
  make_bundle "$WORK/b" sh -c 'exit 7'
  run -7 timeout 20 python3 -c 'import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])' \
    "$GANTRY_BIN/gantry-runtime" --root "$WORK/runtime" run --bundle "$WORK/b" c
}
