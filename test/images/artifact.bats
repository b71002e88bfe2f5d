#!/usr/bin/env bats
# Files that are no images, in registries with and without the referrers API.

# Functions that tests call use `run` too.
# shellcheck disable=SC2030,SC2031

load ../support/common
load remote

setup() {
  make_remote_world
  mkdir -p "$WORK/site/deep"
  echo hello >"$WORK/notes.txt"
  echo page >"$WORK/site/deep/index.html"
  ln -s deep/index.html "$WORK/site/link"
  head -c 1000000 /dev/urandom >"$WORK/model"
}
teardown() { end_remote_world; }

artifact() { gantry artifact "$1" --tls-verify=false "${@:2}"; }
raw() { skopeo inspect --raw --tls-verify=false "$1"; }

@test "what is pushed is pulled" {
  start_registry
  local digest
  digest=$(artifact push --artifact-type application/vnd.test --annotation a=b=c "$REGISTRY/files:1" \
    "$WORK/notes.txt:text/plain" "$WORK/model" "$WORK/site")
  equal "$(manifest_digest --tls-verify=false "docker://$REGISTRY/files:1")" "$digest"
  raw "docker://$REGISTRY/files:1" >"$WORK/manifest"
  jq -e '.artifactType == "application/vnd.test" and .annotations.a == "b=c" and
    .config.mediaType == "application/vnd.oci.empty.v1+json" and .config.data == "e30=" and
    (.layers | map(.mediaType) == ["text/plain", "application/octet-stream", "application/vnd.oci.image.layer.v1.tar+gzip"]) and
    (.layers | map(.annotations["org.opencontainers.image.title"]) == ["notes.txt", "model", "site"]) and
    .layers[2].annotations["io.deis.oras.content.unpack"] == "true"' "$WORK/manifest" >/dev/null || fail "$(cat "$WORK/manifest")"
  run -0 artifact pull -o "$WORK/out" "$REGISTRY/files:1"
  equal "$output" $'notes.txt\nmodel\nsite'
  cmp "$WORK/model" "$WORK/out/model"
  cmp "$WORK/notes.txt" "$WORK/out/notes.txt"
  diff -r --no-dereference "$WORK/site" "$WORK/out/site"
  # As oras unpacks it: with its own name in the tar.
  skopeo copy --quiet --src-tls-verify=false "docker://$REGISTRY/files:1" "oci:$WORK/copied:1"
  tar -tzf "$WORK/copied/blobs/sha256/$(jq -r '.layers[2].digest' "$WORK/manifest" | cut -d: -f2)" >"$WORK/list"
  equal "$(cat "$WORK/list")" $'site/\nsite/deep/\nsite/deep/index.html\nsite/link'
  run -125 artifact pull --keep-old-files -o "$WORK/out" "$REGISTRY/files:1"
  contains "$output" 'notes.txt is there already'
  equal "$(ls -A "$WORK/out")" $'model\nnotes.txt\nsite'
}

@test "equal files make equal artifacts, in registries and layouts" {
  export SOURCE_DATE_EPOCH=1700000000
  artifact push "oci:$WORK/layout:one" "$WORK/notes.txt" "$WORK/site" >"$WORK/one"
  touch "$WORK/site/deep"
  cp -r "$WORK/site" "$WORK/elsewhere"
  start_registry
  artifact push "docker://$REGISTRY/files" "$WORK/notes.txt" "$WORK/site" >"$WORK/two"
  cmp "$WORK/one" "$WORK/two"
  artifact pull -o "$WORK/out" "oci:$WORK/layout:one"
  diff -r --no-dereference "$WORK/site" "$WORK/out/site"
  run -125 artifact push "$REGISTRY/files" "$WORK/nothing"
  one_sentence "$output"
}

# attach_and_discover: with the registry that runs.
attach_and_discover() {
  local image first second
  make_layout
  publish app
  image=$(manifest_digest "oci:$WORK/layout:image")
  first=$(artifact attach --artifact-type application/spdx+json "$REGISTRY/app" "$WORK/notes.txt")
  second=$(artifact attach --artifact-type application/vnd.signature -a key=value "$REGISTRY/app@$first")
  artifact attach --artifact-type application/vnd.other "$REGISTRY/app" "$WORK/model" >/dev/null
  raw "docker://$REGISTRY/app@$second" | jq -e --arg first "$first" '.subject.digest == $first' >/dev/null
  run -0 artifact discover "$REGISTRY/app"
  equal "${lines[0]}" "$REGISTRY/app@$image"
  contains "$output" "── $first application/spdx+json"
  matches "$output" "(│| )   └── $second application/vnd.signature"
  equal "${#lines[@]}" 4
  artifact discover --format json --artifact-type application/spdx+json "$REGISTRY/app" >"$WORK/json"
  jq -e --arg first "$first" '.Referrers | length == 1 and .[0].Digest == $first' "$WORK/json" >/dev/null
  artifact pull -o "$WORK/out" "$REGISTRY/app@$first"
  cmp "$WORK/out/notes.txt" "$WORK/notes.txt"
  pull "$REGISTRY/app"
}

@test "attached files are discovered in a registry that knows referrers" {
  start_small_registry
  attach_and_discover
}

@test "attached files are discovered by tags in one that does not" {
  start_registry
  attach_and_discover
}

# hostile TITLE: an artifact in $WORK/layout whose file is called so.
hostile() {
  local manifest sum
  rm -rf "$WORK/layout"
  artifact push "oci:$WORK/layout:x" "$WORK/notes.txt" >/dev/null
  manifest=$(raw "oci:$WORK/layout:x" | jq -c --arg title "$1" '.layers[0].annotations["org.opencontainers.image.title"] = $title')
  sum=$(printf '%s' "$manifest" | sha256sum | cut -d' ' -f1)
  printf '%s' "$manifest" >"$WORK/layout/blobs/sha256/$sum"
  jq -c --arg digest "sha256:$sum" --argjson size ${#manifest} '.manifests[0] += {digest: $digest, size: $size}' \
    "$WORK/layout/index.json" >"$WORK/index" && mv "$WORK/index" "$WORK/layout/index.json"
}

@test "names that lead out lead nowhere" {
  mkdir "$WORK/out"
  ln -s "$WORK" "$WORK/out/away"
  hostile ../escaped
  run -125 artifact pull -o "$WORK/out" "oci:$WORK/layout:x"
  one_sentence "$output"
  hostile /absolute/file
  artifact pull -o "$WORK/out" "oci:$WORK/layout:x"
  [[ -e $WORK/out/absolute/file ]]
  hostile away/escaped
  artifact pull -o "$WORK/out" "oci:$WORK/layout:x" || true
  [[ ! -e $WORK/escaped ]]
  echo victim >"$WORK/victim"
  ln -s ../victim "$WORK/out/notes.txt"
  hostile notes.txt
  artifact pull -o "$WORK/out" "oci:$WORK/layout:x"
  equal "$(cat "$WORK/victim")" victim
  [[ ! -L $WORK/out/notes.txt ]]
}

@test "bytes that were changed on the way get no name" {
  start_registry
  artifact push "$REGISTRY/files:1" "$WORK/model" >/dev/null
  start_proxy "GET /blobs/ flip=5000"
  run -125 artifact pull -o "$WORK/out" "$PROXY/files:1"
  one_sentence "$output"
  equal "$(ls -A "$WORK/out")" ''
}
