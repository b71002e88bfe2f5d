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
    run -0 --separate-stderr gantry image copy --tls-verify=false "$from" "docker://$REGISTRY/${from%%:*}"
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

@test "into the layout that is the store itself" {
  gantry image bootstrap busybox
  run -0 gantry image copy --quiet busybox "oci:$WORK/root:again"
  run -0 gantry image copy --quiet busybox "oci:$WORK/root:and-again"
  [[ -d $WORK/root/tmp ]]
  run -0 gantry system check
  equal "$output" "nothing is wrong"
}

@test "with networks that fail" {
  start_proxy "GET /blobs/$BIG drop=1000000 times=2"
  copy "docker://$PROXY/app" "oci:$WORK/a:app"
  diff -r "$WORK/a/blobs" "$WORK/layout/blobs"
  start_proxy "GET /blobs/$BIG flip=100"
  run -125 gantry image copy --quiet --tls-verify=false "docker://$PROXY/app" "oci:$WORK/b:app"
  one_sentence "$output"
  contains "$output" sha256
  run -125 gantry image copy --quiet --tls-verify=false "docker://$PROXY/app" "oci-archive:$WORK/b.tar:app"
  [[ ! -e $WORK/b.tar ]]
}

# media_types LOCATION OPTION…: of manifest, config and layers there, by skopeo.
media_types() { skopeo inspect --raw "$@" | jq -c '[.mediaType, .config.mediaType, (.layers[].mediaType)] | unique'; }

@test "compressed anew" {
  local to=docker://$REGISTRY/zstd oci=application/vnd.oci.image
  run -0 --separate-stderr gantry image copy --tls-verify=false --dest-compress-format zstd --dest-compress-level 5 "docker://$REGISTRY/app" "$to"
  equal "$output" "$(manifest_digest --tls-verify=false "$to")"
  equal "$(media_types --tls-verify=false "$to")" \
    "[\"$oci.config.v1+json\",\"$oci.layer.v1.tar+zstd\",\"$oci.manifest.v1+json\"]"
  # Others read it, and in it is what was in it before.
  skopeo copy --quiet --src-tls-verify=false "$to" "dir:$WORK/read"
  pull "$REGISTRY/zstd"
  is_whole "$REGISTRY/zstd"
  # And back, into an archive, which takes one blob at a time.
  copy --dest-compress-format gzip "$to" "oci-archive:$WORK/back.tar:app"
  equal "$(media_types "oci-archive:$WORK/back.tar")" \
    "[\"$oci.config.v1+json\",\"$oci.layer.v1.tar+gzip\",\"$oci.manifest.v1+json\"]"
  gantry load -q -i "oci-archive:$WORK/back.tar"
  nothing_unfinished
}

@test "with manifests of the other kind" {
  local docker=application/vnd.docker to=dir:$WORK/docker
  copy --format v2s2 "docker://$REGISTRY/app" "$to"
  equal "$(media_types "$to")" \
    "[\"$docker.container.image.v1+json\",\"$docker.distribution.manifest.v2+json\",\"$docker.image.rootfs.diff.tar.gzip\"]"
  skopeo copy --quiet "$to" "oci:$WORK/again:app"
  equal "$(skopeo inspect --config --raw "oci:$WORK/again:app")" "$(skopeo inspect --config --raw "oci:$WORK/layout:image")"
  run -0 gantry image copy -q --format oci "$to" "oci:$WORK/oci:app"
  equal "$(media_types "oci:$WORK/oci:app")" "$(media_types "oci:$WORK/layout:image" | sed 's/null,//; s/]$/,"application\/vnd.oci.image.manifest.v1+json"]/' | jq -c 'unique')"
  run -125 gantry image copy -q --tls-verify=false --format v2s2 --dest-compress-format zstd "docker://$REGISTRY/app" "dir:$WORK/no"
  one_sentence "$output"
  contains "$output" zstd
  [[ ! -e $WORK/no ]]
}

