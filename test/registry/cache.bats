#!/usr/bin/env bats
# bats file_tags=slow
# Copies of another registry's repositories: Debian's docker-registry stands behind ours.

load ../support/common
load serving

# begin_cache PREFIX [LINE…]: serves ORIGIN under PREFIX; the lines are more members of the rule.
begin_cache() {
  local line
  {
    printf 'cache:\n- upstream: %s\n  prefix: %s\n' "${UPSTREAM:-http://$ORIGIN}" "$1"
    for line in "${@:2}"; do printf '  %s\n' "$line"; done
  } >"$WORK/config.yaml"
  serve --config "$WORK/config.yaml"
}

# begin_origin OPTION…: the registry behind, with an image as team/app:1. Sets ORIGIN; REGISTRY stays free for ours.
begin_origin() {
  make_layout
  start_registry "$@"
  ORIGIN=$REGISTRY ORIGIN_PID=$(tail -n 1 "$WORK/servers")
  unset REGISTRY
}
put() { skopy "${@:3}" "oci:$WORK/layout:image" "docker://$ORIGIN/$1:$2"; }

# pull_as NAME TAG FOLDER: from ours, into a layout.
get() { skopy "docker://$REGISTRY/$1:$2" "oci:$WORK/$3:image"; }

# ends_origin: nothing is there any more.
end_origin() {
  kill -TERM "$ORIGIN_PID"
  eventually gone "$ORIGIN_PID"
}

@test "skopeo and podman pull through it, and again when the other registry is gone" {
  begin_origin
  put team/app 1
  begin_cache hub 'fresh: 0'
  get hub/team/app 1 back
  diff -r "$WORK/layout/blobs" "$WORK/back/blobs"
  equal "$(skopeo list-tags --tls-verify=false "docker://$REGISTRY/hub/team/app" | jq -c .Tags)" '["1"]'
  equal "$(curl -s "http://$REGISTRY/v2/_catalog" | jq -c .repositories)" '["hub/team/app"]'
  end_origin
  get hub/team/app 1 offline
  diff -r "$WORK/layout/blobs" "$WORK/offline/blobs"
  if ((EUID == 0)) && type -P podman >/dev/null; then
    peer podman pull --quiet --tls-verify=false "$REGISTRY/hub/team/app:1"
  fi
  gantry registry fsck --storage "$STORAGE"
  equal "$(ask /v2/hub/team/other/manifests/1)" 502
  contains "$(jq -r '.errors[0].message' "$WORK/answer")" "$ORIGIN"
}

@test "docker's formats, an index, and a part of the other registry under another name" {
  begin_origin
  put team/deep/app docker --format v2s2
  put team/deep/app oci
  skopeo inspect --raw --tls-verify=false "docker://$ORIGIN/team/deep/app:oci" >"$WORK/manifest"
  jq -n --arg digest "sha256:$(sha256sum <"$WORK/manifest" | cut -d' ' -f1)" --argjson size "$(stat -c %s "$WORK/manifest")" \
    '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [{mediaType:
    "application/vnd.oci.image.manifest.v1+json", $digest, $size, platform: {os: "linux", architecture: "amd64"}}]}' \
    >"$WORK/index"
  curl -sf -T "$WORK/index" -H 'Content-Type: application/vnd.oci.image.index.v1+json' \
    "http://$ORIGIN/v2/team/deep/app/manifests/all"
  UPSTREAM=http://$ORIGIN/team/deep begin_cache ours
  equal "$(skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/ours/app:docker" | jq -r .mediaType)" \
    application/vnd.docker.distribution.manifest.v2+json
  get ours/app docker docker
  skopy --all "docker://$REGISTRY/ours/app:all" "dir:$WORK/all"
  cmp "$WORK/index" "$WORK/all/manifest.json"
}

@test "a registry behind TLS and a password" {
  begin_origin --tls --htpasswd user secret
  skopeo copy --quiet --dest-cert-dir "$REGISTRY_CERTS" --dest-creds user:secret "oci:$WORK/layout:image" \
    "docker://$ORIGIN/team/app:1"
  # Where containers' tools look for the certificates of a registry and its passwords.
  export HOME=$WORK/home
  mkdir -p "$HOME/.config/containers/certs.d/$ORIGIN"
  cp "$REGISTRY_CA" "$HOME/.config/containers/certs.d/$ORIGIN/ca.crt"
  UPSTREAM=https://$ORIGIN begin_cache hub
  run ! get hub/team/app 1 refused
  grep -q 401 "$WORK/$SERVER.out"
  skopeo login --cert-dir "$REGISTRY_CERTS" -u user -p secret "$ORIGIN" >/dev/null
  get hub/team/app 1 back
  diff -r "$WORK/layout/blobs" "$WORK/back/blobs"
}

