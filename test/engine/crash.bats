# kill -9 at any moment: no command lies afterwards, and nothing is wrong.
# bats file_tags=slow,serial

load ../support/common

setup() {
  make_world
  need_root
  need jq
  gantry image bootstrap busybox >/dev/null
}

# No container is listed as running whose first process is gone. It may end between two looks at it, hence the second.
tells_the_truth() {
  local id pid
  for id in $(gantry ps --quiet --no-trunc); do
    pid=$(gantry inspect "$id" | jq -r '.[0].State.Pid')
    [[ $pid == 0 || -d /proc/$pid ]] || [[ $(gantry inspect "$id" | jq -r '.[0].State.Running') == false ]] ||
      fail "$id is said to run, but process $pid is gone"
  done
}

# A folder below --runroot may be left by a removal that was killed as its last step; the repair may not find more.
nothing_is_wrong() {
  run -0 gantry ps -a
  tells_the_truth
  run -0 gantry system check --repair
  lacks "$output" error:
  lacks "$output" warning:
  run -0 gantry system check
  equal "$output" "nothing is wrong"
}

# all_can_be_removed: and then nothing is left of any.
all_can_be_removed() {
  gantry rm -f -a >/dev/null
  run -0 gantry ps -a --quiet
  equal "$output" ""
  nothing_is_wrong
  equal "$(find "$WORK/root/containers" "$WORK/run/containers" -mindepth 1)" ""
}

# killed MILLISECONDS COMMAND…: the command is killed at a random moment of its first MILLISECONDS. The moment is
# what is random here, from the start to beyond the end.
killed() {
  local most=$1 pid
  shift
  "$@" >/dev/null 2>&1 3>&- &
  pid=$!
  sleep "0.$(printf %03d $((RANDOM % most)))"
  # The wrapper becomes gantry: the pid is the program's own.
  kill -KILL $pid 2>/dev/null || true
  wait $pid 2>/dev/null || true
}

# descendants PID: it and all processes below it.
descendants() {
  local child
  echo "$1"
  for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do descendants "$child"; done
}

@test "gantry run killed, 50 times" {
  local round
  for ((round = 0; round < 50; round++)); do
    killed 100 gantry run --name "c$round" busybox sleep 0.05
  done
  nothing_is_wrong
  all_can_be_removed
}

@test "gantry run --rm killed, 50 times: the container goes by itself" {
  local round
  for ((round = 0; round < 50; round++)); do
    killed 100 gantry run --rm --name "c$round" busybox sleep 0.05
  done
  # What had started goes on to its end.
  eventually sh -c '[ -z "$(gantry ps --quiet)" ]'
  nothing_is_wrong
  eventually sh -c '[ -z "$(gantry ps --all --quiet)" ]'
}

@test "create, start, stop and rm killed, 20 times each" {
  local round
  for ((round = 0; round < 20; round++)); do
    killed 60 gantry create --name "c$round" busybox sleep 100
    # Made or not, but nothing in between.
    gantry inspect "c$round" >/dev/null 2>&1 || gantry create --name "c$round" busybox sleep 100 >/dev/null
    killed 60 gantry start "c$round"
    gantry start "c$round" >/dev/null
    killed 60 gantry stop -t 0 "c$round"
    gantry stop -t 0 "c$round" >/dev/null
    killed 60 gantry rm "c$round"
    gantry rm -f "c$round" >/dev/null
  done
  nothing_is_wrong
  all_can_be_removed
}

@test "exec killed, 20 times, does not disturb the container" {
  gantry run -d --name host busybox sleep 100 >/dev/null
  local round
  for ((round = 0; round < 20; round++)); do
    killed 60 gantry exec host sleep 0.02
  done
  run -0 gantry exec host echo alive
  equal "$output" alive
  nothing_is_wrong
  all_can_be_removed
}

@test "any of the processes of a start killed, 50 times" {
  local round pid
  local -a all
  for ((round = 0; round < 50; round++)); do
    gantry run --init --name "c$round" busybox sleep 0.05 >/dev/null 2>&1 3>&- &
    pid=$!
    sleep "0.0$(printf %02d $((RANDOM % 60)))"
    mapfile -t all < <(descendants $pid)
    kill -KILL "${all[RANDOM % ${#all[@]}]}" 2>/dev/null || true
    wait $pid 2>/dev/null || true
  done
  nothing_is_wrong
  all_can_be_removed
}

@test "the monitor killed: the container goes on, and can be stopped and removed" {
  local pid
  gantry run -d --name left busybox sleep 100 >/dev/null
  pid=$(gantry inspect -f '{{.State.Pid}}' left)
  kill -KILL "$(awk '/^PPid/ {print $2}' "/proc/$pid/status")"
  run -0 gantry ps --format '{{.Names}}'
  equal "$output" left
  run -0 gantry exec left echo alive
  equal "$output" alive
  gantry stop -t 0 left
  nothing_is_wrong
  all_can_be_removed
}

@test "the monitor and the first process killed, 25 times each" {
  local round pid
  for ((round = 0; round < 50; round++)); do
    gantry run -d --name "c$round" busybox sleep 100 >/dev/null
    pid=$(gantry inspect -f '{{.State.Pid}}' "c$round")
    if ((round % 2)); then kill -KILL "$(awk '/^PPid/ {print $2}' "/proc/$pid/status")"; else kill -KILL "$pid"; fi
  done
  nothing_is_wrong
  all_can_be_removed
}

@test "the monitor killed, then the first process: no end is told that nobody saw" {
  local pid
  gantry run -d --name unseen busybox sleep 100 >/dev/null
  pid=$(gantry inspect -f '{{.State.Pid}}' unseen)
  kill -KILL "$(awk '/^PPid/ {print $2}' "/proc/$pid/status")"
  kill -KILL "$pid"
  run -125 timeout 20 gantry wait unseen
  contains "$output" "not known"
  run -0 gantry inspect -f '{{.State.Running}}' unseen
  equal "$output" false
  all_can_be_removed
}

@test "a container whose monitor was killed starts again" {
  local pid
  gantry run -d --name again busybox sleep 100 >/dev/null
  pid=$(gantry inspect -f '{{.State.Pid}}' again)
  kill -KILL "$(awk '/^PPid/ {print $2}' "/proc/$pid/status")"
  gantry stop -t 0 again
  gantry start again
  run -0 gantry inspect -f '{{.State.Running}}' again
  equal "$output" true
  all_can_be_removed
}
