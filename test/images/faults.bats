#!/usr/bin/env bats
# bats file_tags=slow
# Registries and networks that fail: the image comes in whole, or there is one sentence and nothing else.

load ../support/common
load peers
load remote

setup() {
  make_remote_world
  make_layout
  start_registry
  publish app
}
teardown() { end_remote_world; }

# overcome RULE…: the image comes in whole all the same.
overcome() {
  start_proxy "$@"
  run -0 pull "$PROXY/app"
  equal "$output" "$(manifest_digest "oci:$WORK/layout:image")"
  [[ $(requests "$PROXY_LOG" '.fault != null') -gt 0 ]] || fail "no request was like this: $*"
  is_whole "$PROXY/app"
  gantry rmi "$PROXY/app"
  nothing_left
}

# defeated PATTERN RULE…: it gives up, and not only after a long time.
defeated() {
  local pattern=$1
  shift
  start_proxy "$@"
  refused "$pattern" timeout 20 gantry pull --quiet --tls-verify=false "$PROXY/app"
  [[ $(requests "$PROXY_LOG" '.fault != null') -gt 0 ]] || fail "no request was like this: $*"
  run -0 gantry system check
}

@test "connections that end too early are taken up where they ended" {
  overcome "GET /blobs/$BIG drop=1000000 times=2"
  overcome "GET /blobs/$BIG chunked drop=1000000 times=2"
  overcome "GET /blobs/$BIG drop=0 times=2"
  overcome "GET /blobs/$BIG truncate=2000000 times=1"
  local sent
  sent=$(jq -n '[inputs | select(.path | contains("/blobs/")) | .sent] | add' "$PROXY_LOG")
  ((sent < $(du -sb "$WORK/layout/blobs" | cut -f1) + 500000)) || fail "$sent bytes came"
}

@test "a server that does not do ranges" {
  overcome "GET /blobs/$BIG drop=1000000 times=1" "GET /blobs/$BIG ignore-range"
}

@test "a server that answers with another range" {
  defeated 'bytes' "GET /blobs/$BIG drop=2900000 times=1" "GET /blobs/$BIG wrong-range=10"
}

@test "servers that are busy for a moment" {
  overcome 'GET /blobs/ status=503 times=2'
  overcome 'GET /blobs/ status=429 retry-after=1 times=1'
  overcome '* /manifests/ status=500 times=1'
  overcome '* /manifests/ status=502 times=1'
}

@test "a server that asks for a second is given it" {
  start_proxy '* /manifests/ status=429 retry-after=2 times=1'
  local start=$EPOCHREALTIME
  pull "$PROXY/app"
  ((${EPOCHREALTIME/./} - ${start/./} >= 2000000)) || fail "it did not wait"
}

@test "servers that stay busy" {
  defeated '404' 'GET /blobs/ status=404'
  defeated '500' '* /manifests/ status=500'
}

@test "blobs that are elsewhere" {
  overcome 'GET /blobs/ redirect'
  equal "$(requests "$PROXY_LOG" '.host == "other" and .status == 200')" 4
}

@test "credentials do not go along to another host" {
  start_registry --htpasswd alice secret
  publish app --dest-creds alice:secret
  start_proxy 'GET /blobs/ redirect'
  pull --creds alice:secret "$PROXY/app"
  is_whole "$PROXY/app"
  equal "$(requests "$PROXY_LOG" '.host == "other" and .authorization')" 0
  equal "$(requests "$PROXY_LOG" '.host == "other" and .status == 200')" 4
}

@test "blobs that are not what they should be" {
  defeated 'sha256:' 'GET /blobs/ flip=100'
  defeated 'layer 2' "GET /blobs/$BIG flip=2000000"
  defeated 'bytes' 'GET /blobs/ extend=5'
  defeated 'bytes' "GET /blobs/$BIG extend=5"
  defeated 'bytes|sha256' 'GET /blobs/ huge=100000000'
}

@test "manifests that are not what they should be" {
  defeated 'MiB|bytes|large' 'GET /manifests/ huge=100000000'
  defeated 'large|bytes|MiB' 'GET /manifests/ huge=100000000 chunked'
  # It says itself what it is.
  overcome '* /manifests/ header=Content-Type:text/html'
  defeated 'sha256' "* /manifests/ header=Docker-Content-Digest:sha256:$(printf %064d 0)"
  defeated 'digest' 'GET /manifests/ flip=0'
  defeated 'HTTP' '* /manifests/ garbage'
  defeated '403' '* /manifests/ status=403'
}

# asked N METHOD: that many requests of METHOD have met a fault.
asked() { equal "$(requests "$PROXY_LOG" ".fault != null and .method == \"$2\"")" "$1"; }

@test "what fails for good is asked for a few times, and not many times a few times" {
  defeated '503' "GET /blobs/$BIG status=503"
  asked 6 GET
  defeated 'bytes|closed|reset|transfer' "GET /blobs/$BIG drop=0"
  asked 6 GET
}

@test "what cannot get better is asked for once" {
  local rule
  for rule in location=file:///etc/passwd location=gopher://127.0.0.1/ garbage; do
    defeated '.' "GET /manifests/ $rule"
    asked 1 GET
  done
  defeated 'redirect' '* /manifests/ location=/v2/app/manifests/latest'
  asked 9 GET
}

@test "a connection that breaks again and again, each time a little further" {
  overcome "GET /blobs/$BIG drop=400000"
}

@test "a limit that lasts for an hour is told, and not waited for" {
  defeated '429.*3600 s' '* /manifests/ status=429 retry-after=3600'
}

@test "limits on blobs and on uploads are waited for" {
  overcome 'GET /blobs/ status=429 retry-after=1 times=3'
  start_proxy 'PUT /blobs/ status=429 retry-after=2 times=1'
  local start=$EPOCHREALTIME
  gantry image copy --quiet --jobs 1 --tls-verify=false "oci:$WORK/layout:image" "docker://$PROXY/limited"
  ((${EPOCHREALTIME/./} - ${start/./} >= 2000000)) || fail "it did not wait"
  equal "$(manifest_digest --tls-verify=false "docker://$REGISTRY/limited")" "$(manifest_digest "oci:$WORK/layout:image")"
}
