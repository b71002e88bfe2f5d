#!/usr/bin/env bats
# bats file_tags=slow
# `gantry pull` from Debian's docker-registry.

load ../support/common
load peers
load remote

setup() { make_remote_world; }
teardown() { end_remote_world; }

@test "by tag, by digest and by neither" {
  make_layout
  start_registry
  publish app:1
  publish app
  local digest
  digest=$(manifest_digest "oci:$WORK/layout:image")
  equal "$(pull "$REGISTRY/app:1")" "$digest"
  is_whole "$REGISTRY/app:1"
  run -0 --separate-stderr gantry pull --tls-verify=false "$REGISTRY/app"
  contains "$output" "$(image_id "$REGISTRY/app:latest")"
  equal "$(pull "$REGISTRY/app@$digest")" "$digest"
  equal "$(pull "docker://$REGISTRY/app:1")" "$digest"
  equal "$(manifest_digest "oci:$WORK/root:$REGISTRY/app:1")" "$digest"
  is_sound
}

@test "manifests of Docker and of OCI, layers of gzip and of zstd" {
  make_layout
  start_registry
  publish docker --format v2s2
  publish zstd --dest-compress-format zstd --dest-compress --dest-force-compress-format 2>/dev/null ||
    publish zstd --dest-compress-format zstd --dest-compress
  local name
  for name in docker zstd; do
    pull "$REGISTRY/$name"
    is_whole "$REGISTRY/$name"
    gantry rmi "$REGISTRY/$name"
  done
  nothing_left
}

@test "over TLS" {
  make_layout
  start_registry --tls
  publish app
  refused 'certificate' gantry pull "$REGISTRY/app"
  gantry pull --quiet --cert-dir "$REGISTRY_CERTS" "$REGISTRY/app"
  is_whole "$REGISTRY/app"
  gantry rmi "$REGISTRY/app"
  gantry pull --quiet --cert-dir "$REGISTRY_CERTS" "localhost:${REGISTRY##*:}/app"
  pull "$REGISTRY/app"
}

@test "over TLS with a certificate of ours" {
  make_layout
  start_registry --mutual
  publish app --dest-cert-dir "$REGISTRY_CERTS"
  mkdir "$WORK/ca"
  cp "$REGISTRY_CA" "$WORK/ca"
  refused "$REGISTRY" gantry pull --cert-dir "$WORK/ca" "$REGISTRY/app"
  gantry pull --quiet --cert-dir "$REGISTRY_CERTS" "$REGISTRY/app"
  is_whole "$REGISTRY/app"
}

@test "the image for a platform out of an index" {
  make_layout
  start_small_registry
  publish app:native
  local native foreign
  native=$(manifest_digest "oci:$WORK/layout:image")
  foreign=$(push_foreign "$native")
  push_index "$native" "$foreign"
  equal "$(pull "$REGISTRY/app:all")" "$native"
  is_whole "$REGISTRY/app:all"
  equal "$(pull --platform linux/s390x "$REGISTRY/app:all")" "$foreign"
  equal "$(gantry inspect "$REGISTRY/app:all" | jq -r '.[0].Architecture')" s390x
  run -125 gantry pull --tls-verify=false --platform linux/riscv64 "$REGISTRY/app:all"
  one_sentence "$output"
  contains "$output" riscv64
  is_sound
}

# put TYPE REFERENCE TEXT: a manifest into the small registry.
put() {
  curl --silent --fail --request PUT --header "Content-Type: $1" --data-binary "$3" "http://$REGISTRY/v2/app/manifests/$2"
}

