#!/usr/bin/env bats
# Files of images that are in a registry: what comes over the network, and that it is what a container would see.

# Functions that tests call use `run` too.
# shellcheck disable=SC2030,SC2031

load ../support/common
load peers
load remote

setup() {
  make_remote_world
  make_files
  start_registry
}
teardown() { end_remote_world; }

image() { gantry image "$1" --tls-verify=false "${@:2}"; }

# layer NUMBER: $WORK/NUMBER.tar of the folder $WORK/parts/NUMBER, whose names are in a known order.
layer() { tar -C "$WORK/parts/$1" --sort=name -cf "$WORK/$1.tar" .; }

# make_files: $WORK/layout with the image `image` of three layers, and in $WORK/merged what a container of it sees.
make_files() {
  mkdir -p "$WORK"/parts/{1/usr/bin,1/etc/old,1/folder,1/opaque,2/etc,2/opaque,3}
  head -c 3000000 /dev/urandom >"$WORK/parts/1/usr/noise"
  echo shell >"$WORK/parts/1/usr/bin/sh"
  ln -s usr/bin "$WORK/parts/1/bin"
  ln "$WORK/parts/1/usr/bin/sh" "$WORK/parts/1/usr/bin/linked"
  ln -s ../../../../etc/name "$WORK/parts/1/usr/out"
  ln -s loop "$WORK/parts/1/loop"
  echo one >"$WORK/parts/1/etc/name"
  echo old >"$WORK/parts/1/etc/old/file"
  echo below >"$WORK/parts/1/folder/file"
  echo hidden >"$WORK/parts/1/opaque/hidden"
  echo two >"$WORK/parts/2/etc/name"
  head -c 2000000 /dev/urandom >"$WORK/parts/2/zz-more"
  touch "$WORK/parts/2/etc/.wh.old" "$WORK/parts/2/opaque/.wh..wh..opq"
  echo seen >"$WORK/parts/2/opaque/seen"
  echo top >"$WORK/parts/3/folder"
  head -c 1500000 /dev/urandom >"$WORK/parts/3/noise"
  layer 1 && layer 2 && layer 3
  skopeo copy --quiet "tarball:$WORK/1.tar:$WORK/2.tar:$WORK/3.tar" "oci:$WORK/layout:image"
  mkdir "$WORK/merged"
  cp -a "$WORK/parts/1/." "$WORK/merged"
  rm -r "$WORK"/merged/{etc/old,folder,opaque}
  cp -a "$WORK/parts/2/." "$WORK/merged"
  rm "$WORK/merged/etc/.wh.old" "$WORK/merged/opaque/.wh..wh..opq"
  cp -a "$WORK/parts/3/." "$WORK/merged"
}

# moved: bytes of blobs that the proxy has passed on since the last call, but for configs.
moved() {
  eventually all_requests_logged
  local all
  all=$(jq -n '[inputs | select(.path | contains("/blobs/")) | .sent] | add // 0' "$PROXY_LOG")
  MOVED=$((all - ${BEFORE:-0})) BEFORE=$all
}
# A broken off answer is logged when the registry notices.
all_requests_logged() { ! pgrep -f "gantry-transfer.*$WORK" >/dev/null; }

@test "cat stops at the file, from the top" {
  publish app
  start_proxy
  run -0 image cat "docker://$PROXY/app" /folder
  equal "$output" top
  moved
  ((MOVED < 200000)) || fail "moved $MOVED bytes"
  run -0 image cat "docker://$PROXY/app" etc/name
  equal "$output" two
  moved
  ((MOVED < 2000000)) || fail "moved $MOVED bytes"  # the top layer, and the start of the next
  image cat "docker://$PROXY/app" /usr/noise | cmp - "$WORK/parts/1/usr/noise"
}

@test "cat follows links inside the image, and says what is not there" {
  local place
  publish app
  for place in "docker://$REGISTRY/app" "oci:$WORK/layout:image"; do
    run -0 image cat "$place" /bin/sh /usr/bin/linked ../../usr/out
    equal "$output" $'shell\nshell\ntwo'
    run -125 image cat "$place" /etc/old/file
    one_sentence "$output"
    contains "$output" 'has no file /etc/old/file'
    run -125 image cat "$place" /opaque/hidden
    run -125 image cat "$place" /folder/file
    run -125 image cat "$place" /loop
    contains "$output" symlinks
    run -125 image cat "$place" /etc
    contains "$output" 'is a folder'
  done
}

