#!/usr/bin/env bats
# bats file_tags=slow
# `gantry image copy` beside skopeo: every digest stays.

load ../support/common
load peers
load remote

setup() {
  make_remote_world
  make_layout
  start_registry
  publish app
  digest=$(manifest_digest "oci:$WORK/layout:image")
}
teardown() { end_remote_world; }

copy() { gantry image copy --quiet --tls-verify=false "$@"; }

@test "from a registry into every kind of file" {
  local to
  for to in "oci:$WORK/a:app" "oci-archive:$WORK/a.tar:app" "dir:$WORK/d"; do
    copy "docker://$REGISTRY/app" "$to"
    equal "$(manifest_digest "$to")" "$digest"
    skopeo copy --quiet "$to" "dir:$WORK/check"
  done
  diff -r "$WORK/a/blobs" "$WORK/layout/blobs"
  [[ ! -e $WORK/root/index.json ]] || nothing_left
}

@test "from every kind of file into a registry" {
  local from
  skopeo copy --quiet "oci:$WORK/layout:image" "oci-archive:$WORK/a.tar:app"
  skopeo copy --quiet "oci:$WORK/layout:image" "dir:$WORK/d"
  for from in "oci:$WORK/layout:image" "oci-archive:$WORK/a.tar:app" "dir:$WORK/d"; do
    run -0 gantry image copy --tls-verify=false "$from" "docker://$REGISTRY/${from%%:*}"
    equal "$output" "$digest"
    equal "$(manifest_digest --tls-verify=false "docker://$REGISTRY/${from%%:*}")" "$digest"
  done
}

@test "from one registry to another, and from the store" {
  local first=$REGISTRY
  start_small_registry
  copy "docker://$first/app" "docker://$REGISTRY/app:2"
  equal "$(manifest_digest --tls-verify=false "docker://$REGISTRY/app:2")" "$digest"
  pull "$first/app"
  copy "$first/app" "docker://$REGISTRY/stored"
  equal "$(manifest_digest --tls-verify=false "docker://$REGISTRY/stored")" "$digest"
  copy "$first/app" "oci:$WORK/stored:app"
  equal "$(manifest_digest "oci:$WORK/stored:app")" "$digest"
}

@test "into a layout that has other images, and again" {
  copy "docker://$REGISTRY/app" "oci:$WORK/a:one"
  copy "docker://$REGISTRY/app" "oci:$WORK/a:two"
  copy "docker://$REGISTRY/app" "oci:$WORK/a:two"
  equal "$(jq -c '[.manifests[].annotations["org.opencontainers.image.ref.name"]] | sort' "$WORK/a/index.json")" '["one","two"]'
}

@test "with networks that fail" {
  start_proxy "GET /blobs/$BIG drop=1000000 times=2"
  copy "docker://$PROXY/app" "oci:$WORK/a:app"
  diff -r "$WORK/a/blobs" "$WORK/layout/blobs"
  start_proxy "GET /blobs/$BIG flip=100"
  run -125 gantry image copy --tls-verify=false "docker://$PROXY/app" "oci:$WORK/b:app"
  one_sentence "$output"
  contains "$output" sha256
  run -125 gantry image copy --tls-verify=false "docker://$PROXY/app" "oci-archive:$WORK/b.tar:app"
  [[ ! -e $WORK/b.tar ]]
}
