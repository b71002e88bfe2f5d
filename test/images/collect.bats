# What nothing needs any more goes, and nothing else does.

load ../support/common
load peers

setup() {
  make_world
  need skopeo jq
}

# small_image NAME TEXT: an image of one file.
small_image() {
  mkdir -p "$WORK/small"
  echo "$2" >"$WORK/small/text"
  tar -C "$WORK/small" -cf "$WORK/small-$1.tar" text
  gantry import -q "$WORK/small-$1.tar" "$1"
}

@test "rmi removes an image with its last name" {
  make_busybox
  small_image other text
  gantry tag busybox bb:1
  gantry rmi busybox
  run -0 gantry run --rm --network none bb:1 true
  gantry rmi bb:1
  equal "$(find "$WORK/root/layers/sha256" -mindepth 1 -maxdepth 1)" "$(dirname "$(layer_folders localhost/other:latest)")"
  equal "$(find "$WORK/root/blobs/sha256" -type f | wc -l)" 3
  run -0 gantry system check
}

@test "a name that moves leaves the old image without one" {
  small_image app old
  local old
  old=$(image_id localhost/app:latest)
  small_image app new
  [[ $(image_id localhost/app:latest) != "$old" ]]
  contains "$(gantry images --no-trunc -q)" "$old"
  gantry rmi "${old:0:12}"
  lacks "$(gantry images --no-trunc -q)" "$old"
  run -0 gantry system check
}

@test "images that come and go at the same time" {
  gantry --root "$WORK/maker" image bootstrap --quiet busybox
  gantry --root "$WORK/maker" save -o "$WORK/one.tar" busybox
  gantry --root "$WORK/maker" save --format oci-archive -o "$WORK/two.tar" busybox
  local worker pids=()
  for worker in 1 2 3; do
    (
      for round in 1 2 3 4 5 6; do
        echo "$worker $round" >"$WORK/text-$worker"
        tar -C "$WORK" -cf "$WORK/tar-$worker" "text-$worker"
        gantry import -q "$WORK/tar-$worker" "mine-$worker"
        gantry load -q -i "$WORK/$([[ $round == *[135] ]] && echo one || echo two).tar"
        gantry rmi "mine-$worker" >/dev/null
        gantry rmi --force busybox >/dev/null || true # another one was faster
      done
    ) &
    pids+=($!)
  done
  for worker in "${pids[@]}"; do wait "$worker"; done
  gantry load -q -i "$WORK/one.tar"
  run -0 gantry run --rm --network none busybox echo hello
  equal "$output" hello
  run -0 gantry system check
  nothing_unfinished
}

@test "check names a damaged image, and its repair removes that one alone" {
  make_busybox
  small_image broken text
  echo '{' >"$WORK/root/blobs/sha256/$(image_id localhost/broken:latest)"
  run ! gantry system check
  contains "$output" "image localhost/broken:latest"
  gantry system check --repair || true
  run -0 gantry system check
  run -0 gantry run --rm --network none busybox true
  run ! gantry run --rm --network none broken true
}
