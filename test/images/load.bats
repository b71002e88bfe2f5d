# `gantry load` of what other tools write.

load ../support/common
load peers

setup() {
  make_world
  need_root
  need buildah podman skopeo jq
}

# The image that make_peer_image made has come in whole.
is_loaded() {
  equal "$(image_id "$1")" "$(peer_id localhost/peer)"
  local -a layers
  mapfile -t layers < <(layer_folders "$1")
  equal ${#layers[@]} 2
  [[ ${layers[0]}/bin/sh -ef ${layers[0]}/bin/busybox ]] || fail "the hard link is gone"
  equal "$(stat -c %a:%u "${layers[0]}/stays")" 4711:0
  equal "$(cat "${layers[1]}/folder/above")" above
  equal "$(stat -c %t:%T "${layers[1]}/removed")" 0:0
  equal "$(stat -c %t:%T "${layers[1]}/folder/below")" 0:0
  nothing_unfinished
}

@test "what podman saves, in each of its formats" {
  make_peer_image localhost/peer
  local format
  for format in docker-archive oci-archive oci-dir docker-dir; do
    peer podman save --quiet --format $format -o "$WORK/$format" localhost/peer
    run -0 --separate-stderr gantry load -i "$WORK/$format"
    case $format in
      docker-dir) equal "$output" "Loaded image: sha256:$(peer_id localhost/peer)" ;;
      *) equal "$output" "Loaded image: localhost/peer:latest" ;;
    esac
    is_loaded localhost/peer:latest
  done
}

@test "what skopeo copies, with a transport named" {
  make_peer_image localhost/peer
  peer podman save --quiet --format oci-dir -o "$WORK/from" localhost/peer
  local to
  for to in "docker-archive:$WORK/a.tar:localhost/a:1" "oci-archive:$WORK/b.tar:localhost/b:1" \
    "oci:$WORK/c:localhost/c:1"; do
    skopeo copy --quiet "oci:$WORK/from" "$to"
    run -0 --separate-stderr gantry load -i "$to"
    equal "$output" "Loaded image: ${to#*:*:}"
    is_loaded "${to#*:*:}"
  done
  skopeo copy --quiet "oci:$WORK/from" "dir:$WORK/d"
  run -0 --separate-stderr gantry load -i "dir:$WORK/d"
}

@test "an archive with zstd layers" {
  make_peer_image localhost/peer
  peer podman save --quiet --format oci-dir -o "$WORK/from" localhost/peer
  skopeo copy --quiet --dest-compress-format zstd --dest-compress "oci:$WORK/from" "oci-archive:$WORK/z.tar:localhost/peer:latest"
  run -0 --separate-stderr gantry load -i "$WORK/z.tar"
  contains "$(skopeo inspect --raw "oci:$WORK/root:localhost/peer:latest")" tar+zstd
  is_loaded localhost/peer:latest
}

@test "archives on standard input and compressed ones" {
  make_peer_image localhost/peer
  peer podman save --quiet -o "$WORK/a.tar" localhost/peer
  run -0 --separate-stderr gantry load <"$WORK/a.tar"
  is_loaded localhost/peer:latest
  run -0 --separate-stderr bash -c 'cat "$WORK/a.tar" | gantry load'
  equal "$output" "Loaded image: localhost/peer:latest"
  local program
  for program in gzip xz bzip2 zstd lz4; do
    command -v $program >/dev/null || continue
    $program -c <"$WORK/a.tar" >"$WORK/a.tar.$program"
    run -0 --separate-stderr gantry load -i "$WORK/a.tar.$program"
    equal "$output" "Loaded image: localhost/peer:latest"
    run -0 --separate-stderr bash -c "cat '$WORK/a.tar.$program' | gantry load"
    equal "$output" "Loaded image: localhost/peer:latest"
  done
  is_loaded localhost/peer:latest
}

@test "an archive that is a docker-archive and an image layout at once, as Docker 25 saves" {
  make_peer_image localhost/peer
  peer podman save --quiet --format oci-dir -o "$WORK/both" localhost/peer
  local manifest config
  manifest=$(jq -r '.manifests[0].digest' "$WORK/both/index.json")
  config=$(jq -r .config.digest "$WORK/both/blobs/${manifest/://}")
  jq --arg name docker.io/library/peer:1 \
    '.manifests[0].annotations = {"io.containerd.image.name": $name, "org.opencontainers.image.ref.name": "1"}' \
    "$WORK/both/index.json" >"$WORK/index.json"
  mv "$WORK/index.json" "$WORK/both/index.json"
  jq -c --arg config "blobs/${config/://}" \
    '[{Config: $config, RepoTags: ["peer:1"], Layers: [.layers[].digest | sub(":"; "/") | "blobs/" + .]}]' \
    "$WORK/both/blobs/${manifest/://}" >"$WORK/both/manifest.json"
  tar -C "$WORK/both" -cf "$WORK/both.tar" .
  run -0 --separate-stderr gantry load -i "$WORK/both.tar"
  equal "$output" "Loaded image: docker.io/library/peer:1"
  is_loaded docker.io/library/peer:1
  run -0 --separate-stderr gantry load -i "docker-archive:$WORK/both.tar"
  is_loaded docker.io/library/peer:1
}

@test "a layout that umoci made" {
  need umoci
  umoci init --layout "$WORK/layout"
  umoci new --image "$WORK/layout:first"
  umoci unpack --image "$WORK/layout:first" "$WORK/bundle"
  mkdir -p "$WORK/bundle/rootfs/etc"
  echo umoci >"$WORK/bundle/rootfs/etc/who"
  umoci repack --image "$WORK/layout:1.0" "$WORK/bundle"
  run -0 --separate-stderr gantry load -i "oci:$WORK/layout:1.0"
  equal "$output" "Loaded image: localhost/1.0:latest"
  equal "$(cat "$(layer_folders localhost/1.0:latest)/etc/who")" umoci
}

@test "several images of one archive" {
  make_peer_image localhost/peer
  peer podman save --quiet -m -o "$WORK/a.tar" localhost/peer localhost/peer-base
  run -0 --separate-stderr gantry load -i "$WORK/a.tar"
  contains "$output" "Loaded image: localhost/peer:latest"
  contains "$output" "Loaded image: localhost/peer-base:latest"
  run -0 gantry load -q -i "docker-archive:$WORK/a.tar:localhost/peer"
  equal "$output" ""
}

@test "a layer that is here already is not unpacked again" {
  make_peer_image localhost/peer
  peer podman save --quiet -o "$WORK/base.tar" localhost/peer-base
  peer podman save --quiet -o "$WORK/a.tar" localhost/peer
  gantry load -q -i "$WORK/base.tar"
  local base inode
  base=$(layer_folders localhost/peer-base:latest)
  inode=$(stat -c %i "$base")
  gantry load -q -i "$WORK/a.tar"
  equal "$(layer_folders localhost/peer:latest | head -1)" "$base"
  equal "$(stat -c %i "$base")" "$inode"
}
