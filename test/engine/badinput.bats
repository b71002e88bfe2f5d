# What cannot be run is refused with one sentence, and leaves nothing behind.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  need jq
}

bootstrap() { gantry image bootstrap busybox >/dev/null; }

nothing_left() {
  run -0 gantry ps --all --quiet
  equal "$output" ""
  run -0 gantry system check
  equal "$output" "nothing is wrong"
}

# refused PIECE COMMAND…: fails with 125 and one sentence that contains PIECE.
refused() {
  local piece=$1
  shift
  run -125 "$@"
  one_sentence "$output"
  contains "$output" "$piece"
}

# load_changed JQ-PROGRAM [OPTION…]: the image `changed`, busybox with another config.
load_changed() {
  bootstrap
  gantry save --format oci-dir -o "$WORK/oci" busybox
  gantry rmi busybox >/dev/null
  local blobs=$WORK/oci/blobs/sha256 manifest config
  manifest=$(jq -r '.manifests[0].digest' "$WORK/oci/index.json")
  config=$(jq -r '.config.digest' "$blobs/${manifest#*:}")
  jq -c "$1" "$blobs/${config#*:}" >"$WORK/config"
  config=$(put_blob "$WORK/config")
  jq -c --arg digest "$config" --argjson size "$(stat -c %s "$WORK/config")" \
    '.config.digest = $digest | .config.size = $size' "$blobs/${manifest#*:}" >"$WORK/manifest"
  manifest=$(put_blob "$WORK/manifest")
  jq -c --arg digest "$manifest" --argjson size "$(stat -c %s "$WORK/manifest")" \
    '.manifests[0] |= (.digest = $digest | .size = $size | del(.platform))
     | .manifests[0].annotations = {"org.opencontainers.image.ref.name": "localhost/changed:latest"}' \
    "$WORK/oci/index.json" >"$WORK/index"
  cp "$WORK/index" "$WORK/oci/index.json"
  gantry load -q "${@:2}" -i "$WORK/oci" >/dev/null
}

# put_blob FILE: prints its digest.
put_blob() {
  local digest
  digest=$(sha256sum <"$1" | cut -d' ' -f1)
  cp "$1" "$WORK/oci/blobs/sha256/$digest"
  echo "sha256:$digest"
}

@test "an image that is not there" {
  refused "no-such-image" gantry run --rm no-such-image true
  refused "no-such-image" gantry create no-such-image
  nothing_left
}

@test "a name that is none" {
  refused "UPPER" gantry run --rm UPPER/case true
  bootstrap
  refused "a/b" gantry run --name a/b busybox true
  nothing_left
}

@test "an image for another machine" {
  load_changed '.architecture = "s390x"' --platform linux/s390x
  refused s390x gantry run --rm changed true
  nothing_left
}

@test "an image whose user does not exist" {
  load_changed '.config.User = "ghost"'
  refused "ghost" gantry run --rm changed true
  nothing_left
}

@test "an image whose working directory leads out of it" {
  load_changed '.config.WorkingDir = "/a/../../b/./c"'
  run -0 gantry run --rm changed pwd
  equal "$output" /b/c
}

@test "an image whose environment is none" {
  load_changed '.config.Env = ["A=b=c", "NOEQUALS"]'
  refused NOEQUALS gantry run --rm changed true
  nothing_left
}

@test "a config in the store that is cut off or of zeros" {
  bootstrap
  local manifest config file
  manifest=$(jq -r '.manifests[0].digest' "$WORK/root/index.json")
  config=$(jq -r '.config.digest' "$WORK/root/blobs/sha256/${manifest#*:}")
  file=$WORK/root/blobs/sha256/${config#*:}
  cp "$file" "$WORK/good"
  local bytes
  for bytes in 0 10 $(($(stat -c %s "$file") - 1)); do
    head -c "$bytes" "$WORK/good" >"$file"
    refused "" gantry run --rm busybox true
  done
  head -c "$(stat -c %s "$WORK/good")" /dev/zero >"$file"
  refused "" gantry run --rm busybox true
  run -1 gantry system check
  contains "$output" "${config#*:}"
  cp "$WORK/good" "$file"
  gantry run --rm busybox true
  nothing_left
}

@test "a database that is none" {
  bootstrap
  gantry create --name made busybox >/dev/null
  mkdir "$WORK/saved"
  mv "$WORK/root"/gantry.db* "$WORK/saved"
  head -c 8192 /dev/urandom >"$WORK/root/gantry.db"
  refused "gantry.db" gantry ps
  refused "gantry.db" gantry run --rm busybox true
  rm "$WORK/root"/gantry.db*
  mv "$WORK/saved"/* "$WORK/root"
  gantry rm made
  nothing_left
}

@test "a full disk" {
  mkdir "$WORK/small"
  # In a mount namespace of its own, so that the host never sees the file system.
  # shellcheck disable=SC2016  # for the inner shell
  unshare --mount --propagation private bash -euc '
    mount -t tmpfs -o size=24m small "$WORK/small"
    own="gantry --root $WORK/small/root --runroot $WORK/small/run"
    $own image bootstrap busybox >/dev/null
    head -c 32m /dev/zero >"$WORK/small/fill" 2>/dev/null || true
    status=0
    $own run --rm busybox true >"$WORK/out" 2>&1 || status=$?
    echo "$status" >"$WORK/status"
    rm "$WORK/small/fill"
    $own run --rm busybox true
    $own ps -aq >"$WORK/list"
    $own system check >"$WORK/check"' 3>&-
  equal "$(cat "$WORK/status")" 125
  one_sentence "$(cat "$WORK/out")"
  contains "$(cat "$WORK/out")" full
  equal "$(cat "$WORK/list")" ""
  equal "$(cat "$WORK/check")" "nothing is wrong"
}

@test "options that contradict or name nothing" {
  bootstrap
  refused "lots" gantry run --rm --memory lots busybox true
  refused "NOSUCH" gantry run --rm --cap-add NOSUCH busybox true
  refused "nofile" gantry run --rm --ulimit nofile=x busybox true
  refused "no-such-network" gantry run --rm --network no-such-network busybox true
  refused "8080:80:70" gantry run --rm --network host -p 8080:80:70 busybox true
  refused "relative" gantry run --rm -v "$WORK:relative" busybox true
  refused "$WORK/missing" gantry run --rm --env-file "$WORK/missing" busybox true
  refused "ghost" gantry run --rm -u ghost busybox true
  refused "opt=1" gantry run --rm --security-opt opt=1 busybox true
  nothing_left
}

@test "a cidfile that exists is kept, and nothing runs" {
  bootstrap
  echo precious >"$WORK/cid"
  refused "$WORK/cid" gantry run --cidfile "$WORK/cid" busybox true
  equal "$(cat "$WORK/cid")" precious
  nothing_left
}
