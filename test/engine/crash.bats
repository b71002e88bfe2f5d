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
    # It may have ended since it was listed; then it is not said to run any more.
    [[ $pid == 0 || -d /proc/$pid ]] || [[ $(gantry inspect "$id" | jq -r '.[0].State.Running') == false ]] ||
      fail "$id is said to run, but process $pid is gone"
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
