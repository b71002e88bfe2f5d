#!/usr/bin/env bats
# bats file_tags=slow
# `gantry push`, read back by other tools.

load ../support/common
load peers
load remote

setup() { make_remote_world; }
teardown() { end_remote_world; }

# push OPTION… IMAGE [DESTINATION], without TLS.
push() { gantry push --tls-verify=false "$@"; }

# have_image: the layout's image as localhost/app in our store.
have_image() {
  make_layout
  gantry load --quiet -i "oci:$WORK/layout:image"
  gantry tag localhost/image localhost/app
}

@test "skopeo, podman and buildah read what we pushed" {
  need podman buildah
  have_image
  start_registry
  local digest
  run -0 --separate-stderr push --digestfile "$WORK/digest" app "$REGISTRY/team/app:1"
  digest=$output
  equal "$(cat "$WORK/digest")" "$digest"
  equal "$(manifest_digest --tls-verify=false "docker://$REGISTRY/team/app:1")" "$digest"
  equal "$(manifest_digest "oci:$WORK/root:localhost/app:latest")" "$digest"
  skopeo copy --quiet --src-tls-verify=false "docker://$REGISTRY/team/app:1" "oci:$WORK/back:app"
  diff -r "$WORK/back/blobs" "$WORK/layout/blobs"
  peer podman pull --quiet --tls-verify=false "$REGISTRY/team/app:1"
  equal "$(peer_id "$REGISTRY/team/app:1")" "$(image_id localhost/app:latest)"
  equal "$(peer buildah pull --quiet --tls-verify=false "docker://$REGISTRY/team/app:1")" "$(image_id localhost/app:latest)"
}

@test "under its own name" {
  have_image
  start_registry
  gantry tag app "$REGISTRY/app"
  push --quiet "$REGISTRY/app"
  equal "$(manifest_digest --tls-verify=false "docker://$REGISTRY/app:latest")" "$(manifest_digest "oci:$WORK/layout:image")"
}

@test "what podman pushed we push on unchanged" {
  need podman buildah
  make_peer_image localhost/peer
  start_registry
  peer podman push --quiet --tls-verify=false localhost/peer "docker://$REGISTRY/peer"
  pull "$REGISTRY/peer"
  push --quiet "$REGISTRY/peer" "$REGISTRY/again"
  equal "$(manifest_digest --tls-verify=false "docker://$REGISTRY/again")" \
    "$(manifest_digest --tls-verify=false "docker://$REGISTRY/peer")"
}

@test "what is there is not sent again, within a repository and beside it" {
  have_image
  start_registry
  start_proxy
  gantry tag app "$PROXY/app"
  push --quiet "$PROXY/app"
  local before
  before=$(jq -n '[inputs.received] | add' "$PROXY_LOG")
  push --quiet "$PROXY/app"
  push --quiet "$PROXY/app" "$PROXY/app:2"
  push --quiet "$PROXY/app" "$PROXY/other"
  [[ $(requests "$PROXY_LOG" '.method == "POST" and .status == 201 and (.path | contains("mount="))') -gt 0 ]]
  (($(jq -n '[inputs.received] | add' "$PROXY_LOG") < before + 20000)) || fail "blobs were sent again"
  equal "$(manifest_digest --tls-verify=false "docker://$REGISTRY/other")" "$(manifest_digest "oci:$WORK/layout:image")"
}

@test "to the small registry, as a modern one and as an old one" {
  have_image
  local options
  for options in "" "--chunk-min 500000" "--without mount --without monolithic"; do
    # shellcheck disable=SC2086  # several words
    start_small_registry $options
    push --quiet app "$REGISTRY/app"
    equal "$(manifest_digest --tls-verify=false "docker://$REGISTRY/app")" "$(manifest_digest "oci:$WORK/layout:image")"
  done
}

