#!/usr/bin/env bats
# Layers as EROFS images: how they are written, and what containers find in them.

load ../support/common
load peers

setup() {
  make_world
  need_root
  need fsck.erofs jq
}

# erofs COMPRESSION ARGUMENT…: gantry with layers that are compressed so.
erofs() {
  local compression=$1
  shift
  gantry --storage-driver erofs --storage-opt "erofs.compression=$compression" "$@"
}

# make_tar: $WORK/app.tar with the tools of busybox, words, noise, and a small file.
make_tar() {
  mkdir -p "$WORK/app/bin"
  cp "$(type -P busybox)" "$WORK/app/bin/busybox"
  ln -s busybox "$WORK/app/bin/sh"
  seq 1 300000 >"$WORK/app/words"
  head -c 300000 /dev/urandom >"$WORK/app/noise"
  echo small >"$WORK/app/small"
  tar -C "$WORK/app" -cf "$WORK/app.tar" .
  sums=$(cd "$WORK/app" && sha256sum words noise small bin/busybox)
}

# layer_images: the images of all layers.
layer_images() { find "$WORK/root/layers" -name layer.erofs; }

@test "layers are compressed, and containers find in them what was there" {
  make_tar
  local compression size plain
  erofs none import -q "$WORK/app.tar" app
  plain=$(stat -c %s "$(layer_images)")
  for compression in lz4 zstd; do
    gantry rmi app >"$WORK/removed"
    erofs $compression import -q "$WORK/app.tar" app
    size=$(stat -c %s "$(layer_images)")
    ((size < plain * 3 / 4)) || fail "$compression: $size of $plain bytes"
    [[ $compression != lz4 ]] || fsck.erofs --extract "$(layer_images)" >"$WORK/fsck" 2>&1 || fail "$(cat "$WORK/fsck")"
    run -0 gantry run --rm --network none app /bin/busybox sha256sum words noise small bin/busybox
    equal "$output" "$sums"
  done
  run -0 gantry system check
}

@test "what a container has written is compressed as well" {
  make_tar
  erofs lz4 import -q "$WORK/app.tar" app
  gantry run --name writer --network none app /bin/busybox sh -c 'busybox seq 1 300000 >more; busybox rm small'
  erofs lz4 commit -q writer more >"$WORK/id"
  gantry rm writer >"$WORK/removed"
  run -0 gantry run --rm --network none more /bin/busybox sh -c 'busybox cmp words more; busybox test ! -e small'
  equal "$(layer_images | wc -l)" 2
  local image
  for image in $(layer_images); do
    fsck.erofs --extract "$image" >"$WORK/fsck" 2>&1 || fail "$(cat "$WORK/fsck")"
    (($(stat -c %s "$image") < $(stat -c %s "$WORK/app.tar") * 3 / 4)) || fail "$image: $(stat -c %s "$image") bytes"
  done
}

@test "options that make no sense are refused" {
  make_tar
  run -125 erofs xz import "$WORK/app.tar" app
  one_sentence "$output"
  contains "$output" "option --storage-opt: erofs.compression: 'xz' is no compression of EROFS (use none, lz4 or zstd)"
  run -125 gantry --storage-driver overlay --storage-opt erofs.compression=lz4 import "$WORK/app.tar" app
  one_sentence "$output"
  contains "$output" "add --storage-driver erofs"
}

# sharing ARGUMENT…: gantry with layers that share data.
sharing() { gantry --storage-driver erofs --storage-opt erofs.dedup=on "$@"; }

# make_versions: $WORK/{one,two}.tar, of which the second has a file changed.
make_versions() {
  make_tar
  cp "$WORK/app.tar" "$WORK/one.tar"
  echo more >>"$WORK/app/words"
  tar -C "$WORK/app" -cf "$WORK/two.tar" .
  sums=$(cd "$WORK/app" && sha256sum words noise small bin/busybox)
}

# is_whole NAME: a container finds all files of the second version in it.
is_whole() {
  equal "$(gantry run --rm --network none "$1" /bin/busybox sha256sum words noise small bin/busybox)" "$sums"
}

@test "layers share what is equal, and stay as long as they are needed" {
  make_versions
  local compression
  for compression in none lz4; do
    sharing --storage-opt erofs.compression=$compression import -q "$WORK/one.tar" one
    sharing --storage-opt erofs.compression=$compression import -q "$WORK/two.tar" two
    equal "$(layer_images | xargs stat -c %s | awk '$1 < 200000' | wc -l)" 1
    is_whole two
    gantry rmi one >"$WORK/removed"
    equal "$(layer_images | wc -l)" 2
    is_whole two
    run -0 gantry system check
    equal "$output" "nothing is wrong"
    gantry rmi two >"$WORK/removed"
    equal "$(layer_images | wc -l)" 0
  done
}

@test "a layer that has lost what it shared is noticed" {
  make_versions
  sharing import -q "$WORK/one.tar" one
  sharing import -q "$WORK/two.tar" two
  gantry rmi one >"$WORK/removed"
  local image
  for image in $(layer_images); do [[ -L $image.1 ]] || mv "$image" "$WORK/lost"; done
  run gantry system check
  contains "$output" "it is damaged: a layer that it shares data with is gone or damaged"
  run ! gantry run --rm --network none two /bin/busybox true
  one_sentence "$output"
}
