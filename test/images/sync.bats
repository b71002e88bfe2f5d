#!/usr/bin/env bats
# bats file_tags=slow
# Files that name images: `image lock` writes digests into them, `image sync` copies what they list.

load ../support/common
load peers
load remote

setup() {
  make_remote_world
  make_layout
  start_registry
  digest=$(manifest_digest "oci:$WORK/layout:image")
}
teardown() { end_remote_world; }

image() { gantry image "$1" --tls-verify=false "${@:2}"; }

@test "lock writes digests, and nothing else changes" {
  publish app:1
  cat >"$WORK/in.yaml" <<YAML
# A deployment
apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      initContainers: [{name: i, image: "$REGISTRY/app:1"}]
      containers:
      - name:  web     # two blanks
        image: $REGISTRY/app:1   # pinned below
        args: ["--image", 'image: no']
---
data:
  text: |
    image: not-this-one
services:
  other: {image: '$REGISTRY/app@$digest'}
YAML
  sed -e "s|\"$REGISTRY/app:1\"|\"$REGISTRY/app:1@$digest\"|; s|app:1   # pinned|app:1@$digest   # pinned|" "$WORK/in.yaml" >"$WORK/expected"
  image lock "$WORK/in.yaml" | diff "$WORK/expected" -
  image lock -o "$WORK/out.yaml" - <"$WORK/in.yaml"
  diff "$WORK/expected" "$WORK/out.yaml"
  chmod 640 "$WORK/in.yaml"
  image lock --in-place "$WORK/in.yaml" "$WORK/out.yaml"
  diff "$WORK/expected" "$WORK/in.yaml"
  equal "$(stat -c %a "$WORK/in.yaml")" 640
  pull "$(sed -n 's/.*image: \(.*@sha256:[0-9a-f]*\)   #.*/\1/p' "$WORK/in.yaml")"
}

@test "lock leaves a file alone when an image is not there" {
  publish app:1
  printf 'a:\n  image: %s/app:1\nb:\n  image: %s/none:1\n' "$REGISTRY" "$REGISTRY" >"$WORK/in.yaml"
  cp "$WORK/in.yaml" "$WORK/before.yaml"
  run -125 image lock --in-place "$WORK/in.yaml"
  one_sentence "$output"
  contains "$output" 'in.yaml: line 4'
  cmp "$WORK/in.yaml" "$WORK/before.yaml"
  # shellcheck disable=SC2016  # a variable of compose
  printf 'a:\n  image: app:${TAG}\n' >"$WORK/in.yaml"
  run -0 --separate-stderr image lock "$WORK/in.yaml"
  # shellcheck disable=SC2154  # run sets it
  contains "$stderr" 'left as it is'
}

@test "sync copies what a file lists, as skopeo does" {
  local first=$REGISTRY
  publish team/app:1.0
  publish team/app:1.1
  publish team/app:2.0
  publish other:latest
  publish by/regex:keep-1
  publish by/regex:drop-1
  printf '%s:\n  tls-verify: false\n  images:\n    other: []\n  images-by-semver:\n    team/app: "^1.0"\n' "$first" >"$WORK/sync.yaml"
  printf '  images-by-tag-regex:\n    by/regex: ^keep\n' >>"$WORK/sync.yaml"
  run -0 image sync --dry-run "$WORK/sync.yaml" "dir:$WORK/ours"
  equal "${#lines[@]}" 4
  [[ ! -e $WORK/ours ]]
  start_registry
  run -0 image sync "$WORK/sync.yaml" "docker://$REGISTRY/mirror"
  contains "$output" "docker://$first/team/app:1.1 docker://$REGISTRY/mirror/app:1.1"
  equal "$(manifest_digest --tls-verify=false "docker://$REGISTRY/mirror/app:1.1")" "$digest"
  equal "$(image catalog "$REGISTRY" | sort)" $'mirror/app\nmirror/other\nmirror/regex'
  equal "$(image tags "$REGISTRY/mirror/app" | sort)" $'1.0\n1.1'
  equal "$(image tags "$REGISTRY/mirror/regex")" keep-1
  image sync "$WORK/sync.yaml" "dir:$WORK/ours" >/dev/null
  skopeo sync --src yaml --dest dir "$WORK/sync.yaml" "$WORK/theirs" 2>"$WORK/skopeo.log"
  rm -r "$WORK"/ours/app:*  # skopeo 1.9 knows no semver yet
  diff -r "$WORK/theirs" "$WORK/ours"
  image sync --scoped "$WORK/sync.yaml" "dir:$WORK/scoped" >/dev/null
  equal "$(manifest_digest "dir:$WORK/scoped/$first/team/app:1.0")" "$digest"
}

@test "sync goes on, or not, after an image that is not there" {
  publish app:1
  printf '%s:\n  images:\n    app: ["none", "1"]\n' "$REGISTRY" >"$WORK/sync.yaml"
  run -125 image sync "$WORK/sync.yaml" "dir:$WORK/a"
  [[ ! -e $WORK/a ]]
  run -125 image sync --keep-going "$WORK/sync.yaml" "dir:$WORK/a"
  equal "$(manifest_digest "dir:$WORK/a/app:1")" "$digest"
  run -0 image sync --append-suffix=-old "docker://$REGISTRY/app" "dir:$WORK/b"
  equal "$output" "docker://$REGISTRY/app:1 dir:$WORK/b/app:1-old"
}

@test "sync brings the images of a folder to a registry, as skopeo does" {
  local name
  for name in team/app:1 other:2; do
    publish "$name"
    image copy "docker://$REGISTRY/$name" "dir:$WORK/folder-${name##*:}" >/dev/null
  done
  mkdir -p "$WORK/all/team" "$WORK/all/empty"
  mv "$WORK/folder-1" "$WORK/all/team/app:1"
  mv "$WORK/folder-2" "$WORK/all/other:2"
  start_registry
  run -0 image sync "dir:$WORK/all/" "docker://$REGISTRY/ours"
  equal "$output" "dir:$WORK/all/other:2 docker://$REGISTRY/ours/other:2"$'\n'"dir:$WORK/all/team/app:1 docker://$REGISTRY/ours/app:1"
  image sync --scoped "dir:$WORK/all" "docker://$REGISTRY/ours/scoped" >/dev/null
  image sync "dir:$WORK/all/other:2" "docker://$REGISTRY/ours/one" >/dev/null
  skopeo sync --dest-tls-verify=false --src dir --dest docker "$WORK/all" "$REGISTRY/theirs" 2>"$WORK/skopeo.log"
  skopeo sync --dest-tls-verify=false --scoped --src dir --dest docker "$WORK/all" "$REGISTRY/theirs/scoped" 2>"$WORK/skopeo.log"
  skopeo sync --dest-tls-verify=false --src dir --dest docker "$WORK/all/other:2" "$REGISTRY/theirs/one" 2>"$WORK/skopeo.log"
  equal "$(image catalog "$REGISTRY" | grep ours | sort)" "$(image catalog "$REGISTRY" | grep theirs | sed s/theirs/ours/ | sort)"
  for name in app:1 other:2 scoped/team/app:1 scoped/other:2 one/other:2; do
    equal "$(manifest_digest --tls-verify=false "docker://$REGISTRY/ours/$name")" "$digest"
    equal "$(manifest_digest --tls-verify=false "docker://$REGISTRY/theirs/$name")" "$digest"
  done
  run -125 image sync "dir:$WORK/all/empty" "docker://$REGISTRY/none"
  contains "$output" 'no images of dir:'
  run -125 image sync "dir:$WORK/all" "dir:$WORK/again"
  one_sentence "$output"
}
