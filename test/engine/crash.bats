# kill -9 at any moment: no command lies afterwards, and nothing is wrong.
# bats file_tags=slow,serial

load ../support/common

setup() {
  make_world
  need_root
  gantry image bootstrap busybox >/dev/null
}

# No container is listed as running whose first process is gone.
tells_the_truth() {
  local id pid
  for id in $(gantry ps --quiet --no-trunc); do
    pid=$(gantry inspect "$id" | jq -r '.[0].State.Pid')
    # 0: it has ended since it was listed.
    [[ $pid == 0 || -d /proc/$pid ]] || fail "$id is listed as running, but process $pid is gone"
  done
}

nothing_is_wrong() {
  run -0 gantry ps -a
  tells_the_truth
  run -0 gantry system check
  equal "$output" "nothing is wrong"
}

@test "gantry killed while it runs containers, 40 times" {
  local round
  for round in $(seq 40); do
    gantry run --name "c$round" busybox sleep 0.05 &
    local gantry=$!
    sleep "0.0$((RANDOM % 90 + 10))"
    # The wrapper becomes gantry: the pid is the program's own.
    kill -KILL "$gantry" 2>/dev/null || true
    wait "$gantry" 2>/dev/null || true
  done
  nothing_is_wrong
  gantry rm -f -a
  nothing_is_wrong
}

@test "the monitor or the container's first process killed, 10 times" {
  local round pid
  for round in $(seq 10); do
    gantry run -d --name "c$round" busybox sleep 60 >/dev/null
    pid=$(gantry inspect "c$round" | jq -r '.[0].State.Pid')
    if ((round % 2)); then kill -KILL "$(awk '/^PPid/ {print $2}' "/proc/$pid/status")"; else kill -KILL "$pid"; fi
  done
  nothing_is_wrong
  gantry rm -f -a >/dev/null
  run -0 gantry ps -a --quiet
  equal "$output" ""
  nothing_is_wrong
}
