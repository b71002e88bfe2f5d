#!/usr/bin/env bats
# bats file_tags=slow
# Who we are to a registry: login and logout, files that podman and skopeo share, helpers, tokens.

load ../support/common
load peers
load remote

setup() { make_remote_world; }
teardown() { end_remote_world; }

# guarded: docker-registry that knows alice only, with an image.
guarded() {
  make_layout
  start_registry --htpasswd alice secret
  publish app --dest-creds alice:secret
}

# login PASSWORD
login() { gantry login --tls-verify=false --username alice --password-stdin "$REGISTRY" <<<"$1"; }

@test "logged in once, podman, skopeo and we are let in; logged out, nobody is" {
  need podman
  guarded
  refused 'log|unauthorized|401' gantry pull --tls-verify=false "$REGISTRY/app"
  login secret
  equal "$(stat -c %a "$REGISTRY_AUTH_FILE")" 600
  equal "$(gantry login --get-login "$REGISTRY")" alice
  equal "$(skopeo login --get-login "$REGISTRY")" alice
  equal "$(peer podman login --get-login "$REGISTRY")" alice
  skopeo inspect --tls-verify=false --raw "docker://$REGISTRY/app" >/dev/null
  pull "$REGISTRY/app"
  is_whole "$REGISTRY/app"
  gantry logout "$REGISTRY"
  run ! gantry login --get-login "$REGISTRY"
  run ! skopeo inspect --tls-verify=false --raw "docker://$REGISTRY/app"
  run -125 gantry pull --tls-verify=false "$REGISTRY/app"
  one_sentence "$output"
}

@test "what skopeo and podman wrote we read and erase" {
  need podman
  guarded
  skopeo login --tls-verify=false --username alice --password secret "$REGISTRY"
  pull "$REGISTRY/app"
  gantry logout "$REGISTRY"
  run ! skopeo login --get-login "$REGISTRY"
  peer podman login --tls-verify=false --authfile "$WORK/other.json" --username alice --password secret "$REGISTRY"
  pull --authfile "$WORK/other.json" "$REGISTRY/app"
  login secret
  skopeo logout "$REGISTRY"
  run ! gantry login --get-login "$REGISTRY"
}

@test "a wrong password is not kept" {
  guarded
  run -125 login wrong
  one_sentence "$output"
  lacks "$output" wrong
  run ! gantry login --get-login "$REGISTRY"
  refused 'user|password|unauthorized|401' gantry pull --tls-verify=false --creds alice:wrong "$REGISTRY/app"
}

@test "credentials of a namespace and of a repository come before those of the registry" {
  guarded
  publish team/app --dest-creds alice:secret
  printf '{"auths":{"%s":{"auth":"%s"},"%s/team":{"auth":"%s"}}}' "$REGISTRY" "$(printf alice:wrong | base64)" \
    "$REGISTRY" "$(printf alice:secret | base64)" >"$REGISTRY_AUTH_FILE"
  pull "$REGISTRY/team/app"
  run -125 gantry pull --tls-verify=false "$REGISTRY/app"
  one_sentence "$output"
}

@test "a helper keeps the credentials" {
  guarded
  cat >"$WORK/bin/docker-credential-test" <<'HELPER'
#!/bin/sh
case $1 in
  store) cat >"$WORK/kept" ;;
  get) cat "$WORK/kept" 2>/dev/null || { echo 'credentials not found in native keychain' && exit 1; } ;;
  erase) rm -f "$WORK/kept" ;;
  list) echo '{}' ;;
esac
HELPER
  chmod 755 "$WORK/bin/docker-credential-test"
  printf '{"credHelpers":{"%s":"test"}}' "$REGISTRY" >"$REGISTRY_AUTH_FILE"
  login secret
  equal "$(jq -r .Username,.Secret "$WORK/kept")" alice$'\n'secret
  lacks "$(cat "$REGISTRY_AUTH_FILE")" "$(printf alice:secret | base64)"
  equal "$(skopeo login --get-login "$REGISTRY")" alice
  pull "$REGISTRY/app"
  gantry logout "$REGISTRY"
  [[ ! -e $WORK/kept ]]
  equal "$(jq -c .credHelpers "$REGISTRY_AUTH_FILE")" "{\"$REGISTRY\":\"test\"}"
}

@test "tokens for a pull without a name, with a name, and with an identity" {
  make_layout
  start_token_server --user alice:secret --anonymous pull
  start_registry --token
  publish app --dest-creds alice:secret
  pull "$REGISTRY/app"
  is_whole "$REGISTRY/app"
  equal "$(requests "$TOKEN_LOG" '.user == null and .status == 200 and .granted == ["repository:app:pull"]')" 1
  gantry rmi "$REGISTRY/app"
  login secret
  pull "$REGISTRY/app"
  [[ $(requests "$TOKEN_LOG" '.user == "alice" and .granted == ["repository:app:pull"]') -gt 0 ]]
  gantry rmi "$REGISTRY/app"
  local identity
  identity=$(curl --silent --get --user alice:secret -d service=gantry-test -d offline_token=true "http://$TOKEN_SERVER/token" | jq -r .refresh_token)
  printf '{"auths":{"%s":{"auth":"%s","identitytoken":"%s"}}}' "$REGISTRY" "$(printf '<token>:' | base64)" "$identity" >"$REGISTRY_AUTH_FILE"
  pull "$REGISTRY/app"
  [[ $(requests "$TOKEN_LOG" '.grant_type == "refresh_token" and .user == "alice"') -gt 0 ]]
}

@test "a token that runs out in the middle is renewed" {
  make_layout
  start_token_server --user alice:secret
  start_registry --token
  publish app --dest-creds alice:secret
  start_proxy 'GET /blobs/ unauthorized times=1'
  pull --creds alice:secret "$PROXY/app"
  is_whole "$PROXY/app"
  equal "$(requests "$PROXY_LOG" '.status == 401 and .fault != null')" 1
}
