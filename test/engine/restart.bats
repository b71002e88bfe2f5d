# Restart policies and health checks, both by the monitor.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  gantry image bootstrap busybox >/dev/null
}

field() { gantry inspect -f "{{.$2}}" "$1"; }
is() { [[ $(field "$1" "$2") == "$3" ]]; }
ran() { (($(gantry logs "$1" | wc -l) >= $2)); }
restarted() { (($(field "$1" RestartCount) >= $2)); }

@test "always: it starts again however it ends, until it is stopped" {
  gantry run -d --name web --restart always busybox sh -c 'echo run; exit 0'
  eventually restarted web 2
  gantry stop -t 0 web
  equal "$(field web State.Status)" exited
  local runs
  runs=$(gantry logs web | wc -l)
  ((runs >= 3)) || fail "it ran $runs times"
  sleep 0.5
  equal "$(gantry logs web | wc -l)" "$runs"
  equal "$(field web HostConfig.RestartPolicy.Name)" always
}

@test "on-failure: so often, and only after a failure" {
  gantry run -d --name good --restart on-failure busybox true
  gantry run -d --name bad --restart on-failure:2 busybox sh -c 'echo run; exit 3'
  eventually is bad RestartCount 2
  eventually is bad State.Status exited
  equal "$(gantry logs bad | wc -l)" 3
  equal "$(field bad State.ExitCode)" 3
  eventually is good State.Status exited
  equal "$(field good RestartCount)" 0
  gantry start bad
  eventually is bad State.Status exited
}

@test "a container that waits for its restart can be seen, started and removed" {
  gantry run -d --name web --restart always busybox false
  # Twice as long each time: the fifth wait is 1.6 seconds.
  eventually restarted web 4
  eventually is web State.Status restarting
  run -0 gantry ps -a --format '{{.Status}}'
  matches "$output" '^Restarting \(1\)'
  run -2 gantry rm web
  contains "$output" "about to be restarted"
  run -0 gantry rm -f web
  equal "$(gantry ps -aq)" ""
}

@test "what is wrong with --restart is told" {
  run -125 gantry run --rm --restart always busybox true
  contains "$output" "exclude each other"
  run -125 gantry run --restart never busybox true
  contains "$output" "on-failure[:TRIES]"
  run -125 gantry run --restart always:3 busybox true
  contains "$output" "takes no number"
}

@test "a check makes a container healthy, and unhealthy" {
  gantry run -d --name web --health-cmd 'test -e /well' --health-interval 100ms --health-retries 2 busybox sh -c \
    'touch /well; exec sleep 1000'
  eventually is web State.Health.Status healthy
  run -0 gantry ps --format '{{.Status}}'
  contains "$output" "(healthy)"
  equal "$(field web State.Health.FailingStreak)" 0
  run -0 gantry healthcheck run web
  gantry exec web rm /well
  eventually is web State.Health.Status unhealthy
  run -1 gantry healthcheck run web
  equal "$output" unhealthy
  run -0 gantry wait --condition unhealthy web
  run -0 gantry events --stream=false --filter event=health_status --format '{{.Attributes.health_status}}'
  equal "$output" healthy$'\n'unhealthy
}

@test "failures do not count in the start period" {
  gantry run -d --name web --health-cmd false --health-interval 50ms --health-retries 1 --health-start-period 1m \
    busybox sleep 1000
  eventually sh -c "gantry inspect web | grep -q '\"ExitCode\": 1'"
  equal "$(field web State.Health.Status)" starting
}

@test "a check that does not end has failed" {
  gantry run -d --name web --health-cmd 'sleep 1000' --health-interval disable --health-timeout 300ms busybox sleep 1000
  run -1 timeout 20 gantry healthcheck run web
  contains "$(gantry inspect web)" "took too long"
}

@test "an unhealthy container is killed, stopped or restarted if it was made so" {
  local action
  for action in kill stop restart; do
    gantry run -d --name "$action" --health-cmd false --health-interval 100ms --health-retries 1 --stop-timeout 0 \
      --health-on-failure "$action" busybox sleep 1000
  done
  eventually is kill State.Status exited
  eventually is stop State.Status exited
  eventually sh -c 'gantry events --stream=false --filter event=restart --filter container=restart | grep -q restart'
}

@test "a container without a check has no health" {
  gantry run -d --name web busybox sleep 1000
  run -125 gantry healthcheck run web
  contains "$output" "--health-cmd"
  lacks "$(gantry inspect web)" '"Health"'
}

@test "an idle monitor is small and alone" {
  gantry run -d --name web --restart always --health-cmd true --health-interval 1h busybox sleep 1000
  eventually is web State.Health.Status healthy
  local monitor pss
  monitor=$(pgrep -f 'gantry-monitor [0-9]+ web$')
  eventually sh -c "! pgrep -P $monitor -f gantry"
  pss=$(awk '/^Pss:/ {print $2}' "/proc/$monitor/smaps_rollup")
  ((pss <= 1024)) || fail "the monitor takes $pss kB"
}

@test "a restart by a failed health check, and rm -f at the same time: it stays removed" {
  local i
  for i in 1 2 3 4 5 6 7 8; do
    gantry run -d --name "sick$i" --health-cmd false --health-interval 30ms --health-retries 1 \
      --health-on-failure restart --stop-timeout 0 busybox sleep 1000 >/dev/null
    sleep "0.$((RANDOM % 3))"
    gantry rm -f "sick$i"
    run -1 gantry container exists "sick$i"
  done
  eventually sh -c "! pgrep -f 'gantry-monitor [0-9]+ sick'"
  equal "$(gantry ps -aq)" ""
  equal "$(gantry system check)" "nothing is wrong"
}

@test "a startup check goes first: the other one waits until it has passed" {
  gantry run -d --name web --health-cmd true --health-interval 100ms --health-startup-cmd 'test -e /ready' \
    --health-startup-interval 50ms --health-startup-success 2 busybox sleep 1000
  sleep 0.5
  equal "$(gantry inspect -f '{{.State.Health.Status}}' web)" starting
  gantry exec web touch /ready
  eventually is web State.Health.Status healthy
  gantry run -d --name slow --health-cmd true --health-startup-cmd false --health-startup-interval 50ms \
    --health-startup-retries 3 --stop-timeout 0 busybox sh -c 'echo run; sleep 1000'
  eventually ran slow 2
  run -125 --separate-stderr gantry create --health-startup-cmd true busybox
  contains "$stderr" "give --health-cmd too"
  run -125 --separate-stderr gantry create --health-cmd true --health-startup-retries 3 busybox
  contains "$stderr" "give --health-startup-cmd"
}

@test "several restarts of one container at the same time end, and it runs" {
  gantry run -d --name web busybox sleep 1000
  local i clients
  for i in 1 2 3 4; do
    clients=()
    for _ in 1 2 3; do
      timeout 30 gantry restart -t 0 web >/dev/null &
      clients+=($!)
    done
    wait "${clients[@]}"
    equal "$(field web State.Status)" running
  done
}
