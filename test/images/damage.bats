# Bad input: one sentence that names the object, exit code 125, nothing left behind.

load ../support/common
load peers

setup() {
  make_world
  need_root
  need skopeo jq
}

# make_archives: docker.tar and oci.tar of busybox, the latter also as the folder oci; our store is then empty again.
make_archives() {
  gantry --root "$WORK/maker" image bootstrap --quiet busybox
  gantry --root "$WORK/maker" save -o "$WORK/docker.tar" busybox
  gantry --root "$WORK/maker" save --format oci-archive -o "$WORK/oci.tar" busybox
  gantry --root "$WORK/maker" save --format oci-dir -o "$WORK/oci" busybox
  manifest=$(jq -r '.manifests[0].digest | sub(":"; "/")' "$WORK/oci/index.json")
  config=$(jq -r '.config.digest | sub(":"; "/")' "$WORK/oci/blobs/$manifest")
  layer=$(jq -r '.layers[0].digest | sub(":"; "/")' "$WORK/oci/blobs/$manifest")
}

@test "an archive that is cut off, wherever" {
  make_archives
  local archive size part
  for archive in docker oci; do
    size=$(stat -c %s "$WORK/$archive.tar")
    for part in 0 1 100 511 513 1500 $((size / 4)) $((size / 2)) $((size - 2000)) $((size - 1025)); do
      head -c $part "$WORK/$archive.tar" >"$WORK/cut.tar"
      refused 'cut\.tar' gantry load -i "$WORK/cut.tar"
    done
    gzip -c "$WORK/$archive.tar" | head -c $((size / 5)) >"$WORK/cut.tar.gz"
    refused 'cut\.tar\.gz' gantry load -i "$WORK/cut.tar.gz"
    refused 'standard input' gantry load <"$WORK/cut.tar.gz"
  done
}

@test "a byte changed in the layer, the config or the manifest" {
  make_archives
  local blob
  for blob in "$layer" "$config" "$manifest"; do
    cp "$WORK/oci/blobs/$blob" "$WORK/saved"
    printf '~' | dd of="$WORK/oci/blobs/$blob" bs=1 seek=60 conv=notrunc status=none
    refused 'layer 1 of localhost/busybox:latest|has the digest' gantry load -i "$WORK/oci"
    cp "$WORK/saved" "$WORK/oci/blobs/$blob"
    truncate -s -1 "$WORK/oci/blobs/$blob"
    refused 'layer 1 of localhost/busybox:latest|bytes, not' gantry load -i "$WORK/oci"
    rm "$WORK/oci/blobs/$blob"
    refused "has no file blobs/$blob" gantry load -i "$WORK/oci"
    cp "$WORK/saved" "$WORK/oci/blobs/$blob"
  done
  gantry load -q -i "$WORK/oci"
}

@test "an index and a layout file that are not what they should be" {
  make_archives
  local text
  for text in '' '{' '[]' 'null' '{"schemaVersion":1,"manifests":[]}' '{"schemaVersion":2,"manifests":[{"size":"x"}]}' \
    '{"schemaVersion":2,"manifests":[]}' '{"schemaVersion":2,"manifests":5}'; do
    echo "$text" >"$WORK/oci/index.json"
    refused oci gantry load -i "$WORK/oci"
  done
  echo '{"imageLayoutVersion":"9"}' >"$WORK/oci/oci-layout"
  refused 'imageLayoutVersion' gantry load -i "$WORK/oci"
}

@test "a config with a wrong type" {
  make_archives
  mkdir "$WORK/docker"
  tar -C "$WORK/docker" -xf "$WORK/docker.tar"
  local name
  name=$(jq -r '.[0].Config' "$WORK/docker/manifest.json")
  cp "$WORK/docker/$name" "$WORK/config"
  local change
  for change in '.os = 5' '.rootfs.diff_ids = "x"' '.rootfs.diff_ids[0] = "sha256:short"' '.config.Env = {"A": 1}' 'del(.rootfs)'; do
    jq -c "$change" "$WORK/config" >"$WORK/docker/$name"
    tar -C "$WORK/docker" -cf "$WORK/wrong.tar" .
    refused '/os|/rootfs|/config/Env|rootfs' gantry load -i "$WORK/wrong.tar"
  done
}

@test "an image for another platform" {
  make_archives
  mkdir "$WORK/docker"
  tar -C "$WORK/docker" -xf "$WORK/docker.tar"
  local name
  name=$(jq -r '.[0].Config' "$WORK/docker/manifest.json")
  jq -c '.architecture = "s390x"' "$WORK/docker/$name" >"$WORK/config"
  mv "$WORK/config" "$WORK/docker/$name"
  tar -C "$WORK/docker" -cf "$WORK/foreign.tar" .
  refused 'linux/s390x, and this machine is linux/.* \(--platform linux/s390x' gantry load -i "$WORK/foreign.tar"
  refused 'made for linux/s390x, not for linux/riscv64' gantry load --platform riscv64 -i "$WORK/foreign.tar"
  gantry load -q --platform linux/s390x -i "$WORK/foreign.tar"
}

@test "what is no archive of an image" {
  gantry --root "$WORK/root" load -i /nowhere 2>/dev/null || true
  refused '/nowhere' gantry load -i /nowhere
  refused 'holds no image' gantry load -i "$BATS_TEST_DIRNAME"
  tar -cf "$WORK/root.tar" -C "$BATS_TEST_DIRNAME" .
  refused 'holds no image.*gantry import' gantry load -i "$WORK/root.tar"
  head -c 100000 /dev/urandom >"$WORK/noise"
  refused 'noise' gantry load -i "$WORK/noise"
  refused 'standard input' gantry load </dev/null
  refused 'noise' gantry import "$WORK/noise"
}

@test "a full disk" {
  make_archives
  local size
  for size in 600k 1500k 2500k 4000k; do
    # In a mount namespace of its own, so that the host sees nothing of the small file system.
    run -0 unshare --mount --propagation private bash -c '
      mkdir -p "$WORK/small" && mount -t tmpfs -o size=$1 none "$WORK/small"
      for archive in docker oci; do
        "$GANTRY_BIN/gantry" --root "$WORK/small/root" --runroot "$WORK/run" load -i "$WORK/$archive.tar" && echo loaded
        echo "exit $?"
        find "$WORK/small/root/tmp" -mindepth 1
        jq -c ".manifests | length" "$WORK/small/root/index.json"
      done' bash $size
    contains "$output" 'No space left on device (free some space and try again)'
    contains "$output" 'exit 125'
    lacks "$output" "/tmp/"
  done
}
