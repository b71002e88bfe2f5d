#!/usr/bin/env bats
# bats file_tags=slow
# Registries that lie: documents that lead round in circles, down too deep or to other bytes, and sizes that are not so.

load ../support/common
load peers
load remote

setup() {
  make_remote_world
  make_layout
  start_small_registry
  publish app
  skopeo inspect --raw "oci:$WORK/layout:image" >"$WORK/manifest"
}
teardown() { end_remote_world; }

OCI=application/vnd.oci.image

# put KIND TAG TEXT: a manifest or index into the registry; prints its descriptor.
put() {
  curl --silent --fail --request PUT --header "Content-Type: $OCI.$1.v1+json" --data-binary "$3" \
    "http://$REGISTRY/v2/app/manifests/$2" >/dev/null
  jq -nc --arg type "$OCI.$1.v1+json" --arg digest "sha256:$(printf %s "$3" | sha256sum | cut -d' ' -f1)" \
    --argjson size "$(printf %s "$3" | wc -c)" '{mediaType: $type, digest: $digest, size: $size, platform: {os: "linux", architecture: "amd64"}}'
}

# index DESCRIPTOR…
index() {
  jq -nc --arg type "$OCI.index.v1+json" '{schemaVersion: 2, mediaType: $type, manifests: $ARGS.positional}' --jsonargs "$@"
}

# lies TAG PATTERN: neither pull nor copy takes it, in a sentence that matches, and soon.
lies() {
  refused "$2" timeout 20 gantry pull --quiet --platform linux/amd64 --tls-verify=false "$REGISTRY/app:$1"
  run -125 timeout 20 gantry image copy --quiet --all --tls-verify=false "docker://$REGISTRY/app:$1" "dir:$WORK/copied"
  one_sentence "$output"
  matches "$output" "$2"
  [[ ! -e $WORK/copied ]] || fail "it was copied"
}

@test "indexes that are nested without an end" {
  local entry depth
  entry=$(put manifest latest "$(cat "$WORK/manifest")")
  for depth in 1 2 3 4 5 6 7 8; do
    entry=$(put index "deep-$depth" "$(index "$entry")")
  done
  gantry pull --quiet --platform linux/amd64 --tls-verify=false "$REGISTRY/app:deep-3"
  gantry rmi "$REGISTRY/app:deep-3"
  lies deep-8 'nested too deep'
}

@test "an index that leads back to itself" {
  local entry
  entry=$(put manifest latest "$(cat "$WORK/manifest")")
  put index circle "$(index "$(jq -c --arg type $OCI.index.v1+json '.mediaType = $type' <<<"$entry")")"
  # Whatever digest is asked for, there comes the index again.
  start_proxy "GET /manifests/sha256: location=/v2/app/manifests/circle"
  REGISTRY=$PROXY lies circle 'digest'
}

@test "an index of many that refer to the same ones is walked once" {
  local entry level entries
  entry=$(put manifest latest "$(cat "$WORK/manifest")")
  for level in 1 2 3; do
    entries=()
    for _ in {1..30}; do entries+=("$entry"); done
    entry=$(put index "many-$level" "$(index "${entries[@]}")")
  done
  timeout 20 gantry image copy --quiet --all --tls-verify=false "docker://$REGISTRY/app:many-3" "oci:$WORK/copied:app"
  (($(requests "$REGISTRY_LOG" '.method == "GET" and (.path | contains("/manifests/"))') < 30))
}

# lying TAG FILTER: the manifest with a change that jq makes.
lying() { put manifest "$1" "$(jq -c "$2" "$WORK/manifest")"; }

@test "sizes that are not so" {
  lying small '.layers[1].size = 100'
  lies small 'bytes'
  lying nothing '.layers[1].size = 0'
  lies nothing 'bytes|digest'
  lying config-large '.config.size += 1'
  refused 'bytes' timeout 20 gantry pull --quiet --tls-verify=false "$REGISTRY/app:config-large"
}

@test "a layer that claims to have a thousand terabytes" {
  lying vast '.layers[1].size = 1000000000000000'
  refused 'bytes' timeout 30 gantry pull --quiet --tls-verify=false "$REGISTRY/app:vast"
}

@test "an entry of an index that says another size" {
  local entry
  entry=$(put manifest latest "$(cat "$WORK/manifest")" | jq -c '.size += 1')
  put index wrong "$(index "$entry")"
  lies wrong 'bytes'
}

# serve: what is below $WORK/static/v2, whatever it is, as a registry.
serve() {
  spawn static python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$WORK/static"
  eventually grep -q 'port [0-9]' "$WORK/static.out"
  REGISTRY=127.0.0.1:$(sed -nE 's/.* port ([0-9]+) .*/\1/p' "$WORK/static.out")
}

@test "documents that are something else" {
  local folder=$WORK/static/v2/app/manifests
  mkdir -p "$folder"
  jq -c '.layers = {}' "$WORK/manifest" >"$folder/layers"
  jq -c '.layers[0].digest = "sha256:../../../../etc/passwd"' "$WORK/manifest" >"$folder/path"
  jq -c '.layers[0].digest = "md5:d41d8cd98f00b204e9800998ecf8427e"' "$WORK/manifest" >"$folder/algorithm"
  jq -c '.layers[1].size = -5' "$WORK/manifest" >"$folder/negative"
  jq -c '.layers[1].size = "5"' "$WORK/manifest" >"$folder/text"
  echo '[1, 2, 3]' >"$folder/list"
  printf '[%.0s' {1..10000} >"$folder/deep"
  printf '{"schemaVersion":2,"config":%.0s' {1..5000} >"$folder/deeper"
  head -c 100000 /dev/urandom >"$folder/noise"
  : >"$folder/empty"
  serve
  lies layers 'layers'
  lies path 'digest'
  lies algorithm 'digest|md5'
  lies negative 'size'
  lies text 'size'
  local tag
  for tag in list deep deeper noise empty; do lies $tag "$REGISTRY"; done
}

@test "fewer layers than the config knows, and more" {
  lying fewer '.layers = .layers[:2]'
  refused 'layers' gantry pull --quiet --tls-verify=false "$REGISTRY/app:fewer"
  lying more '.layers += [.layers[0]]'
  refused 'layers' gantry pull --quiet --tls-verify=false "$REGISTRY/app:more"
}
