#!/usr/bin/env bats
# bats file_tags=slow
# shellcheck disable=SC2030,SC2031  # each test is a subshell
# `gantry registry serve` with the tools that use registries.

load ../support/common
load serving

@test "skopeo brings images and takes them away unchanged, of one repository and between two" {
  make_layout
  serve
  skopy "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:1"
  skopy "docker://$REGISTRY/team/app:1" "docker://$REGISTRY/other/app:2"
  skopy "docker://$REGISTRY/other/app:2" "oci:$WORK/back:image"
  diff -r "$WORK/layout/blobs" "$WORK/back/blobs"
  equal "$(skopeo list-tags --tls-verify=false "docker://$REGISTRY/team/app" | jq -c .Tags)" '["1"]'
  equal "$(curl -s "http://$REGISTRY/v2/_catalog" | jq -c .repositories)" '["other/app","team/app"]'
  skopeo delete --tls-verify=false "docker://$REGISTRY/other/app:2"
  run -1 skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/other/app:2"
}

@test "docker's formats, and an index with its images" {
  make_layout
  serve
  skopy --format v2s2 "oci:$WORK/layout:image" "docker://$REGISTRY/docker:1"
  equal "$(skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/docker:1" | jq -r .mediaType)" \
    application/vnd.docker.distribution.manifest.v2+json
  local digest size
  digest=$(jq -r '.manifests[0].digest' "$WORK/layout/index.json")
  size=$(jq -r '.manifests[0].size' "$WORK/layout/index.json")
  skopy "oci:$WORK/layout:image" "docker://$REGISTRY/many:one"
  jq -n --arg digest "$digest" --argjson size "$size" '{schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json", manifests: [{mediaType:
    "application/vnd.oci.image.manifest.v1+json", $digest, $size, platform: {os: "linux", architecture: "amd64"}}]}' \
    >"$WORK/index"
  equal "$(ask -T "$WORK/index" -H 'Content-Type: application/vnd.oci.image.index.v1+json' /v2/many/manifests/all)" 201
  skopy --all "docker://$REGISTRY/many:all" "docker://$REGISTRY/again:all"
  equal "$(manifest_digest --tls-verify=false "docker://$REGISTRY/again:all")" "sha256:$(sha256sum <"$WORK/index" | cut -d' ' -f1)"
}

@test "podman and buildah push and pull" {
  need_root
  need podman buildah
  make_peer_image localhost/peer
  serve
  peer podman push --quiet --tls-verify=false localhost/peer "docker://$REGISTRY/peer:podman"
  peer buildah push --quiet --tls-verify=false localhost/peer "docker://$REGISTRY/peer:buildah"
  local id
  id=$(peer_id localhost/peer)
  peer podman rmi --all --force >/dev/null
  peer podman pull --quiet --tls-verify=false "$REGISTRY/peer:buildah"
  equal "$(peer_id "$REGISTRY/peer:buildah")" "$id"
  equal "$(peer buildah pull --quiet --tls-verify=false "docker://$REGISTRY/peer:podman")" "$id"
}

@test "gantry pushes, pulls, copies and looks" {
  need_root
  make_layout
  serve
  gantry load --quiet -i "oci:$WORK/layout:image"
  gantry push --quiet --tls-verify=false localhost/image "$REGISTRY/app:1"
  gantry image copy --tls-verify=false "docker://$REGISTRY/app:1" "docker://$REGISTRY/copy:1"
  gantry rmi --force localhost/image
  pull "$REGISTRY/copy:1"
  is_whole "$REGISTRY/copy:1"
  equal "$(gantry image tags --tls-verify=false "$REGISTRY/app")" 1
}

@test "who tries TLS first is told at once that there is none" {
  serve
  local began=$SECONDS
  run ! curl -s --max-time 20 "https://$REGISTRY/v2/"
  ((SECONDS - began < 5))
}

@test "a second one does not serve the same folder, and a taken port is named" {
  serve
  run -125 gantry registry serve --listen 127.0.0.1:0 --storage "$STORAGE"
  one_sentence "$output"
  contains "$output" "another registry"
  run -125 gantry registry serve --listen "$REGISTRY" --storage "$WORK/other"
  one_sentence "$output"
  contains "$output" "--listen"
  run -125 gantry registry serve --listen nonsense --storage "$WORK/other"
  one_sentence "$output"
}

@test "without options it serves below the folder of the images" {
  spawn plain "$GANTRY_BIN/gantry" --root "$WORK/root" registry serve --listen 127.0.0.1:0
  eventually grep -q 'listening on' "$WORK/plain.out"
  [[ -e $WORK/root/registry/registry.db ]]
}

@test "read-only serves and takes nothing" {
  make_layout
  serve
  skopy "oci:$WORK/layout:image" "docker://$REGISTRY/app:1"
  stop_serving
  serve --read-only
  skopy "docker://$REGISTRY/app:1" "oci:$WORK/back:image"
  run ! skopy "oci:$WORK/layout:image" "docker://$REGISTRY/app:2"
  equal "$(ask -X DELETE /v2/app/manifests/1)" 405
}

