#!/usr/bin/env bats
# The commands about containers, as podman's users know them: what they print and their exit codes.

load ../support/common

setup() {
  make_world
  need_root
  ROOT=$(rootfs)
}

@test "create, start, logs, wait and rm speak as podman does" {
  run -0 gantry create --name job --rootfs "$ROOT" sh -c 'echo out; echo err >&2; exit 3'
  matches "$output" '^[0-9a-f]{64}$'
  local id=$output
  equal "$(gantry start job)" job
  equal "$(gantry wait job)" 3
  equal "$(gantry logs job 2>/dev/null)" out
  equal "$(gantry logs job 2>&1 >/dev/null)" err
  matches "$(gantry logs -t job 2>/dev/null)" '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z out$'
  equal "$(gantry ps -aq --no-trunc)" "$id"
  equal "$(gantry rm job)" job
  equal "$(gantry ps -aq)" ""
}

@test "ps lists in every format" {
  gantry run --name ended --rootfs "$ROOT" true
  gantry run -d --name web --label tier=front --rootfs "$ROOT" sleep 1000
  run -0 gantry ps
  matches "${lines[0]}" '^CONTAINER ID  IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES$'
  matches "${lines[1]}" '^[0-9a-f]{12}  .*sleep 1000 .* ago +Up .* web$'
  equal "${#lines[@]}" 2
  equal "$(gantry ps -a --format '{{.Names}}' | sort)" $'ended\nweb'
  matches "$(gantry ps -a --filter name=ended --format '{{.Status}}')" '^Exited \(0\) .* ago$'
  equal "$(gantry ps --noheading --format 'table {{.Names}}\t{{.Labels}}')" "web  tier=front"
  equal "$(gantry ps -a --filter status=exited --format '{{.Names}}')" ended
  equal "$(gantry ps --filter label=tier=front --format '{{.Names}}')" web
  equal "$(gantry ps -l --format '{{.Names}}')" web
  equal "$(gantry ps -n 2 -q | wc -l)" 2
  equal "$(gantry ps -a --format json | jq -r '.[] | select(.State == "running") | .Names[0]')" web
  equal "$(gantry ps --format '{{json .Names}}')" '"web"'
  run -125 gantry ps -a --format '{{.Nope}}'
  equal "$output" "gantry: option --format: there is no field '.Nope'"
}

@test "exec runs in the container and gives its exit code on" {
  gantry run -d --name web --rootfs "$ROOT" sleep 1000
  equal "$(gantry exec -e A=b -w /tmp web sh -c 'echo $A; pwd')" $'b\n/tmp'
  equal "$(echo hello | gantry exec -i web cat)" hello
  run -7 gantry exec web sh -c 'exit 7'
  run -127 gantry exec web no-such-command
  one_sentence "$output"
  run -126 gantry exec web /etc/passwd
  one_sentence "$output"
  run -125 gantry exec nobody true
  one_sentence "$output"
}

@test "run gives exit codes on" {
  run -5 gantry run --rm --rootfs "$ROOT" sh -c 'exit 5'
  run -127 gantry run --rm --rootfs "$ROOT" no-such-command
  one_sentence "$output"
  run -126 gantry run --rm --rootfs "$ROOT" /etc/passwd
  one_sentence "$output"
  run -125 gantry run --rm no-such-image true
  one_sentence "$output"
  equal "$(gantry ps -aq)" ""
}

@test "rm's exit codes tell what is missing from what is running" {
  gantry run -d --name web --rootfs "$ROOT" sleep 1000
  run -1 gantry rm missing
  one_sentence "$output"
  run -2 gantry rm web
  one_sentence "$output"
  run -0 gantry rm -f missing
  run -0 gantry rm --ignore missing
  run -0 gantry rm -f web
}

@test "several names are all worked on, and a failure is told" {
  gantry create --name a --rootfs "$ROOT" true
  gantry create --name b --rootfs "$ROOT" true
  run -1 --separate-stderr gantry rm a missing b
  equal "$output" $'a\nb'
  # shellcheck disable=SC2154 # set by run
  one_sentence "$stderr"
}

@test "stop and kill end containers" {
  gantry run -d --name one --rootfs "$ROOT" sleep 1000
  gantry run -d --name two --rootfs "$ROOT" sh -c 'trap "exit 9" USR1; echo up; while :; do sleep 0.05; done'
  eventually sh -c "gantry logs two | grep -q up"
  equal "$(gantry kill -s USR1 two)" two
  equal "$(gantry wait two)" 9
  equal "$(gantry stop -t 0 one)" one
  equal "$(gantry wait one)" 137
  run -0 gantry stop one
  run -125 gantry kill one
  one_sentence "$output"
  run -125 gantry stop missing
  run -0 gantry stop --ignore missing
}

@test "inspect prints an array, or fields by a template" {
  gantry create --name web --label a.b=c --rootfs "$ROOT" sleep 1000
  equal "$(gantry inspect web | jq -r '.[0].Name')" web
  equal "$(gantry inspect -f '{{.Name}} {{.State.Status}} {{index .Config.Labels "a.b"}}' web)" "web created c"
  equal "$(gantry container inspect -f '{{json .Config.Labels}}' web)" '{"a.b":"c"}'
  run -125 --separate-stderr gantry inspect web missing
  equal "$(jq length <<<"$output")" 1
  # shellcheck disable=SC2154 # set by run
  one_sentence "$stderr"
}

@test "container exists tells by its exit code" {
  gantry create --name web --rootfs "$ROOT" true
  run -0 gantry container exists web
  run -1 gantry container exists missing
  equal "$output" ""
}

@test "variables come from here, from files and from words" {
  printf '# comment\nA=file\nONLY_HERE\nB=file\n' >"$WORK/env"
  run -0 env ONLY_HERE=here STAR_1=x STAR_2=y gantry run --rm --env-file "$WORK/env" -e B=word -e 'STAR_*' -e ABSENT \
    --rootfs "$ROOT" env
  contains "$output" "A=file"
  contains "$output" "ONLY_HERE=here"
  contains "$output" "B=word"
  contains "$output" "STAR_1=x"
  contains "$output" "STAR_2=y"
  lacks "$output" ABSENT
}

@test "cidfile gets the id and is not overwritten" {
  local id
  id=$(gantry create --cidfile "$WORK/cid" --rootfs "$ROOT" true)
  equal "$(cat "$WORK/cid")" "$id"
  run -125 gantry create --cidfile "$WORK/cid" --rootfs "$ROOT" true
  one_sentence "$output"
  equal "$(gantry ps -aq | wc -l)" 1
}

@test "a volume may be named from the current folder" {
  mkdir "$WORK/data"
  echo content >"$WORK/data/file"
  equal "$(cd "$WORK" && gantry run --rm -v ./data:/data:ro --rootfs "$ROOT" cat /data/file)" content
}

@test "system check finds nothing wrong" {
  gantry run --rootfs "$ROOT" true
  equal "$(gantry system check)" "nothing is wrong"
  equal "$(gantry system check --format json | jq length)" 0
}

@test "info tells where things are" {
  equal "$(gantry info --format '{{.store.graphRoot}}')" "$WORK/root"
  equal "$(gantry info --format json | jq -r .store.runRoot)" "$WORK/run"
  contains "$(gantry info)" "graphRoot: $WORK/root"
}
