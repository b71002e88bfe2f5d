# Logs: drivers, rotation, several containers at once.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  need jq
  gantry image bootstrap busybox >/dev/null
}

log_of() { gantry inspect -f '{{.LogPath}}' "$1"; }

@test "json-file is docker's" {
  gantry run --name web --log-driver json-file busybox sh -c 'printf "a \"quoted\"\ttab\nhalf"; echo error >&2'
  run -0 jq -r 'select(.stream == "stdout").log' "$(log_of web)"
  equal "$output" $'a "quoted"\ttab\n\nhalf'
  run -0 --separate-stderr gantry logs web
  equal "$output" $'a "quoted"\ttab\nhalf'
  # shellcheck disable=SC2154  # of bats
  equal "$stderr" error
  equal "$(gantry inspect -f '{{.HostConfig.LogConfig.Type}}' web)" json-file
}

@test "none keeps nothing" {
  gantry run --name web --log-driver none busybox echo hello
  run -125 gantry logs web
  contains "$output" "has no log"
  run -125 gantry run --log-driver syslog busybox true
  contains "$output" "k8s-file"
}

@test "a log that has grown is rotated, and read from its older half on" {
  gantry run --name web --log-opt max-size=20k busybox sh -c 'i=0; while [ $i -lt 600 ]; do echo "line $i"; i=$((i+1)); done'
  local path
  path=$(log_of web)
  [[ -s $path.1 ]]
  (($(stat -c %s "$path") < 60000))
  equal "$(gantry logs web | tail -n 1)" "line 599"
  run -0 gantry logs --tail 3 web
  equal "$output" $'line 597\nline 598\nline 599'
  # What is left has no hole.
  equal "$(gantry logs web | wc -l)" "$((600 - $(gantry logs web | head -n 1 | cut -d ' ' -f 2)))"
}

@test "logs -f goes on over a rotation" {
  gantry run -d --name web --log-opt max-size=4k busybox sh -c \
    'i=0; while [ $i -lt 300 ]; do echo "line $i"; i=$((i+1)); sleep 0.003; done'
  run -0 timeout 30 gantry logs -f web
  equal "${lines[-1]}" "line 299"
}

@test "the log's path and its options" {
  gantry run --name web --log-opt path="$WORK/own.log" busybox echo hello
  matches "$(cat "$WORK/own.log")" ' stdout F hello$'
  run -125 gantry run --log-opt colour=red busybox true
  contains "$output" "no option 'colour'"
}

@test "logs of several containers, with names and colours" {
  gantry run --name one busybox echo from one
  gantry run --name two busybox echo from two
  run -0 gantry logs --names one two
  equal "$output" $'one from one\ntwo from two'
  run -0 gantry logs --color --names one
  equal "$output" $'\e[31mone\e[0m from one'
  run -0 timeout 20 gantry logs -f --names one two
  equal "$(sort <<<"$output")" $'one from one\ntwo from two'
  run -0 gantry logs --latest
  equal "$output" "from two"
}

@test "no line is lost of a container that writes as fast as it can" {
  gantry run --name web busybox sh -c 'yes 0123456789012345678901234567890123456789012345678901234567890123456 | head -n 300000'
  equal "$(gantry logs web | wc -l)" 300000
}
