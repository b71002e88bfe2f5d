#!/usr/bin/env bats
# bats file_tags=slow
# Several pulls at the same time, and pulls of what is here already.

load ../support/common
load peers
load remote

setup() { make_remote_world; }
teardown() { end_remote_world; }

has_stalled() { [[ $(requests "$PROXY_LOG" '.fault != null') -gt 0 ]]; }

# fetched: how often a blob was asked for, by way of the proxy.
fetched() { requests "$PROXY_LOG" '.method == "GET" and (.path | contains("/blobs/"))'; }

# is_claimed_by_two KIND: one process has a claim, and another waits for it.
is_claimed_by_two() {
  local file inode
  for file in "$WORK"/root/tmp/"$1"-*; do
    inode=$(stat -c %i "$file" 2>/dev/null) || continue
    grep -qE "^[0-9]+: -> FLOCK .*:$inode " /proc/locks && return
  done
  return 1
}

@test "pulls of one image at the same time fetch each blob once" {
  make_layout
  start_registry
  publish app
  start_proxy "GET /blobs/$BIG hold=$WORK/go"
  local pids=() pid
  for _ in 1 2 3; do
    gantry pull --quiet --tls-verify=false "$PROXY/app" 3>&- &
    pids+=($!)
  done
  eventually is_claimed_by_two image
  touch "$WORK/go"
  for pid in "${pids[@]}"; do wait "$pid"; done
  equal "$(fetched)" 4 # three layers and the config
  is_whole "$PROXY/app"
}

@test "images with a layer in common fetch it once" {
  make_layout
  start_registry
  publish app
  publish other
  start_proxy "GET /blobs/$BIG hold=$WORK/go"
  # The same layers in another manifest.
  skopeo copy --quiet --src-tls-verify=false --dest-tls-verify=false --format v2s2 "docker://$REGISTRY/app" "docker://$REGISTRY/other"
  gantry pull --quiet --tls-verify=false "$PROXY/app" 3>&- &
  local first=$!
  gantry pull --quiet --tls-verify=false "$PROXY/other" 3>&- &
  local second=$!
  eventually is_claimed_by_two layer
  touch "$WORK/go"
  wait $first
  wait $second
  equal "$(requests "$PROXY_LOG" ".method == \"GET\" and (.path | contains(\"/blobs/$BIG\"))")" 1
  is_whole "$PROXY/app"
  is_whole "$PROXY/other"
}

@test "when the first pull is killed the second one goes on" {
  make_layout
  start_registry
  publish app
  start_proxy "GET /blobs/$BIG stall=1500000 times=1"
  gantry pull --quiet --tls-verify=false "$PROXY/app" 3>&- &
  local first=$!
  eventually has_stalled
  gantry pull --quiet --tls-verify=false "$PROXY/app" 3>&- &
  local second=$!
  eventually is_claimed_by_two image
  kill -9 $first
  wait $first || true
  wait $second
  run -0 gantry system check # removes what the killed one left
  is_whole "$PROXY/app"
}

@test "when the first pull fails the second one goes on" {
  make_layout
  start_registry
  publish app
  start_proxy "GET /blobs/$BIG flip=100000 hold=$WORK/go times=1"
  run_in_background() { gantry pull --quiet --tls-verify=false "$PROXY/app" >"$WORK/$1" 2>&1 3>&- && echo yes >>"$WORK/$1"; }
  run_in_background one &
  run_in_background two &
  eventually is_claimed_by_two image
  touch "$WORK/go"
  wait
  equal "$(cat "$WORK/one" "$WORK/two" | grep -c '^yes$')" 1
  is_whole "$PROXY/app"
}

@test "a collection in the middle of a pull takes nothing from it" {
  make_layout
  start_registry
  publish app
  start_proxy "GET /blobs/$BIG hold=$WORK/go"
  make_busybox
  gantry pull --quiet --tls-verify=false "$PROXY/app" 3>&- &
  local pid=$!
  eventually is_held
  gantry rmi busybox
  touch "$WORK/go"
  wait $pid
  is_whole "$PROXY/app"
}

is_held() { compgen -G "$WORK/root/tmp/layer-*" >/dev/null; }

@test "a second pull fetches no blob" {
  make_layout
  start_registry
  publish app
  start_proxy
  pull "$PROXY/app"
  equal "$(fetched)" 4
  pull "$PROXY/app"
  equal "$(fetched)" 4
}

@test "a damaged config is fetched again, and is whole then" {
  make_layout
  start_registry
  publish app
  pull "$REGISTRY/app"
  local config
  config=$WORK/root/blobs/sha256/$(image_id "$REGISTRY/app:latest")
  printf '~' | dd of="$config" bs=1 conv=notrunc status=none
  run -125 gantry run --rm --network none "$REGISTRY/app" true
  pull "$REGISTRY/app"
  is_whole "$REGISTRY/app"
}