@test "find lists what a container sees" {
  publish app
  run -0 image find "docker://$REGISTRY/app"
  equal "$output" "$(cd "$WORK/merged" && find . -mindepth 1 | cut -c2- | LC_ALL=C sort)"
  run -0 image find "docker://$REGISTRY/app" 'n*e'
  equal "$output" $'/etc/name\n/noise\n/usr/noise'
  run -0 image find --type l "docker://$REGISTRY/app" '/usr/*'
  equal "$output" /usr/out
  image find --format json "oci:$WORK/layout:image" linked | jq -e '.[0] | .Size == 6 and .Mode == "-rw-r--r--"' >/dev/null
  run -1 image find "docker://$REGISTRY/app" nothing
  equal "$output" ''
}

@test "extract takes files and folders out" {
  publish app
  image extract -o "$WORK/all" "docker://$REGISTRY/app"
  diff -r --no-dereference "$WORK/all" "$WORK/merged"
  [[ $WORK/all/usr/bin/sh -ef $WORK/all/usr/bin/linked ]]
  image extract -o "$WORK/some" "docker://$REGISTRY/app" /etc bin/linked
  equal "$(cd "$WORK/some" && find . -type f | sort)" $'./etc/name\n./usr/bin/linked'
  equal "$(cat "$WORK/some/usr/bin/linked")" shell
  image extract -o - "docker://$REGISTRY/app" /opaque | tar -tf - >"$WORK/list"
  equal "$(cat "$WORK/list")" $'opaque/\nopaque/seen'
  run -125 image extract -o "$WORK/none" "docker://$REGISTRY/app" /nowhere
  contains "$output" 'has no file /nowhere'
}

# reads_little NAME: what is needed of a layer with a table of contents, and no more.
reads_little() {
  BEFORE=0
  start_proxy
  run -0 image cat "docker://$PROXY/$1" /usr/bin/linked
  equal "$output" shell
  moved
  ((MOVED < 6500000 / 20)) || fail "moved $MOVED bytes"
  image cat "docker://$PROXY/$1" /usr/noise | cmp - "$WORK/parts/1/usr/noise"
  moved
  ((MOVED < 3200000)) || fail "moved $MOVED bytes"
  run -0 image find "docker://$PROXY/$1" 'n*e'
  equal "$output" $'/etc/name\n/noise\n/usr/noise'
  moved
  ((MOVED < 6500000 / 20)) || fail "moved $MOVED bytes"
  image extract -o "$WORK/all" "docker://$PROXY/$1"
  diff -r --no-dereference "$WORK/all" "$WORK/merged"
  rm -r "$WORK/all"
  run -0 image cat --no-index "docker://$PROXY/$1" /usr/bin/linked
  equal "$output" shell
}

# index_layout OPTION…: the image as an eStargz at $REGISTRY/app.
publish_stargz() {
  python3 -B "$GANTRY_SOURCE/test/support/estargz.py" "$WORK/layout" image stargz "$@"
  skopeo copy --quiet --dest-tls-verify=false "oci:$WORK/layout:stargz" "docker://$REGISTRY/app"
}

@test "of an eStargz only what is needed is fetched" {
  publish_stargz --chunk 500000
  run -0 image validate "docker://$REGISTRY/app"
  reads_little app
}

@test "of an eStargz whose small files share a member as well" {
  publish_stargz --chunk 500000 --pack 100000
  reads_little app
}

@test "of zstd:chunked layers as skopeo makes them as well" {
  # By way of a folder: writing such layers to a registry fails with skopeo 1.9.
  skopeo copy --quiet --dest-compress-format zstd:chunked "oci:$WORK/layout:image" "oci:$WORK/chunked:image"
  skopeo inspect --raw "oci:$WORK/chunked:image" | grep -q zstd-chunked ||
    skip "this skopeo makes no zstd:chunked layers"
  skopeo copy --quiet --dest-tls-verify=false "oci:$WORK/chunked:image" "docker://$REGISTRY/app"
  reads_little app
}

@test "a table of contents or a file that does not match its digest is refused" {
  publish_stargz
  local layer
  layer=$(skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/app" | jq -r '.layers[0].digest')
  start_proxy "GET /blobs/$layer flip=20"
  run -125 --separate-stderr image cat "docker://$PROXY/app" /usr/bin/sh
  # shellcheck disable=SC2154  # run sets it
  one_sentence "$stderr"
}

@test "a registry that knows no ranges is asked for the whole" {
  publish_stargz
  start_proxy "GET /blobs/ ignore-range"
  run -0 image cat "docker://$PROXY/app" /usr/bin/sh
  equal "$output" shell
}
