# Commands on containers through their life: pausing, restarting, renaming, waiting, and choosing several at once.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  gantry image bootstrap busybox >/dev/null
}

status_of() { gantry inspect -f '{{.State.Status}}' "$1"; }

@test "a paused container does nothing until it goes on" {
  need_cgroup freezer
  gantry run -d --name web busybox sh -c 'while :; do echo tick; sleep 0.02; done'
  eventually sh -c 'gantry logs web | grep -q tick'
  run -0 gantry pause web
  equal "$output" web
  equal "$(status_of web)" paused
  run -0 gantry ps --format '{{.Status}}'
  equal "$output" Paused
  local before
  before=$(gantry logs web | wc -l)
  sleep 0.2
  equal "$(gantry logs web | wc -l)" "$before"
  run -125 gantry pause web
  contains "$output" "is paused already"
  run -125 gantry exec web true
  contains "$output" "gantry unpause web"
  gantry unpause web
  equal "$(status_of web)" running
  run -125 gantry unpause web
  contains "$output" "is not paused"
}

@test "stop and rm -f end what is paused" {
  need_cgroup freezer
  gantry run -d --name one busybox sleep 1000
  gantry run -d --name two busybox sleep 1000
  gantry pause one two
  run -0 gantry stop -t 1 one
  equal "$(status_of one)" exited
  run -0 gantry rm -f two
  run -0 gantry ps -aq --filter name=two
  equal "$output" ""
}

@test "restart ends a container and starts it again" {
  gantry run -d --name web busybox sh -c 'echo up; exec sleep 1000'
  local first
  first=$(gantry inspect -f '{{.State.Pid}}' web)
  run -0 gantry restart -t 0 web
  equal "$output" web
  [[ $(gantry inspect -f '{{.State.Pid}}' web) != "$first" ]]
  equal "$(status_of web)" running
  gantry stop -t 0 web
  gantry restart web
  equal "$(status_of web)" running
}

@test "a container has another name after rename, and the old one is free" {
  gantry run -d --name web busybox sleep 1000
  gantry create --name other busybox true
  gantry rename web old
  equal "$(status_of old)" running
  run -125 gantry inspect web
  run -125 gantry rename old other
  contains "$output" "is taken"
  run -125 gantry rename old 'a b'
  contains "$output" "cannot be a container's name"
  gantry create --name web busybox true
}

@test "several are stopped at the same time" {
  local i
  for i in 1 2 3 4 5 6; do
    gantry run -d --name "s$i" busybox sh -c 'trap "sleep 1; exit 0" TERM; echo up; while :; do sleep 0.02; done'
  done
  eventually sh -c 'gantry logs s6 | grep -q up'
  local begin=$EPOCHREALTIME
  run -0 gantry stop s1 s2 s3 s4 s5 s6
  equal "$(sort <<<"$output" | tr '\n' ' ')" "s1 s2 s3 s4 s5 s6 "
  # One after another it would be six seconds.
  ((${EPOCHREALTIME/./} - ${begin/./} < 5000000)) || fail "it took from $begin to $EPOCHREALTIME"
  equal "$(gantry inspect -f '{{.State.ExitCode}}' s3)" 0
}

@test "what cannot be stopped does not keep the others from it" {
  gantry run -d --name web busybox sleep 1000
  run -125 gantry stop -t 0 web nothing
  contains "$output" "no container 'nothing'"
  equal "$(status_of web)" exited
  run -0 gantry stop --ignore nothing web
}

@test "containers are chosen by filter, cidfile, latest and all" {
  gantry run -d --name one --label tier=front busybox sleep 1000
  gantry run -d --name two --cidfile "$WORK/cid" busybox sleep 1000
  gantry run -d --name three busybox sleep 1000
  run -0 gantry stop -t 0 --filter label=tier=front
  equal "$(status_of one)" exited
  run -0 gantry kill --cidfile "$WORK/cid"
  eventually sh -c '[ "$(gantry inspect -f "{{.State.Status}}" two)" = exited ]'
  run -0 gantry restart -t 0 --latest
  equal "$(status_of three)" running
  gantry start --all
  equal "$(gantry ps -q | wc -l)" 3
  run -125 gantry stop --all one
  contains "$output" "exclude each other"
  run -125 gantry stop
  contains "$output" "no container is named"
  run -0 gantry rm -f --filter label=tier=front
  equal "$(gantry ps -aq | wc -l)" 2
  gantry rm -fa
  equal "$(gantry ps -aq | wc -l)" 0
}

@test "wait waits for a state" {
  gantry create --name web busybox sleep 1000
  gantry wait --condition running web >"$WORK/out" 3>&- &
  gantry start web
  wait $!
  equal "$(cat "$WORK/out")" -1
  run -0 gantry wait --ignore nothing
  equal "$output" -1
  run -125 gantry wait --condition dancing web
  contains "$output" "no state"
}

@test "top shows the processes as the container sees them" {
  gantry run -d --name web busybox sh -c 'sleep 1000 & exec sleep 2000'
  eventually sh -c 'gantry top web | grep -q "sleep 1000"'
  run -0 gantry top web
  matches "${lines[0]}" '^USER +PID +PPID +%CPU +ELAPSED +TTY +TIME +CMD$'
  matches "$output" 'root +1 +0 .*sleep 2000'
  run -0 gantry top web pid,comm
  matches "${lines[0]}" '^PID +COMMAND$'
  matches "${lines[1]}" '^1 +sleep$'
  run -0 gantry top web -o hpid
  equal "${lines[1]}" "$(gantry inspect -f '{{.State.Pid}}' web)"
  run -125 gantry top web shoe
  contains "$output" "no column 'shoe'"
}

@test "a container is killed when its time is over" {
  run -137 timeout 20 gantry run --timeout 1 busybox sleep 1000
}

@test "rm -f removes a container whose monitor was killed, and its end is told" {
  gantry run -d --name web busybox sleep 1000
  local monitor
  monitor=$(pgrep -f 'gantry-monitor [0-9]+ web$')
  kill -KILL "$monitor"
  run -0 gantry ps --format '{{.Names}}'
  run -0 timeout 20 gantry rm -f web
  run -0 gantry ps -aq
  equal "$output" ""
  run -0 gantry events --stream=false --filter event=remove --format '{{.Name}}'
  equal "$output" web
}
