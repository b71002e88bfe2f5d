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
  gantry run -d --name polite busybox sh -c 'trap "exit 4" TERM; echo up; while :; do sleep 0.05; done'
  eventually sh -c "gantry logs polite | grep -q up"
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
  gantry run -d --name target busybox sh -c 'trap "exit 11" USR1; echo up; while :; do sleep 0.05; done'
  eventually sh -c "gantry logs target | grep -q up"
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

@test "create makes it, start runs it" {
  gantry create --name made busybox sh -c 'echo ran; exit 6'
  run -0 gantry ps -a --format '{{.Names}} {{.State}}'
  equal "$output" "made created"
  run -6 gantry start -a made
  equal "$output" ran
  run -0 gantry inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.State.Pid}}' made
  equal "$output" "exited 6 0"
}

@test "ps --format json is an array that a program can read" {
  gantry run -d --name shown --label colour=blue busybox sleep 60
  run -0 gantry ps --format json
  equal "$(jq -r '.[0] | .Names[0], .State, .Labels.colour, .Command[0]' <<<"$output" | tr '\n' ' ')" \
    "shown running blue sleep "
  [[ -d /proc/$(jq -r '.[0].Pid' <<<"$output") ]]
  gantry rm -f shown
  run -0 gantry ps -a --format json
  equal "$(jq -c . <<<"$output")" "[]"
}

@test "ps filters by name, label, state and exit code" {
  gantry run --name bad --label kind=job busybox sh -c 'exit 3' || true
  gantry run --name good --label kind=job busybox true
  gantry create --name idle busybox true
  listed() { gantry ps -a --format '{{.Names}}' --filter "$1" | sort | tr '\n' ' '; }
  equal "$(listed label=kind=job)" "bad good "
  equal "$(listed exited=3)" "bad "
  equal "$(listed status=created)" "idle "
  equal "$(listed name=goo)" "good "
}

@test "logs since a time leave out what came before" {
  gantry run --name talker busybox sh -c 'echo early; sleep 1.2; echo late'
  local time
  time=$(gantry logs -t talker | sed -n 's/ .*late$//p')
  run -0 gantry logs --since "$time" talker
  equal "$output" late
  run -0 gantry logs --since 1h talker
  equal "$output" "early"$'\n'"late"
}

@test "wait returns when the container ends, for each one that it is asked for" {
  gantry run -d --name three busybox sh -c 'sleep 0.3; exit 3'
  gantry run -d --name four busybox sh -c 'exit 4'
  run -0 timeout 20 gantry wait three four
  equal "$output" "3"$'\n'"4"
}

@test "a container is named by the start of its ID, if that is one alone" {
  local id
  id=$(gantry create busybox true)
  run -0 gantry inspect -f '{{.Id}}' "${id:0:8}"
  equal "$output" "$id"
  run -125 gantry inspect -f '{{.Id}}' ffffffffffffffff
}

@test "an image in use stays" {
  gantry create --name user busybox true
  run gantry rmi busybox
  ((status != 0)) || fail "removed"
  contains "$output" busybox
  gantry start -a user
}

@test "forty containers at a time" {
  local number
  for number in $(seq 40); do gantry run -d --name "n$number" busybox sleep 100 >/dev/null 3>&- & done
  wait
  equal "$(gantry ps --quiet | wc -l)" 40
  gantry rm -f -a >/dev/null
  equal "$(gantry ps -a --quiet)" ""
  run -0 gantry system check
  equal "$output" "nothing is wrong"
}
