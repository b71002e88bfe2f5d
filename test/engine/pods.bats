# Pods.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  need jq
  gantry image bootstrap busybox >/dev/null
}

teardown() {
  gantry pod rm -fa >/dev/null 2>&1 || true
  end_world
}

state_of() { gantry pod inspect -f '{{.State}}' "$1"; }
is() { [[ $(state_of "$1") == "$2" ]]; }

@test "a pod is made, started, stopped and removed with its containers" {
  run -0 gantry pod create --name shop --label tier=front
  matches "$output" '^[0-9a-f]{64}$'
  equal "$(state_of shop)" Created
  gantry create --pod shop --name one busybox sleep 1000
  run -0 gantry run -d --pod shop --name two busybox sleep 1000
  equal "$(state_of shop)" Degraded
  run -0 gantry pod start shop
  equal "$output" shop
  equal "$(state_of shop)" Running
  equal "$(gantry ps -q | wc -l)" 3
  run -2 gantry pod rm shop
  contains "$output" "gantry pod rm -f shop"
  gantry pod stop -t 0 shop
  equal "$(state_of shop)" Exited
  gantry pod restart shop
  equal "$(state_of shop)" Running
  gantry pod kill shop
  eventually is shop Exited
  run -0 gantry pod rm shop
  matches "$output" '^[0-9a-f]{64}$'
  equal "$(gantry ps -aq)" ""
  run -1 gantry pod exists shop
}

@test "the containers of a pod share what it shares" {
  gantry pod create --name shop --share ipc,uts,pid
  gantry run -d --pod shop --name one busybox sleep 1000
  gantry run -d --pod shop --name two busybox sleep 2000
  contains "$(gantry exec one ps)" "sleep 2000"
  equal "$(gantry exec one readlink /proc/self/ns/ipc)" "$(gantry exec two readlink /proc/self/ns/ipc)"
  equal "$(gantry exec one hostname)" shop
  [[ $(gantry exec one readlink /proc/self/ns/mnt) != "$(gantry exec two readlink /proc/self/ns/mnt)" ]]
}

@test "a pod is listed, with what is in it" {
  gantry pod create --name shop
  gantry pod create --name empty --infra=false
  gantry run -d --pod shop --name web busybox sleep 1000
  run -0 gantry pod ps --format '{{.Name}} {{.Status}} {{.NumberOfContainers}}' --sort name
  equal "$output" $'empty Created 0\nshop Running 2'
  run -0 gantry pod ps --filter name=shop --format json
  equal "$(jq -r '.[0].Containers | length' <<<"$output")" 2
  run -0 gantry pod ps -q --filter ctr-names=web --no-trunc
  equal "$output" "$(gantry pod inspect -f '{{.Id}}' shop)"
  run -0 gantry ps --pod --format '{{.Names}} {{.PodName}}' --filter pod=shop --filter name=web
  equal "$output" "web shop"
  run -125 gantry pod ps --filter colour=red
  contains "$output" "no filter 'colour'"
}

@test "a container makes its pod" {
  run -0 gantry run -d --pod new:shop --name web busybox sleep 1000
  equal "$(state_of shop)" Running
  run -125 gantry run -d --pod new:shop busybox sleep 1000
  contains "$output" "is taken by another pod"
  run -125 gantry run -d --pod nothing busybox sleep 1000
  contains "$output" "no pod 'nothing'"
}

@test "a pod is paused as a whole" {
  need_cgroup freezer
  gantry run -d --pod new:shop busybox sleep 1000
  gantry pod pause shop
  equal "$(state_of shop)" Paused
  gantry pod unpause shop
  equal "$(state_of shop)" Running
}

@test "logs, top and stats of a pod" {
  gantry run -d --pod new:shop --name one busybox sh -c 'echo from one; exec sleep 1000'
  gantry run -d --pod shop --name two busybox sh -c 'echo from two; exec sleep 2000'
  eventually sh -c 'gantry pod logs shop | grep -q "from two"'
  run -0 gantry pod logs --names shop
  contains "$output" "one from one"
  contains "$output" "two from two"
  run -0 gantry pod top shop comm
  contains "$output" sleep
  run -0 gantry pod stats --no-stream --format '{{.Name}}' shop
  contains "$output" one
}

@test "pods that have ended are pruned" {
  gantry run -d --pod new:old busybox true
  gantry run -d --pod new:young busybox sleep 1000
  gantry pod stop -t 0 old
  gantry pod prune -f
  run -0 gantry pod ps --format '{{.Name}}'
  equal "$output" young
}

@test "the infra process is small" {
  gantry run -d --pod new:shop busybox sleep 1000
  local infra pid
  infra=$(gantry pod inspect -f '{{.InfraContainerID}}' shop)
  pid=$(gantry inspect -f '{{.State.Pid}}' "$infra")
  (($(awk '/^Pss:/ {print $2}' "/proc/$pid/smaps_rollup") <= 256))
}
