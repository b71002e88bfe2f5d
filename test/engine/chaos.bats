# kill -9 of any process of ours at random moments while containers are made, entered, stopped and removed, and images
# pulled: 200 times.
# bats file_tags=slow,serial

load ../support/common
load ../support/registry

teardown() {
  end_servers
  end_world
}

setup() {
  make_world
  need_root
  gantry image bootstrap busybox >/dev/null
}

# worker NUMBER: one user who does everything again and again until $WORK/over is there. Nothing needs to succeed.
worker() {
  local name="w$1"
  set +e
  renice -n 10 "$BASHPID" >/dev/null  # who kills comes first
  until [[ -e $WORK/over ]]; do
    gantry run -d --name "$name" --restart on-failure:3 --health-cmd true --health-interval 200ms busybox \
      sh -c 'echo up; sleep 1; exit 1'
    gantry exec "$name" true
    gantry run --rm -v kept:/kept busybox echo hello
    gantry pull --tls-verify=false "$REGISTRY/busybox"
    gantry rmi "$REGISTRY/busybox"
    gantry pause "$name" && gantry unpause "$name"
    gantry restart -t 0 "$name"
    gantry rename "$name" "$name-old" && gantry rename "$name-old" "$name"
    gantry stop -t 0 "$name"
    gantry start "$name"
    gantry rm -f "$name" "$name-old"
  done >/dev/null 2>&1
}

@test "after 200 kills at random moments nothing is wrong, lost or invented" {
  start_registry
  gantry push --tls-verify=false busybox "$REGISTRY/busybox"
  echo data >"$WORK/kept"
  gantry run --rm -v kept:/kept busybox sh -c 'echo data >/kept/file'
  gantry run -d --name steady -v "$WORK/kept:/kept" busybox sleep 1000
  gantry create --name made busybox true
  local workers=() i
  for i in 1 2 3; do
    worker $i 3>&- &
    workers+=($!)
  done
  # Outside of this world, so that it does not look for itself.
  local kills
  kills=$(env --unset=GANTRY_TEST_WORLD "$GANTRY_SOURCE/test/support/killer.py" 200 300 "$GANTRY_BIN/gantry" "$WORK")
  touch "$WORK/over"
  for i in "${workers[@]}"; do
    timeout 60 tail --pid="$i" -s 0.1 -f /dev/null || fail "a command hangs: $(pgrep -P "$i" -a)"
  done
  ((kills == 200)) || fail "only $kills kills in 5 minutes"

  run -0 gantry system check --repair
  lacks "$output" error:
  run -0 gantry system check
  equal "$output" "nothing is wrong"
  run -0 gantry ps -a --format '{{.Names}}'
  contains "$output" made
  contains "$output" steady
  equal "$(grep -cvE '^(steady|made|w[123](-old)?|[a-z]+_[a-z]+)$' <<<"$output")" 0
  equal "$(cat "$WORK/kept")" data
  equal "$(gantry run --rm -v kept:/kept busybox cat /kept/file)" data
  gantry start made
  gantry rm -fa >/dev/null
  equal "$(gantry ps -aq)" ""
  run -0 gantry system check
  equal "$output" "nothing is wrong"
}

@test "after a restart of the machine containers have ended and can be started" {
  gantry run -d --name web --restart always busybox sleep 1000
  gantry run --name ended busybox sh -c 'exit 3' || true
  # What a crash of the machine leaves: no process, and nothing below --runroot.
  local pid monitor
  pid=$(gantry inspect -f '{{.State.Pid}}' web)
  monitor=$(pgrep -f 'gantry-monitor [0-9]+ web$')
  kill -KILL "$monitor" "$pid"
  eventually sh -c "! kill -0 $pid 2>/dev/null"
  rm -rf "$WORK/run"
  equal "$(gantry inspect -f '{{.State.Status}}' web)" exited
  equal "$(gantry inspect -f '{{.State.ExitCode}}' ended)" 3
  run -0 gantry start --filter restart-policy=always
  equal "$(gantry inspect -f '{{.State.Status}}' web)" running
  gantry rm -f web
}
