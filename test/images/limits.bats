#!/usr/bin/env bats
# What may come into a store, and bombs.

load ../support/common
load peers

setup() {
  make_world
  need_root
  need jq
}

# tar_of NAME SIZE: $WORK/NAME.tar with one file of that size, of noise.
tar_of() {
  mkdir -p "$WORK/parts"
  head -c "$2" /dev/urandom >"$WORK/parts/file"
  tar -C "$WORK/parts" -cf "$WORK/$1.tar" file
}

# is_refused PATTERN COMMAND…: with one sentence; what came so far is gone.
is_refused() {
  local pattern=$1
  shift
  run -125 "$@"
  one_sentence "$output"
  matches "$output" "$pattern"
  contains "$output" "--storage-opt"
  nothing_unfinished
  run -0 gantry system check
  equal "$output" "nothing is wrong"
}

@test "a store takes no more than its size" {
  tar_of small 100000
  tar_of large 1000000
  gantry --storage-opt size=500k import -q "$WORK/small.tar" small
  # Its blob and its unpacked layer, 103 kB each, are there.
  is_refused 'large.tar.* (takes|holds more than)' gantry --storage-opt size=500k import -q "$WORK/large.tar" large
  is_refused 'allowed|only' env STORAGE_OPTS=overlay.mountopt=nodev,size=500k "$WORK/bin/gantry" import -q "$WORK/large.tar" large
  gantry --storage-opt size=500k import -q "$WORK/small.tar" small
  gantry --storage-opt size=10m import -q "$WORK/large.tar" large
  equal "$(gantry images --format "{{.Repository}}" | grep -c localhost)" 2
}

@test "an image that is too large is refused before it is fetched" {
  tar_of large 1000000
  gantry --root "$WORK/maker" import -q "$WORK/large.tar" large
  gantry --root "$WORK/maker" save -q --format oci-dir -o "$WORK/large" large
  is_refused 'image localhost/large:latest takes 1MB or more, and the store may grow by 512kB only' \
    gantry --storage-opt size=500k load -q -i "$WORK/large"
  # Its blob has room, but not what it unpacks to.
  is_refused 'layer 1 of localhost/large:latest: .*it holds more than the [0-9]+ bytes allowed' \
    gantry --storage-opt size=1500k load -q -i "$WORK/large"
  gantry --storage-opt size=3m load -q -i "$WORK/large"
}

@test "a bomb of bytes" {
  mkdir "$WORK/parts"
  truncate -s 2G "$WORK/parts/zeros"
  tar -C "$WORK/parts" -c zeros | gzip -1 >"$WORK/bomb.tar.gz"
  is_refused 'holds more than the 10485760 bytes allowed' gantry --storage-opt layer.size=10m import -q "$WORK/bomb.tar.gz" bomb
  is_refused 'holds more than the 10485760 bytes allowed' \
    gantry --storage-driver erofs --storage-opt layer.size=10m import -q "$WORK/bomb.tar.gz" bomb
}

@test "a bomb of files" {
  mkdir "$WORK/parts"
  (cd "$WORK/parts" && seq 3000 | xargs touch)
  tar -C "$WORK/parts" -cf "$WORK/files.tar" .
  is_refused 'more than the 1000 entries allowed' gantry --storage-opt layer.files=1000 import -q "$WORK/files.tar" files
  is_refused 'more than the 1000 entries allowed' \
    gantry --storage-driver erofs --storage-opt layer.files=1000 import -q "$WORK/files.tar" files
  gantry --storage-opt layer.files=4000 import -q "$WORK/files.tar" files
}

@test "a limit that is not understood" {
  tar_of small 1000
  run -125 gantry --storage-opt color=red import "$WORK/small.tar" small
  one_sentence "$output"
  run -125 gantry --storage-opt size=much import "$WORK/small.tar" small
  one_sentence "$output"
}
