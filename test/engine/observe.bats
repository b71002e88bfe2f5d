# ps with all that podman lists by, and what containers use.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  need jq
  gantry image bootstrap busybox >/dev/null
}

names() { gantry ps -a --format '{{.Names}}' "$@" | tr '\n' ' '; }

@test "ps lists by every filter" {
  gantry create --name first --label tier=front busybox true
  gantry run --name second busybox sh -c 'exit 3' || true
  gantry run -d --name third --restart always -v "$WORK:/data" busybox sleep 1000
  equal "$(names --filter name='^s')" "second "
  equal "$(names --filter label=tier=front)" "first "
  equal "$(names --filter 'label!=tier=front')" "third second "
  equal "$(names --filter exited=3)" "second "
  equal "$(names --filter status=running)" "third "
  equal "$(names --filter before=second)" "first "
  equal "$(names --filter since=second)" "third "
  equal "$(names --filter restart-policy=always)" "third "
  equal "$(names --filter volume=/data)" "third "
  equal "$(names --filter ancestor=busybox --filter name=i)" "third first "
  equal "$(names --filter until=1h)" ""
  run -125 gantry ps --filter colour=red
  contains "$output" "no filter 'colour'"
  run -125 gantry ps --filter 'name=['
  contains "$output" "regular expression"
}

@test "ps sorts, shows sizes and namespaces" {
  gantry run --name big busybox sh -c 'head -c 3000000 /dev/zero >/file'
  gantry run -d --name small busybox sleep 1000
  equal "$(names --sort names)" "big small "
  equal "$(names --sort size)" "small big "
  run -0 gantry ps -a --size --format '{{.Names}} {{.Size}}'
  matches "$output" 'big 3[.0-9]*MB \(virtual '
  run -0 gantry ps --ns --format '{{.PIDNS}}'
  equal "$output" "$(readlink "/proc/$(gantry inspect -f '{{.State.Pid}}' small)/ns/pid" | tr -dc 0-9)"
  run -0 gantry ps -a --size --format json
  jq -e 'map(select(.Names[0] == "big"))[0].Size.rwSize >= 3000000' <<<"$output"
}

@test "stats tells what a container uses" {
  gantry run -d --name web busybox sh -c 'while :; do :; done'
  sleep 0.3
  run -0 gantry stats --no-stream
  matches "${lines[0]}" '^ID +NAME +CPU % +MEM USAGE / LIMIT +MEM % +NET IO +BLOCK IO +PIDS +CPU TIME +AVG CPU %'
  matches "${lines[1]}" ' web '
  run -0 gantry stats --no-stream --format json web
  jq -e '.[0] | .name == "web" and .cpu_nanoseconds > 10000000 and .pids == "1" and .memory_limit_bytes > 0' <<<"$output"
  run -0 gantry stats --no-stream --format '{{.Name}} {{.PIDs}}'
  equal "$output" "web 1"
}

@test "stats warns of a container that its CPU limit holds back" {
  need_cgroup cpu
  gantry run -d --name web --cpus 0.01 busybox sh -c 'while :; do :; done'
  eventually sh -c 'gantry stats --no-stream web 2>&1 | grep -q "held back by its CPU limit"'
  run -0 gantry stats --no-stream --format '{{.Throttled}}' web
  matches "${lines[-1]}" '%$'
}