@test "over TLS with a password, and with a token" {
  have_image
  start_registry --tls --htpasswd alice secret
  run -125 gantry push --cert-dir "$REGISTRY_CERTS" --creds alice:wrong app "$REGISTRY/app"
  one_sentence "$output"
  gantry push --quiet --cert-dir "$REGISTRY_CERTS" --creds alice:secret app "$REGISTRY/app"
  start_token_server --user alice:secret --user bob:word:pull
  start_registry --token
  run -125 push --creds bob:word app "$REGISTRY/app"
  one_sentence "$output"
  push --quiet --creds alice:secret app "$REGISTRY/app"
  push --quiet --creds alice:secret app "$REGISTRY/other"
}

@test "uploads that break are taken up or begun anew" {
  have_image
  start_registry
  local rule
  for rule in 'PATCH /blobs/ cut-upload=300000 times=1' 'PUT /blobs/ cut-upload=300000 times=1' 'POST /blobs/ status=503 times=1' \
    'PATCH /blobs/ status=502 times=1' 'PUT /manifests/ status=500 times=1' 'HEAD /blobs/ status=429 retry-after=1 times=1' \
    'PATCH /blobs/ drop=0 times=1' 'PUT /blobs/ status=503 times=1'; do
    start_proxy "$rule"
    push --quiet app "$PROXY/${PROXY##*:}"
    equal "$(manifest_digest --tls-verify=false "docker://$REGISTRY/${PROXY##*:}")" "$(manifest_digest "oci:$WORK/layout:image")"
  done
}

@test "refusals are one sentence" {
  have_image
  start_registry
  run -125 push nothing "$REGISTRY/app"
  one_sentence "$output"
  run -125 push app
  one_sentence "$output"
  run -125 push app 127.0.0.1:1/app
  one_sentence "$output"
  start_proxy 'PUT /manifests/ status=403'
  run -125 push --quiet app "$PROXY/app"
  one_sentence "$output"
  contains "$output" 403
}

@test "compressed anew, or with a manifest of the other kind" {
  have_image
  start_registry
  push --quiet --compression-format zstd --compression-level 3 app "$REGISTRY/zstd"
  skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/zstd" | jq -e '.layers | all(.mediaType | endswith("+zstd"))'
  push --quiet --format v2s2 app "$REGISTRY/docker"
  equal "$(skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/docker" | jq -r .mediaType)" \
    application/vnd.docker.distribution.manifest.v2+json
  pull "$REGISTRY/docker"
  is_whole "$REGISTRY/docker"
}

# noted: of one upload it is known where it goes on. went_on NOTE: now it is another place.
noted() { [[ -n $(cat "$WORK"/root/uploads/* 2>/dev/null) ]]; }
went_on() { noted && [[ $(cat "$WORK"/root/uploads/*) != "$1" ]]; }

@test "a push that is killed is gone on with by the next one" {
  mkdir "$WORK/files"
  head -c 20000000 /dev/urandom >"$WORK/files/noise"
  tar -C "$WORK/files" -c noise | gantry import --quiet - app
  start_registry
  # The first piece arrives, the second never does.
  start_proxy 'PATCH /blobs/ delay=0.3 times=1' "PATCH /blobs/ hold=$WORK/never times=1"
  push --quiet app "$PROXY/app" 3>&- &
  local pid=$! opened
  eventually noted
  opened=$(cat "$WORK"/root/uploads/*)
  eventually went_on "$opened"
  kill -KILL $pid
  wait $pid || true
  equal "$(stat -c %a "$WORK"/root/uploads/*)" 600
  gantry system check
  push --quiet app "$PROXY/app"
  equal "$(jq -n '[inputs | select(.method == "PATCH" and .status == 202) | .received] | first == 16777216 and length == 2 and last < 5000000' "$PROXY_LOG")" true
  equal "$(ls "$WORK/root/uploads")" ""
  # A registry that does not know the upload any more gets all of it.
  opened=$(printf '%s %s' "$PROXY/again" "$(skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/app" | jq -r '.layers[0].digest')" | sha256sum)
  echo "{\"location\": \"http://$PROXY/v2/again/blobs/uploads/gone\"}" >"$WORK/root/uploads/${opened%% *}"
  push --quiet app "$PROXY/again"
  equal "$(manifest_digest --tls-verify=false "docker://$REGISTRY/again")" "$(manifest_digest --tls-verify=false "docker://$REGISTRY/app")"
}