@test "a registry behind tokens" {
  start_token_server --user user:secret
  begin_origin --token
  put team/app 1 --dest-creds user:secret
  skopeo login --tls-verify=false -u user -p secret "$ORIGIN" >/dev/null
  begin_cache hub
  get hub/team/app 1 back
  diff -r "$WORK/layout/blobs" "$WORK/back/blobs"
}

@test "a tag that moves there moves here once it is not fresh any more" {
  begin_origin --delete
  put team/app 1
  begin_cache hub 'fresh: 0'
  get hub/team/app 1 back
  put team/app 1 --format v2s2
  equal "$(skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/hub/team/app:1" | jq -r .mediaType)" \
    application/vnd.docker.distribution.manifest.v2+json
  skopeo delete --tls-verify=false "docker://$ORIGIN/team/app:1"
  equal "$(ask /v2/hub/team/app/manifests/1)" 404
  stop_serving
  begin_cache hub 'fresh: 1h'
  put team/app 2
  get hub/team/app 2 fresh
  skopeo delete --tls-verify=false "docker://$ORIGIN/team/app:2"
  equal "$(ask /v2/hub/team/app/manifests/2)" 200
}

@test "who pulls the same at the same time shares one download" {
  begin_origin
  put team/app 1
  REGISTRY=$ORIGIN start_proxy "GET /blobs/ delay=1"
  UPSTREAM=http://$PROXY begin_cache hub
  local digest pids=() n
  digest=$(jq -r '.layers[0].digest' "$WORK/layout/blobs/sha256/$(jq -r '.manifests[0].digest' "$WORK/layout/index.json" | cut -d: -f2)")
  for n in 1 2 3 4 5 6; do
    curl -sf -o "$WORK/blob-$n" "http://$REGISTRY/v2/hub/team/app/blobs/$digest" 3>&- &
    pids+=($!)
  done
  wait "${pids[@]}"
  for n in 1 2 3 4 5 6; do equal "sha256:$(sha256sum <"$WORK/blob-$n" | cut -d' ' -f1)" "$digest"; done
  equal "$(requests "$PROXY_LOG" '.method == "GET" and (.path | contains("/blobs/"))')" 1
}

@test "bytes that are not what their digest says are not kept" {
  begin_origin
  put team/app 1
  REGISTRY=$ORIGIN start_proxy "GET /blobs/ flip=100"
  UPSTREAM=http://$PROXY begin_cache hub
  local digest
  digest=$(jq -r '.layers[0].digest' "$WORK/layout/blobs/sha256/$(jq -r '.manifests[0].digest' "$WORK/layout/index.json" | cut -d: -f2)")
  equal "$(ask "/v2/hub/team/app/blobs/$digest")" 502
  run ! get hub/team/app 1 back
  [[ ! -e $STORAGE/blobs/sha256/${digest#*:} ]]
  [[ -z $(ls "$STORAGE/uploads") ]]
  gantry registry fsck --storage "$STORAGE"
}

@test "nothing is pushed there, and everything beside it" {
  begin_origin
  begin_cache hub
  run ! skopy "oci:$WORK/layout:image" "docker://$REGISTRY/hub/team/app:1"
  skopy "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:1"
  get team/app 1 back
  diff -r "$WORK/layout/blobs" "$WORK/back/blobs"
}

@test "what nobody pulls is dropped" {
  begin_origin
  put team/app 1
  begin_cache hub 'keep: 1s'
  get hub/team/app 1 back
  is_dropped() { [[ $(curl -s "http://$REGISTRY/v2/_catalog" | jq -c .repositories) == '[]' ]]; }
  # It looks when it starts, and every hour.
  dropped_after_restart() {
    stop_serving
    serve --config "$WORK/config.yaml"
    is_dropped
  }
  eventually dropped_after_restart
  get hub/team/app 1 again
}

@test "what is wrong with a rule is said in a sentence" {
  local bad
  for bad in 'cache: docker.io' 'cache: [{prefix: hub}]' 'cache: [{upstream: "no host"}]' 'cache: [{upstream: host}]' \
    'cache: [{upstream: docker.io, prefix: Hub}]' 'cache: [{upstream: docker.io, keep: long}]' \
    'cache: [{upstream: docker.io, frsh: 1s}]' 'cache: [{upstream: [a]}]' 'cache: [a]'; do
    echo "$bad" >"$WORK/bad.yaml"
    run -125 gantry registry serve --storage "$STORAGE" --config "$WORK/bad.yaml" --check
    one_sentence "$output"
    [[ $output == *cache* || $output == *bad.yaml* ]]
  done
}