# push_foreign DIGEST: the same layers for s390x; prints the digest of the manifest.
push_foreign() {
  local manifest config digest
  config=$(skopeo inspect --config --raw --tls-verify=false "docker://$REGISTRY/app@$1" | jq -c '.architecture = "s390x"')
  digest=sha256:$(printf %s "$config" | sha256sum | cut -d' ' -f1)
  curl --silent --fail --data-binary "$config" "http://$REGISTRY/v2/app/blobs/uploads/?digest=$digest"
  manifest=$(skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/app@$1" |
    jq -c --arg digest "$digest" --argjson size ${#config} '.config.digest = $digest | .config.size = $size')
  put application/vnd.oci.image.manifest.v1+json foreign "$manifest"
  echo "sha256:$(printf %s "$manifest" | sha256sum | cut -d' ' -f1)"
}

# push_index NATIVE FOREIGN: as the tag `all`.
push_index() {
  local type=application/vnd.oci.image.manifest.v1+json machine first second
  first=$(skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/app@$1" | wc -c)
  second=$(skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/app@$2" | wc -c)
  machine=$(skopeo inspect --config --raw --tls-verify=false "docker://$REGISTRY/app@$1" | jq -r .architecture)
  put application/vnd.oci.image.index.v1+json all "$(jq -nc --arg type $type --arg a "$1" --arg b "$2" --arg machine "$machine" \
    --argjson first "$first" --argjson second "$second" '
    {schemaVersion: 2, manifests: [
      {mediaType: $type, digest: $b, size: $second, platform: {os: "linux", architecture: "s390x"}},
      {mediaType: $type, digest: $a, size: $first, platform: {os: "linux", architecture: $machine}}]}')"
}

@test "what is not there" {
  start_registry
  make_layout
  publish app
  refused "$REGISTRY/other" gantry pull --tls-verify=false "$REGISTRY/other"
  refused "$REGISTRY/app:2" gantry pull --tls-verify=false "$REGISTRY/app:2"
  refused "sha256:0000" gantry pull --tls-verify=false "$REGISTRY/app@sha256:$(printf %064d 0)"
  refused "127.0.0.1:1" gantry pull --tls-verify=false 127.0.0.1:1/app
  refused "no.such.host.invalid" gantry pull no.such.host.invalid/app
  refused "UPPER" gantry pull --tls-verify=false "$REGISTRY/UPPER"
}

@test "killed in the middle, and then again" {
  make_layout
  start_registry
  publish app
  local bytes pid
  for bytes in 0 1 1500000 2900000; do
    start_proxy "GET /blobs/$BIG stall=$bytes times=1"
    gantry pull --quiet --tls-verify=false "$PROXY/app" 3>&- &
    pid=$!
    eventually has_stalled
    kill -9 $pid
    wait $pid || true
    run -0 gantry system check
    run ! gantry image exists "$PROXY/app"
    pull "$PROXY/app"
    is_whole "$PROXY/app"
    gantry rmi "$PROXY/app"
    nothing_left
  done
}

has_stalled() { [[ $(requests "$PROXY_LOG" '.fault != null') -gt 0 ]]; }

@test "ended by a signal it leaves nothing" {
  make_layout
  start_registry
  publish app
  local signal pid
  for signal in INT TERM; do
    start_proxy "GET /blobs/$BIG stall=1500000"
    env --default-signal=INT "$WORK/bin/gantry" pull --quiet --tls-verify=false "$PROXY/app" 3>&- &
    pid=$!
    eventually has_stalled
    kill -$signal $pid
    wait $pid || true
    run -0 gantry images --quiet
    run -0 gantry system check
    nothing_left
  done
}

@test "a full disk" {
  make_layout
  start_registry
  publish app
  local size
  for size in 300k 2500k 5000k 8000k; do
    # In a mount namespace of its own, so that the host sees nothing of the small file system.
    run -0 unshare --mount --propagation private bash -c '
      mkdir -p "$WORK/small" && mount -t tmpfs -o size=$1 none "$WORK/small"
      "$GANTRY_BIN/gantry" --root "$WORK/small/root" --runroot "$WORK/run" pull --tls-verify=false "$2"
      echo "exit $?"
      find "$WORK/small/root/tmp" -mindepth 1
      jq -c ".manifests | length" "$WORK/small/root/index.json"' bash $size "$REGISTRY/app"
    contains "$output" 'No space left on device'
    contains "$output" 'exit 125'
    lacks "$output" "/tmp/"
  done
}

# configure TEXT: registries.conf.
configure() { printf '%s\n' "$1" >"$CONTAINERS_REGISTRIES_CONF"; }

@test "from mirrors, in their order, and from the registry when they have nothing" {
  make_layout
  local first second
  start_registry
  publish team/app:1
  publish team/app:2
  start_proxy
  first=$PROXY
  start_registry
  publish app:1
  start_proxy
  second=$PROXY
  configure "[[registry]]
prefix = \"example.invalid/team\"
location = \"$first/team\"
insecure = true
[[registry.mirror]]
location = \"127.0.0.1:1\"
insecure = true
[[registry.mirror]]
location = \"$second\"
insecure = true"
  gantry pull --quiet example.invalid/team/app:1
  is_whole example.invalid/team/app:1
  equal "$(requests "$PROXY_LOG" '.status == 200 and (.path | contains("/v2/app/manifests/1"))')" 1
  equal "$(requests "$WORK/proxy-1.log" true)" 0
  gantry pull --quiet example.invalid/team/app:2
  [[ $(requests "$WORK/proxy-1.log" '.path | contains("/v2/team/app/manifests/2")') -gt 0 ]]
}

@test "short names, aliases and blocked registries" {
  make_layout
  start_registry
  publish app
  configure "unqualified-search-registries = [\"127.0.0.1:1\", \"$REGISTRY\"]
[[registry]]
location = \"$REGISTRY\"
insecure = true
[[registry]]
location = \"127.0.0.1:1\"
insecure = true
[[registry]]
location = \"bad.invalid\"
blocked = true
[aliases]
nick = \"$REGISTRY/app\""
  gantry pull --quiet nick
  is_whole "$REGISTRY/app"
  gantry rmi "$REGISTRY/app"
  gantry pull --quiet app
  is_whole "$REGISTRY/app"
  run -125 gantry pull bad.invalid/app
  one_sentence "$output"
  contains "$output" blocked
}
