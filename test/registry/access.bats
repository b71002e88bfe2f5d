#!/usr/bin/env bats
# Who may push and pull: users of a file, as htpasswd makes it.

load ../support/common
load serving

# have_users: alice with the password secret.
have_users() {
  need htpasswd
  htpasswd -Bbn -C 4 alice secret >"$WORK/htpasswd"
}

@test "nobody enters without a password, and everybody with the right one" {
  make_layout
  have_users
  serve --htpasswd "$WORK/htpasswd"
  equal "$(ask /v2/)" 401
  equal "$(ask -u alice:wrong /v2/)" 401
  equal "$(ask -u bob:secret /v2/)" 401
  equal "$(ask -u alice:secret /v2/)" 200
  run ! skopy "oci:$WORK/layout:image" "docker://$REGISTRY/app:1"
  skopy --dest-creds alice:secret "oci:$WORK/layout:image" "docker://$REGISTRY/app:1"
  run ! skopy "docker://$REGISTRY/app:1" "oci:$WORK/back:image"
  skopy --src-creds alice:secret "docker://$REGISTRY/app:1" "oci:$WORK/back:image"
  diff -r "$WORK/layout/blobs" "$WORK/back/blobs"
  equal "$(ask /healthz)" 200
  equal "$(ask /metrics)" 401
  local path
  for path in /v2/_catalog /v2/app/tags/list /v2/app/manifests/1 "/v2/app/blobs/$BIG" "/v2/app/referrers/$BIG"; do
    equal "$(ask "$path")" 401
    equal "$(ask -X DELETE "$path")" 401
    [[ $(ask -u alice:secret "$path") == 200 ]]
  done
}

@test "podman, buildah and gantry log in" {
  need_root
  need podman buildah
  make_layout
  have_users
  serve --htpasswd "$WORK/htpasswd"
  gantry load --quiet -i "oci:$WORK/layout:image"
  run -125 gantry push --tls-verify=false localhost/image "$REGISTRY/app"
  gantry login --tls-verify=false -u alice -p secret "$REGISTRY"
  gantry push --quiet --tls-verify=false localhost/image "$REGISTRY/app"
  podman login --tls-verify=false -u alice -p secret "$REGISTRY"
  peer podman pull --quiet --tls-verify=false "$REGISTRY/app"
  peer buildah push --quiet --tls-verify=false "$REGISTRY/app" "docker://$REGISTRY/again"
  run -125 gantry login --tls-verify=false -u alice -p wrong "$REGISTRY"
}

@test "with --anonymous-pull everybody reads, and the users write" {
  make_layout
  have_users
  serve --htpasswd "$WORK/htpasswd" --anonymous-pull
  skopy --dest-creds alice:secret "oci:$WORK/layout:image" "docker://$REGISTRY/app:1"
  skopy "docker://$REGISTRY/app:1" "oci:$WORK/back:image"
  run ! skopy "oci:$WORK/layout:image" "docker://$REGISTRY/app:2"
  equal "$(ask -X POST /v2/app/blobs/uploads/)" 401
  equal "$(ask -X DELETE /v2/app/manifests/1)" 401
  equal "$(ask -u alice:wrong /v2/app/manifests/1)" 401
}

@test "a changed file counts at once, and a wrong one is refused" {
  have_users
  serve --htpasswd "$WORK/htpasswd"
  equal "$(ask -u alice:secret /v2/)" 200
  htpasswd -Bbn -C 4 bob word >"$WORK/htpasswd"
  bob_only() { [[ $(ask -u alice:secret /v2/) == 401 && $(ask -u bob:word /v2/) == 200 ]]; }
  eventually bob_only
  echo nonsense >"$WORK/other"
  run -125 gantry registry serve --listen 127.0.0.1:0 --storage "$WORK/other-storage" --htpasswd "$WORK/other"
  one_sentence "$output"
  contains "$output" "line 1"
  run -125 gantry registry serve --listen 127.0.0.1:0 --storage "$WORK/other-storage" --anonymous-pull
  one_sentence "$output"
}

@test "metrics take a user where there are users, also where everybody pulls" {
  htpasswd -Bbn -C 4 prometheus secret >"$WORK/users"
  serve --htpasswd "$WORK/users" --anonymous-pull
  equal "$(ask /v2/app/manifests/1)" 404
  equal "$(ask /metrics)" 401
  equal "$(ask -u prometheus:secret /metrics)" 200
  contains "$(cat "$WORK/answer")" gantry_registry_requests_total
}
