#!/usr/bin/env bats
# What images and containers take, and getting it back; the history of images.

load ../support/common

setup() {
  make_world
  need_root
  need jq
  gantry image bootstrap --quiet busybox
}

# small NAME TEXT OPTION…: an image of one file.
small() {
  local name=$1
  mkdir -p "$WORK/small"
  echo "$2" >"$WORK/small/text"
  shift 2
  tar -C "$WORK/small" --mtime=@0 -c . | gantry import -q "$@" - "$name"
}

@test "history prints the steps, the last one first" {
  small app text -c 'CMD ["/bin/a-command-with-many-words", "one", "two"]' -m 'a comment'
  run -0 gantry history app
  matches "${lines[0]}" '^ID +CREATED +CREATED BY +SIZE +COMMENT$'
  matches "${lines[1]}" '^[0-9a-f]{12} +.* ago +gantry import - +[0-9.]+k?B +a comment$'
  equal "${#lines[@]}" 2
  equal "$(gantry history -q --no-trunc app)" "$(gantry inspect -f '{{.Id}}' app)"
  equal "$(gantry image history --human=false --format '{{.Size}}' app)" 10240
  equal "$(gantry history --format json app | jq -r '.[0] | "\(.size) \(.CreatedBy) \(.comment)"')" '10240 gantry import - a comment'
  run -125 gantry history missing
  one_sentence "$output"
}

@test "image prune takes what has no name, and with --all what no container needs" {
  small app old
  small app new
  equal "$(gantry image prune -f | wc -l)" 1
  equal "$(gantry images -q | wc -l)" 2
  gantry create --name web busybox >/dev/null
  run -0 gantry image prune --all --force
  equal "${#lines[@]}" 1
  equal "$(gantry images --format '{{.Repository}}')" localhost/busybox
  equal "$(gantry image prune -af)" ""
  run -0 gantry system check
}

@test "image prune asks first" {
  small app old
  equal "$(gantry image prune -a <<<n | grep -c 'Are you sure')" 1
  equal "$(gantry image prune -a </dev/null | grep -c '^[0-9a-f]\{64\}$')" 0
  equal "$(gantry images -q | wc -l)" 2
  gantry image prune -a <<<y
  equal "$(gantry images -q | wc -l)" 0
}

@test "image prune by filters" {
  small one 1 -c 'LABEL keep=yes'
  small two 2 -c 'LABEL keep=no'
  equal "$(gantry image prune -af --filter until=24h)" ""
  equal "$(gantry image prune -af --filter label=keep=no | wc -l)" 1
  equal "$(gantry image prune -af --filter label!=keep | wc -l)" 1 # busybox
  equal "$(gantry images --format '{{.Repository}}')" localhost/one
  run -125 gantry image prune -af --filter colour=red
  one_sentence "$output"
  equal "$(gantry images -q | wc -l)" 1
}

@test "container prune takes what does not run" {
  gantry run --name ended --network none busybox true
  gantry create --name made -l keep busybox
  gantry run -d --name runs --network none busybox sleep 1000
  equal "$(gantry container prune -f --filter label!=keep | wc -l)" 1
  equal "$(gantry ps -a --format '{{.Names}}' | sort | xargs)" 'made runs'
  equal "$(gantry container prune <<<y | grep -c '[0-9a-f]\{64\}$')" 1
  equal "$(gantry ps -a --format '{{.Names}}')" runs
  gantry rm -f runs
}

@test "system df tells sizes, and system prune gives back what it says" {
  small app text
  gantry run --name ended --network none busybox sh -c 'dd if=/dev/zero of=/file bs=1M count=2' 2>/dev/null
  run -0 gantry system df
  matches "${lines[0]}" '^TYPE +TOTAL +ACTIVE +SIZE +RECLAIMABLE$'
  matches "${lines[1]}" '^Images +2 +1 +[0-9.]+MB +[0-9.]+kB \([0-9]+%\)$'
  matches "${lines[2]}" '^Containers +1 +0 +2\.[0-9.]+MB +2\.[0-9.]+MB \(100%\)$'
  run -0 gantry system df -v
  matches "$output" 'localhost/app +latest +[0-9a-f]{12} .* 10.2kB +0B +2[0-9.]+kB +0'
  matches "$output" 'ended'
  run -0 gantry system prune --all --force
  contains "$output" "Deleted Containers"
  contains "$output" "Deleted Images"
  matches "$output" 'Total reclaimed space: [0-9.]+MB'
  equal "$(gantry system df --format json | jq -c '[.[] | .RawSize]')" '[0,0]'
  run -0 gantry system check
}

@test "layers that images share count once" {
  gantry tag busybox again
  small one same -c 'LABEL a=1'
  local before
  before=$(gantry system df --format '{{.RawSize}}' | head -1)
  small two same -c 'LABEL a=2'
  # A config and a manifest more, and no layer.
  [[ $(($(gantry system df --format '{{.RawSize}}' | head -1) - before)) -lt 3000 ]]
  matches "$(gantry system df -v)" 'localhost/two .* 10.2kB +10.2kB +[0-9.]+k?B +0'
}
