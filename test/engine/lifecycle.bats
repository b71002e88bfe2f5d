# A container's life after its start.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  gantry image bootstrap busybox >/dev/null
}

@test "ps tells running ones, ps -a the rest" {
  gantry run -d --name one busybox sleep 60
  gantry run --name two busybox true
  run -0 gantry ps --format '{{.Names}}'
  equal "$output" one
  run -0 gantry ps -a --format '{{.Names}} {{.Status}}'
  contains "$output" "one Up"
  contains "$output" "two Exited (0)"
  gantry rm -f one two
}

@test "logs keep both outputs in order, with tail and timestamps" {
  gantry run --name talker busybox sh -c 'echo first; echo second >&2; echo third'
  run -0 gantry logs talker
  equal "$(sort <<<"$output" | tr '\n' ' ')" "first second third "
  run -0 gantry logs --tail 1 talker
  equal "${#lines[@]}" 1
  run -0 gantry logs -t talker
  matches "${lines[0]}" '^20[0-9][0-9]-.*T.*Z? .*(first|second)$'
  gantry rm talker
}

@test "logs -f ends with the container" {
  gantry run -d --name slow busybox sh -c 'echo a; sleep 0.5; echo b'
  run -0 timeout 20 gantry logs -f slow
  equal "$output" "a"$'\n'"b"
  gantry rm -f slow
}

@test "exec has the container's namespaces and a status of its own" {
  gantry run -d --name host busybox sleep 60
  run -5 gantry exec host sh -c 'exit 5'
  run -0 gantry exec host cat /proc/1/cmdline
  contains "$output" sleep
  run -127 gantry exec host no-such-command
  run -0 gantry exec -e X=y -w /tmp host sh -c 'echo $X; pwd'
  equal "$output" "y"$'\n'"/tmp"
  gantry rm -f host
  run -125 gantry exec host true
}

@test "stop asks first and kills then; wait tells the status" {
  gantry run -d --name polite busybox sh -c 'trap "exit 4" TERM; while :; do sleep 0.05; done'
  eventually sh -c "gantry exec polite true"
  gantry stop -t 10 polite
  run -0 gantry wait polite
  equal "$output" 4
  gantry run -d --name deaf busybox sh -c 'trap "" TERM; while :; do sleep 0.05; done'
  gantry stop -t 0 deaf
  run -0 gantry wait deaf
  equal "$output" 137
  gantry rm polite deaf
}

@test "a running container is not removed without force" {
  gantry run -d --name busy busybox sleep 60
  run -2 gantry rm busy
  one_sentence "$output"
  run -0 gantry rm -f busy
  run -1 gantry rm busy
}

@test "a stopped container starts again with what it wrote" {
  gantry run --name again busybox sh -c 'echo x >>/count; wc -l </count'
  run -0 gantry start -a again
  equal "$output" 2
  gantry rm again
}

@test "kill sends the signal that it is given" {
  gantry run -d --name target busybox sh -c 'trap "exit 11" USR1; while :; do sleep 0.05; done'
  eventually sh -c "gantry exec target true"
  gantry kill -s USR1 target
  run -0 gantry wait target
  equal "$output" 11
  gantry rm target
}

@test "inspect has the fields that scripts read" {
  gantry run -d --name seen busybox sleep 60
  local json
  json=$(gantry inspect seen)
  equal "$(jq -r '.[0].Name' <<<"$json")" seen
  equal "$(jq -r '.[0].State.Running' <<<"$json")" true
  equal "$(jq -r '.[0].State.Status' <<<"$json")" running
  matches "$(jq -r '.[0].Id' <<<"$json")" '^[0-9a-f]{64}$'
  equal "$(jq -r '.[0].ImageName' <<<"$json")" localhost/busybox:latest
  gantry rm -f seen
}

@test "two containers do not share a name" {
  gantry run --name same busybox true
  run -125 gantry run --name same busybox true
  one_sentence "$output"
  contains "$output" same
  gantry rm same
}
