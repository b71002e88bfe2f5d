# `gantry save`, read by other tools, and the store itself, which they read in place.

load ../support/common
load peers

setup() {
  make_world
  need_root
  need skopeo jq
  make_busybox
}

@test "skopeo reads every format, and the image keeps its id" {
  local id format transport
  id=$(image_id localhost/busybox:latest)
  for format in docker-archive:docker-archive oci-archive:oci-archive oci-dir:oci docker-dir:dir; do
    transport=${format#*:} format=${format%:*}
    gantry save --format "$format" -o "$WORK/$format" busybox
    equal "$(skopeo inspect --raw "$transport:$WORK/$format" | jq -r .config.digest)" "sha256:$id"
    skopeo copy --quiet "$transport:$WORK/$format" "dir:$WORK/copy-$format"
  done
}

@test "podman loads what we save" {
  need podman
  local format
  for format in docker-archive oci-archive; do
    gantry save --format $format -o "$WORK/$format" busybox
    peer podman load --quiet -i "$WORK/$format"
    equal "$(peer_id localhost/busybox)" "$(image_id localhost/busybox:latest)"
    peer podman rmi --force localhost/busybox
  done
}

@test "podman loads several images from one archive" {
  need podman
  tar -cf "$WORK/root.tar" -C "$BATS_TEST_DIRNAME" save.bats
  gantry import -q "$WORK/root.tar" other:2
  gantry save -m busybox other:2 | peer podman load --quiet
  peer podman image exists localhost/busybox:latest
  peer podman image exists localhost/other:2
  run -125 gantry save busybox other:2 -o "$WORK/two.tar"
  equal "$output" "gantry: several images are named (-m puts them into one archive)"
}

@test "an archive goes through a pipe and back" {
  gantry save busybox | gzip >"$WORK/busybox.tar.gz"
  gantry --root "$WORK/second" load -q -i "$WORK/busybox.tar.gz"
  equal "$(skopeo inspect --raw "oci:$WORK/second:localhost/busybox:latest" | jq -r .config.digest)" \
    "sha256:$(image_id localhost/busybox:latest)"
}

@test "a failed save leaves the old file and nothing else" {
  echo old >"$WORK/out.tar"
  local blob
  blob=$(skopeo inspect --raw "oci:$WORK/root:localhost/busybox:latest" | jq -r '.layers[0].digest')
  printf 'x' | dd of="$WORK/root/blobs/${blob/://}" bs=1 seek=1000 conv=notrunc status=none
  run -125 gantry save --quiet -o "$WORK/out.tar" busybox
  one_sentence "$output"
  equal "$(cat "$WORK/out.tar")" old
  equal "$(find "$WORK" -maxdepth 1 -name 'out.tar*')" "$WORK/out.tar"
}

@test "umoci and skopeo read the store in place" {
  need umoci
  equal "$(umoci list --layout "$WORK/root")" localhost/busybox:latest
  umoci unpack --image "$WORK/root:localhost/busybox:latest" "$WORK/bundle"
  diff -r --no-dereference "$WORK/bundle/rootfs" "$(layer_folders localhost/busybox:latest)"
  skopeo copy --quiet "oci:$WORK/root:localhost/busybox:latest" "docker-archive:$WORK/copy.tar:localhost/copy:1"
}

@test "an image that skopeo puts into the store is known to us" {
  gantry save --format oci-dir -o "$WORK/layout" busybox
  skopeo copy --quiet "oci:$WORK/layout" "oci:$WORK/root:localhost/put:1"
  gantry save -o "$WORK/put.tar" put:1
  equal "$(skopeo inspect --raw "docker-archive:$WORK/put.tar" | jq -r .config.digest)" \
    "sha256:$(image_id localhost/busybox:latest)"
}