@test "an index whose images change" {
  local first second
  copy "docker://$REGISTRY/app" "oci:$WORK/multi:one"
  first=$(jq -c '.manifests[0] | {mediaType, digest, size, platform: {os: "linux", architecture: "amd64"}}' "$WORK/multi/index.json")
  second=$(jq -c '.platform.architecture = "arm64"' <<<"$first")
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s,%s]}' "$first" "$second" >"$WORK/index"
  local index
  index=$(sha256sum <"$WORK/index" | cut -d' ' -f1)
  cp "$WORK/index" "$WORK/multi/blobs/sha256/$index"
  jq -c --arg digest "sha256:$index" --argjson size "$(wc -c <"$WORK/index")" \
    '.manifests = [{mediaType: "application/vnd.oci.image.index.v1+json", digest: $digest, size: $size}]' \
    "$WORK/multi/index.json" >"$WORK/new" && mv "$WORK/new" "$WORK/multi/index.json"
  copy --all --dest-compress-format zstd "oci:$WORK/multi" "docker://$REGISTRY/all"
  skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/all" >"$WORK/copied"
  equal "$(jq -c '[.manifests[].platform.architecture]' "$WORK/copied")" '["amd64","arm64"]'
  equal "$(jq '[.manifests[].digest] | unique | length' "$WORK/copied")" 1
  contains "$(media_types --tls-verify=false "docker://$REGISTRY/all@$(jq -r '.manifests[0].digest' "$WORK/copied")")" tar+zstd
}

@test "--preserve-digests would rather fail" {
  copy --preserve-digests "docker://$REGISTRY/app" "oci:$WORK/same:app"
  copy --preserve-digests --format oci --dest-compress-format gzip "docker://$REGISTRY/app" "oci:$WORK/same:again"
  local option
  for option in "--format v2s2" "--dest-compress-format zstd"; do
    # shellcheck disable=SC2086  # an option and its value
    run -125 gantry image copy -q --tls-verify=false --preserve-digests $option "docker://$REGISTRY/app" "oci:$WORK/other:app"
    one_sentence "$output"
    contains "$output" 'would change'
  done
}

@test "several blobs at a time, and one" {
  start_proxy "GET /blobs/ delay=1"
  local start=$EPOCHREALTIME one several
  copy --jobs 1 "docker://$PROXY/app" "oci:$WORK/one:app"
  one=$((${EPOCHREALTIME/./} - ${start/./})) start=$EPOCHREALTIME
  copy --jobs 4 "docker://$PROXY/app" "oci:$WORK/several:app"
  several=$((${EPOCHREALTIME/./} - ${start/./}))
  # Four seconds, and one.
  ((several < one - 1500000)) || fail "$several microseconds, and one after another $one"
  diff -r "$WORK/one/blobs" "$WORK/several/blobs"
}

@test "uploads that break go on where they broke, several at a time" {
  local first=$REGISTRY
  start_registry
  start_proxy "PUT /blobs/ cut-upload=500000 times=2" "PATCH /blobs/ cut-upload=500000 times=2"
  copy "docker://$first/app" "docker://$PROXY/resumed"
  equal "$(manifest_digest --tls-verify=false "docker://$REGISTRY/resumed")" "$digest"
}

@test "a copy that was killed leaves nothing that the next one does not remove" {
  local pid
  start_proxy "GET /blobs/$BIG stall=1500000 times=1"
  gantry image copy --quiet --tls-verify=false "docker://$PROXY/app" "oci:$WORK/a:app" 3>&- &
  pid=$!
  eventually has_stalled
  kill -9 $pid
  wait $pid || true
  equal "$(jq -c .manifests "$WORK/a/index.json")" '[]'
  eventually no_transfer_left
  copy "docker://$PROXY/app" "oci:$WORK/a:app"
  diff -r "$WORK/a/blobs" "$WORK/layout/blobs"
  [[ ! -e $WORK/a/tmp ]]
}

has_stalled() { [[ $(requests "$PROXY_LOG" '.fault != null') -gt 0 ]]; }

# What copied single blobs ends with what started it.
no_transfer_left() { ! pgrep --full "image copy .*$WORK" >/dev/null; }

@test "a full disk" {
  local to
  for to in oci oci-archive dir docker-archive; do
    # In a mount namespace of its own, so that the host sees nothing of the small file system.
    run -0 unshare --mount --propagation private bash -c '
      mkdir -p "$WORK/small" && mount -t tmpfs -o size=2500k none "$WORK/small"
      gantry image copy --quiet --tls-verify=false "$1" "$2:$WORK/small/a"
      echo "exit $?"
      find "$WORK/small" -name "*tmp*"' bash "docker://$REGISTRY/app" $to
    contains "$output" 'No space left on device'
    contains "$output" 'exit 125'
    lacks "$output" "$WORK/small/"$'\n'
    lacks "$output" 'small/tmp'
  done
}