@test "health, readiness, metrics and a log of requests" {
  serve --access-log "$WORK/access"
  equal "$(ask /healthz)" 200
  equal "$(ask /readyz)" 200
  equal "$(ask '/v2/a/tags/list?n=%22')" 400
  equal "$(ask /metrics)" 200
  contains "$(cat "$WORK/answer")" 'gantry_registry_requests_total{method="GET",status="4xx"} 1'
  equal "$(jq -c 'select(.status == 400) | [.method, .target]' "$WORK/access")" '["GET","/v2/a/tags/list?n=%22"]'
}

@test "systemd's socket is taken, and systemd hears that it is ready" {
  need python3
  run -0 timeout 20 python3 - "$GANTRY_BIN/gantry" "$STORAGE" <<'PYTHON'
import http.client, os, socket, sys
told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
told.bind(os.environ["WORK"] + "/notify")
told.settimeout(15)
listener = socket.create_server(("127.0.0.1", 0))
child = os.fork()
if child == 0:
    os.dup2(listener.fileno(), 3)
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", NOTIFY_SOCKET=os.environ["WORK"] + "/notify")
    os.execv(sys.argv[1], ["gantry", "--root", os.environ["WORK"] + "/root", "registry", "serve", "--storage", sys.argv[2]])
try:
    assert told.recv(100) == b"READY=1"
    client = http.client.HTTPConnection(*listener.getsockname(), timeout=10)
    client.request("GET", "/v2/")
    assert client.getresponse().status == 200
finally:
    os.kill(child, 15)
assert told.recv(100) == b"STOPPING=1"
assert os.waitpid(child, 0)[1] == 0
PYTHON
}

@test "a host serves its own images" {
  need_root
  make_layout
  gantry load --quiet -i "oci:$WORK/layout:image"
  gantry tag localhost/image localhost/team/app:1
  new_server store
  spawn "$SERVER" "$GANTRY_BIN/gantry" --root "$WORK/root" registry serve --listen 127.0.0.1:0 --from-store
  eventually grep -q 'listening on' "$WORK/$SERVER.out" || fail "$(cat "$WORK/$SERVER.out")"
  REGISTRY=$(sed -n 's/^listening on //p' "$WORK/$SERVER.out")
  skopy "docker://$REGISTRY/team/app:1" "oci:$WORK/back:image"
  diff -r "$WORK/layout/blobs" "$WORK/back/blobs"
  gantry --root "$WORK/other" pull --quiet --tls-verify=false "$REGISTRY/image"
  run ! skopy "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:2"
  gantry tag localhost/image localhost/team/app:3
  equal "$(skopeo list-tags --tls-verify=false "docker://$REGISTRY/team/app" | jq -c .Tags)" '["1","3"]'
}

@test "settings from a file, the environment and the command line" {
  printf '# a registry\nlisten: 127.0.0.1:0\nstorage: %s\nread-only: true\n' "$STORAGE" >"$WORK/config.yaml"
  gantry registry serve --config "$WORK/config.yaml" --check
  new_server file
  spawn "$SERVER" env GANTRY_REGISTRY_ACCESS_LOG="$WORK/access" "$GANTRY_BIN/gantry" --root "$WORK/root" registry serve \
    --config "$WORK/config.yaml"
  eventually grep -q 'listening on' "$WORK/$SERVER.out" || fail "$(cat "$WORK/$SERVER.out")"
  REGISTRY=$(sed -n 's/^listening on //p' "$WORK/$SERVER.out")
  equal "$(ask -X POST /v2/a/blobs/uploads/)" 405
  eventually [ -s "$WORK/access" ]
  new_server line
  spawn "$SERVER" "$GANTRY_BIN/gantry" --root "$WORK/root" registry serve --config "$WORK/config.yaml" --read-only=false \
    --storage "$WORK/other"
  eventually grep -q 'listening on' "$WORK/$SERVER.out" || fail "$(cat "$WORK/$SERVER.out")"
  REGISTRY=$(sed -n 's/^listening on //p' "$WORK/$SERVER.out")
  equal "$(ask -X POST /v2/a/blobs/uploads/)" 202
  local bad
  for bad in 'read-onyl: true' 'read-only: perhaps' 'listen: [a]' '- listen' 'listen: "'; do
    echo "$bad" >"$WORK/bad.yaml"
    run -125 gantry registry serve --config "$WORK/bad.yaml" --check
    one_sentence "$output"
    contains "$output" bad.yaml
  done
  run -125 env GANTRY_REGISTRY_READ_ONLY=perhaps gantry registry serve --check
  one_sentence "$output"
  contains "$output" GANTRY_REGISTRY_READ_ONLY
}

@test "docker's command line looks at images and makes lists of them, without its daemon" {
  need docker
  make_layout
  serve
  skopy --format v2s2 "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:1"
  export DOCKER_CONFIG=$WORK/docker DOCKER_CLI_EXPERIMENTAL=enabled
  equal "$(docker manifest inspect --insecure "$REGISTRY/team/app:1" | jq -r .mediaType)" \
    application/vnd.docker.distribution.manifest.v2+json
  docker manifest create --insecure "$REGISTRY/team/app:all" "$REGISTRY/team/app:1"
  docker manifest push --insecure "$REGISTRY/team/app:all"
  equal "$(skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/team/app:all" | jq -r .mediaType)" \
    application/vnd.docker.distribution.manifest.list.v2+json
}
