#!/usr/bin/env bats
# Where the layers of a build lie: once, unpacked; their blobs are made for those who ask for them.

load ../support/common

setup() {
  make_world
  need busybox skopeo jq
  context=$WORK/context
  mkdir -p "$context"
  head -c 3000000 /dev/urandom >"$context/data"
  printf '%s\n' 'FROM scratch' 'COPY data /data' 'COPY Dockerfile /' >"$context/Dockerfile"
}

@test "a built layer has no blob beside it, and can be saved" {
  gantry build --quiet -t app "$context"
  run find "$WORK/root/blobs" -size +1M
  equal "$output" ""
  run -0 gantry system check
  lacks "$output" "not saved"
  gantry save --quiet --format oci-archive --output "$WORK/oci.tar" app
  gantry save --quiet --format docker-archive --output "$WORK/docker.tar" app
  run find "$WORK/root/blobs" -size +1M
  equal "$output" ""
  skopeo copy --quiet "oci-archive:$WORK/oci.tar" "dir:$WORK/dir"
  skopeo copy --quiet "docker-archive:$WORK/docker.tar" "dir:$WORK/dir2"
  equal "$(skopeo inspect --config "oci-archive:$WORK/oci.tar" | jq -c .rootfs.diff_ids)" \
    "$(skopeo inspect --config "docker-archive:$WORK/docker.tar" | jq -c .rootfs.diff_ids)"
  run -0 gantry --root "$WORK/other" --runroot "$WORK/other-run" load --quiet --input "$WORK/oci.tar"
}

@test "a layer that was changed on disk is not saved" {
  gantry build --quiet -t app "$context"
  local file
  file=$(find "$WORK/root/layers" -name data -size +1M)
  printf x >>"$file"
  run -125 gantry save --quiet --format oci-archive --output "$WORK/oci.tar" app
  contains "$output" "has been changed on disk"
}

@test "an ordinary user saves and copies what was built" {
  need_user
  chmod -R a+rX "$context"
  as_user gantry build --quiet -t app "$context"
  as_user gantry save --quiet --format oci-archive --output "$WORK/user/tmp/oci.tar" app
  as_user gantry image copy --quiet app "oci:$WORK/user/tmp/layout:app"
  skopeo copy --quiet "oci:$WORK/user/tmp/layout:app" "dir:$WORK/dir"
}

@test "a large file is read where it is copied, and what is above it stays cached" {
  need busybox
  gantry image bootstrap busybox >/dev/null
  truncate --size 40M "$context/large"
  printf '%s\n' 'FROM busybox' 'COPY large /large' 'RUN date +%N >/time' >"$context/Dockerfile"
  run -0 gantry build --progress plain "$context"
  run -0 gantry build --progress plain "$context"
  local first=${lines[-1]}
  equal "$(grep -c ' cached$' <<<"$output")" 2
  touch "$context/large"
  run -0 gantry build --progress plain "$context"
  equal "$(grep -c ' cached$' <<<"$output")" 1
  equal "${lines[-1]}" "$first"
}
