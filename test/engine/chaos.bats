# kill -9 of any process of ours at random moments while containers are made, entered, stopped and removed: 200 times, or
# as often as a minute allows. Most processes have ended by themselves before they are found and hit, so the test asks for
# no more than 3.
# bats file_tags=slow,serial

load ../support/common

setup() {
  make_world
  need_root
  gantry image bootstrap busybox >/dev/null
}

# ours: the processes that run one of our programs in this test's world: commands, monitors, cleanups, checks.
ours() {
  local environments
  mapfile -t environments < <(find /proc -maxdepth 2 -name exe -lname "$GANTRY_BIN/gantry*" 2>/dev/null |
    sed 's/exe$/environ/')
  ((${#environments[@]} > 0)) || return 0
  grep -lzx "GANTRY_TEST_WORLD=$WORK" "${environments[@]}" 2>/dev/null | tr -dc '0-9\n'
}

# worker NUMBER: one user who does everything again and again until $WORK/over is there. Nothing needs to succeed.
worker() {
  local name="w$1"
  renice -n 10 "$BASHPID" >/dev/null  # who kills comes first
  until [[ -e $WORK/over ]]; do
    gantry run -d --name "$name" --restart on-failure:3 --health-cmd true --health-interval 200ms busybox \
      sh -c 'echo up; sleep 1; exit 1'
    gantry exec "$name" true
    gantry run --rm busybox echo hello
    gantry pause "$name" && gantry unpause "$name"
    gantry restart -t 0 "$name"
    gantry rename "$name" "$name-old" && gantry rename "$name-old" "$name"
    gantry stop -t 0 "$name"
    gantry start "$name"
    gantry rm -f "$name" "$name-old"
  done >/dev/null 2>&1
}

@test "after up to 200 kills at random moments nothing is wrong, lost or invented" {
  echo data >"$WORK/kept"
  gantry run -d --name steady -v "$WORK/kept:/kept" busybox sleep 1000
  gantry create --name made busybox true
  local workers=() i victims
  for i in 1 2 3; do
    worker $i 3>&- &
    workers+=($!)
  done
  local kills=0 deadline=$((SECONDS + 60))
  while ((kills < 200 && SECONDS < deadline)); do
    sleep "0.0$((RANDOM % 10))"
    mapfile -t victims < <(ours)
    ((${#victims[@]} > 0)) || continue
    kill -KILL "${victims[RANDOM % ${#victims[@]}]}" 2>/dev/null && kills=$((kills + 1))
  done
  touch "$WORK/over"
  wait "${workers[@]}" || true
  ((kills >= 3)) || fail "only $kills kills in a minute"

  run -0 gantry system check --repair
  lacks "$output" error:
  run -0 gantry system check
  equal "$output" "nothing is wrong"
  run -0 gantry ps -a --format '{{.Names}}'
  contains "$output" made
  contains "$output" steady
  equal "$(grep -cvE '^(steady|made|w[123](-old)?|[a-z]+_[a-z]+)$' <<<"$output")" 0
  equal "$(cat "$WORK/kept")" data
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
