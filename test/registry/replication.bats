#!/usr/bin/env bats
# bats file_tags=slow
# Repositories that are kept the same here and in Debian's docker-registry.

load ../support/common
load serving

# begin_other: the other registry. Sets OTHER; REGISTRY stays free for ours.
begin_other() {
  make_layout
  start_registry
  OTHER=$REGISTRY
  unset REGISTRY
}

# replicate LINE…: ours, with one rule.
replicate() {
  local line
  {
    printf 'replication:\n- every: 1s\n'
    for line in "$@"; do printf '  %s\n' "$line"; done
  } >"$WORK/config.yaml"
  serve --config "$WORK/config.yaml" --audit-log "$WORK/audit"
}
there() { [[ $(curl -s -o /dev/null -w '%{http_code}' "http://$1/v2/$2/manifests/$3" -H 'Accept: application/vnd.oci.image.manifest.v1+json' -H 'Accept: application/vnd.oci.image.index.v1+json') == 200 ]]; }

# layer: the digest of the image's first layer.
layer() {
  jq -r '.layers[0].digest' "$WORK/layout/blobs/sha256/$(jq -r '.manifests[0].digest' "$WORK/layout/index.json" | cut -d: -f2)"
}

@test "what is pushed here comes to the other registry, under another name, by tag" {
  begin_other
  replicate "to: http://$OTHER/backup" 'repositories: team/*' 'tags: [v*]'
  skopy "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:v1"
  skopy "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:dev"
  skopy "oci:$WORK/layout:image" "docker://$REGISTRY/other/app:v1"
  eventually there "$OTHER" backup/team/app v1
  skopy "docker://$OTHER/backup/team/app:v1" "oci:$WORK/back:image"
  diff -r "$WORK/layout/blobs" "$WORK/back/blobs"
  equal "$(curl -s "http://$OTHER/v2/_catalog" | jq -c .repositories)" '["backup/team/app"]'
  equal "$(skopeo list-tags --tls-verify=false "docker://$OTHER/backup/team/app" | jq -c .Tags)" '["v1"]'
  skopy --format v2s2 "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:v1"
  moved() { [[ $(skopeo inspect --raw --tls-verify=false "docker://$OTHER/backup/team/app:v1" | jq -r .mediaType) == *docker* ]]; }
  eventually moved
  contains "$(jq -r 'select(.who == "replication") | .action' "$WORK/audit")" "team/app:v1 pushed to $OTHER/backup/team/app:v1"
}

@test "what is in the other registry comes here, an index and its images too" {
  begin_other
  skopy "oci:$WORK/layout:image" "docker://$OTHER/team/app:1"
  skopeo inspect --raw --tls-verify=false "docker://$OTHER/team/app:1" >"$WORK/manifest"
  jq -n --arg digest "sha256:$(sha256sum <"$WORK/manifest" | cut -d' ' -f1)" --argjson size "$(stat -c %s "$WORK/manifest")" \
    '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [{mediaType:
    "application/vnd.oci.image.manifest.v1+json", $digest, $size, platform: {os: "linux", architecture: "amd64"}}]}' \
    >"$WORK/index"
  curl -sf -T "$WORK/index" -H 'Content-Type: application/vnd.oci.image.index.v1+json' "http://$OTHER/v2/team/app/manifests/all"
  skopy "oci:$WORK/layout:image" "docker://$OTHER/other/app:1"
  replicate "from: http://$OTHER/team" 'prefix: copy' 'repositories: copy/*'
  eventually there "$REGISTRY" copy/app all
  skopy --all "docker://$REGISTRY/copy/app:all" "dir:$WORK/all"
  cmp "$WORK/index" "$WORK/all/manifest.json"
  equal "$(curl -s "http://$REGISTRY/v2/_catalog" | jq -c .repositories)" '["copy/app"]'
  gantry registry fsck --storage "$STORAGE"
}

@test "a transfer that breaks goes on where it broke, and a new start copies no blob twice" {
  begin_other
  skopy "oci:$WORK/layout:image" "docker://$OTHER/team/app:1"
  REGISTRY=$OTHER start_proxy "GET /blobs/$(layer) drop=100000 times=1" "GET /manifests/sha256 status=500 times=1"
  replicate "from: http://$PROXY" 'repositories: team/app'
  eventually there "$REGISTRY" team/app 1
  contains "$(jq -r 'select(.range != null and .range != "") | .range' "$PROXY_LOG")" 'bytes=100000-'
  stop_serving KILL
  serve --config "$WORK/config.yaml" --audit-log "$WORK/audit"
  skopy --format v2s2 "docker://$OTHER/team/app:1" "docker://$OTHER/team/app:2"
  eventually there_too
  equal "$(requests "$PROXY_LOG" ".method == \"GET\" and (.path | contains(\"$(layer)\"))")" 2
}
there_too() { [[ $(ask -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' /v2/team/app/manifests/2) == 200 ]]; }

@test "a push that breaks goes on" {
  begin_other
  REGISTRY=$OTHER start_proxy "PATCH /blobs/uploads cut-upload=50000 times=1"
  replicate "to: http://$PROXY" 'repositories: team/*'
  skopy "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:1"
  eventually there "$OTHER" team/app 1
  skopy "docker://$OTHER/team/app:1" "oci:$WORK/back:image"
  diff -r "$WORK/layout/blobs" "$WORK/back/blobs"
}

@test "what is wrong with a rule is said in a sentence" {
  local bad
  for bad in '{repositories: a}' '{to: "http://a"}' '{to: "http://a", from: "http://b", repositories: a}' \
    '{to: nonsense, repositories: a}' '{to: "http://a:1", repositories: a, every: 0}' \
    '{to: "http://a:1", repositories: a, prefix: A}'; do
    echo "replication: [$bad]" >"$WORK/bad.yaml"
    run -125 gantry registry serve --storage "$STORAGE" --config "$WORK/bad.yaml" --check
    one_sentence "$output"
  done
  echo "replication: [{from: 'http://a:1', repositories: a}]" >"$WORK/bad.yaml"
  run -125 gantry registry serve --storage "$STORAGE" --config "$WORK/bad.yaml" --read-only --check
  one_sentence "$output"
}
