#!/usr/bin/env bats
# Users, robots and projects: what the commands make of a registry that is running, and how clients get in.

load ../support/common
load serving

# registry COMMAND…: `gantry registry` on the storage that is served.
registry() { gantry registry "$1" "$2" --storage "$STORAGE" "${@:3}"; }

# add_user NAME [OPTION…]: with the password secret-NAME.
add_user() { registry user add --password-stdin "${@:2}" "$1" <<<"secret-$1"; }

# as NAME OPTION… PATH: the status of the answer to that user.
as() { ask -u "$1:secret-$1" "${@:2}"; }

# have_team: an administrator, a project `team` with alice as its developer, and bob, who is nobody there.
have_team() {
  add_user root --admin
  add_user alice
  add_user bob
  registry project add team
  registry project grant team alice developer
}

@test "the first user closes a registry that is running" {
  make_layout
  serve
  equal "$(ask /v2/)" 200
  skopy "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:1"
  add_user root --admin
  closed() { [[ $(ask /v2/) == 401 ]]; }
  eventually closed
  let_in() { [[ $(as root /v2/) == 200 ]]; }
  eventually let_in
  equal "$(as root /v2/team/app/manifests/1)" 200
  registry user rm root
  gone_too() { [[ $(as root /v2/) == 401 ]]; }
  eventually gone_too
  equal "$(ask /v2/)" 401
}

@test "accounts that cannot be read close a registry too" {
  serve
  equal "$(ask /v2/)" 200
  head -c 5000 /dev/zero >"$STORAGE/accounts.db"
  printf x | dd of="$STORAGE/accounts.db" conv=notrunc status=none
  shut() { [[ $(ask /v2/) == 401 ]]; }
  eventually shut
  eventually grep -q accounts.db "$WORK/$SERVER.out"
}

@test "skopeo, podman, buildah and gantry push and pull as their users may" {
  need_root
  need podman buildah
  make_layout
  have_team
  serve
  run ! skopy "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:1"
  run ! skopy --dest-creds bob:secret-bob "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:1"
  run ! skopy --dest-creds alice:secret-bob "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:1"
  skopy --dest-creds alice:secret-alice "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:1"
  run ! skopy --dest-creds alice:secret-alice "oci:$WORK/layout:image" "docker://$REGISTRY/other/app:1"
  run ! skopy --src-creds bob:secret-bob "docker://$REGISTRY/team/app:1" "oci:$WORK/back:image"
  run ! skopeo delete --tls-verify=false --creds alice:secret-alice "docker://$REGISTRY/team/app:1"

  podman login --tls-verify=false -u alice -p secret-alice "$REGISTRY"
  peer podman pull --quiet --tls-verify=false "$REGISTRY/team/app:1"
  peer buildah push --quiet --tls-verify=false "$REGISTRY/team/app:1" "docker://$REGISTRY/team/again"
  gantry pull --quiet --tls-verify=false "$REGISTRY/team/again"
  gantry push --quiet --tls-verify=false "$REGISTRY/team/again" "$REGISTRY/team/third"
  run -125 gantry push --quiet --tls-verify=false "$REGISTRY/team/again" "$REGISTRY/other/third"
  one_sentence "$output"
  skopeo delete --tls-verify=false --creds root:secret-root "docker://$REGISTRY/team/third"
  run -125 gantry login --tls-verify=false -u alice -p wrong "$REGISTRY"
}

@test "robots have one project, a role and an end" {
  make_layout
  have_team
  local writer reader late
  writer=$(registry robot add --role developer team+ci)
  reader=$(registry robot add team+cd)
  late=$(registry robot add --role admin --expires 1ms team+late)
  serve
  skopy --dest-creds "team+ci:$writer" "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:1"
  skopy --src-creds "team+cd:$reader" "docker://$REGISTRY/team/app:1" "oci:$WORK/back:image"
  diff -r "$WORK/layout/blobs" "$WORK/back/blobs"
  run ! skopy --dest-creds "team+cd:$reader" "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:2"
  run ! skopy --dest-creds "team+ci:$writer" "oci:$WORK/layout:image" "docker://$REGISTRY/other/app:1"
  equal "$(ask -u "team+late:$late" /v2/)" 401
  equal "$(registry robot ls --format '{{.Name}} {{.Role}}')" $'team+cd guest\nteam+ci developer\nteam+late admin'
  lacks "$(strings "$STORAGE/accounts.db" "$STORAGE/accounts.db-wal")" "$writer"
  registry robot rm team+ci
  refused() { [[ $(ask -u "team+ci:$writer" /v2/) == 401 ]]; }
  eventually refused
}

@test "anybody pulls from a project that allows it" {
  make_layout
  have_team
  registry project set --anonymous-pull team
  serve
  skopy --dest-creds alice:secret-alice "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:1"
  skopy "docker://$REGISTRY/team/app:1" "oci:$WORK/back:image"
  skopy --src-creds bob:secret-bob "docker://$REGISTRY/team/app:1" "oci:$WORK/back2:image"
  run ! skopy --src-creds bob:wrong "docker://$REGISTRY/team/app:1" "oci:$WORK/back3:image"
  run ! skopy "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:2"
}

@test "quotas and protected tags hold against everybody" {
  make_layout
  have_team
  registry project set --immutable 'v*' team
  serve
  skopy --dest-creds alice:secret-alice "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:v1"
  skopy --dest-creds alice:secret-alice "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:v1"
  run ! skopeo delete --tls-verify=false --creds root:secret-root "docker://$REGISTRY/team/app:v1"
  equal "$(as root -X DELETE /v2/team/app/manifests/v1)" 403
  registry project set --quota 1k --immutable= team
  full() { [[ $(as alice -X POST /v2/team/app/blobs/uploads/) == 403 ]]; }
  eventually full
  contains "$(<"$WORK/answer")" "may take 1.02kB"
  equal "$(registry project ls --format '{{.Name}} {{.Quota}} {{.Members}}')" 'team 1.02kB alice:developer'
}

@test "tokens of another issuer count, and no forged ones" {
  need openssl python3
  make_layout
  openssl genrsa -out "$WORK/issuer.pem" 2048 2>"$WORK/openssl"
  openssl genrsa -out "$WORK/forger.pem" 2048 2>"$WORK/openssl"
  python3 "$BATS_TEST_DIRNAME/issuer.py" keys "$WORK/issuer.pem" >"$WORK/keys.json"
  mkdir -p "$STORAGE"
  serve --token-keys "$WORK/keys.json" --token-issuer https://issuer.example \
    --token-realm https://issuer.example/token
  curl --silent --head "http://$REGISTRY/v2/" | grep -q 'realm="https://issuer.example/token"'
  # shows KEY ACTIONS PATH [ISSUER [SECONDS]]: the status of the answer to a token that is signed with the key.
  shows() {
    local token
    token=$(python3 "$BATS_TEST_DIRNAME/issuer.py" token "$1" "$2" "${4:-https://issuer.example}" "${5:-60}")
    ask -H "Authorization: Bearer $token" -X "${METHOD:-GET}" "$3"
  }
  equal "$(shows "$WORK/issuer.pem" pull /v2/)" 200
  equal "$(shows "$WORK/issuer.pem" pull /v2/team/app/manifests/1)" 404
  equal "$(METHOD=POST shows "$WORK/issuer.pem" pull /v2/team/app/blobs/uploads/)" 401
  equal "$(METHOD=POST shows "$WORK/issuer.pem" push /v2/team/app/blobs/uploads/)" 202
  equal "$(shows "$WORK/issuer.pem" pull /v2/team/other/manifests/1)" 401
  equal "$(shows "$WORK/forger.pem" pull /v2/)" 401
  equal "$(shows "$WORK/issuer.pem" pull /v2/ https://other.example)" 401
  equal "$(shows "$WORK/issuer.pem" pull /v2/ https://issuer.example -60)" 401
}

@test "changes and refusals are in the audit log" {
  make_layout
  have_team
  serve --audit-log "$WORK/audit"
  skopy --dest-creds alice:secret-alice "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:1"
  as alice -X DELETE /v2/team/app/manifests/1
  ask -u mallory:guess /v2/
  jq -es 'map(select(.who == "alice" and .action == "push" and .reference == "1")) | length == 1' "$WORK/audit"
  jq -es 'map(select(.who == "alice" and .action == "refused")) | length == 1' "$WORK/audit"
  jq -es 'map(select(.who == "mallory" and .action == "wrong credentials")) | length == 1' "$WORK/audit"
  registry user set --admin bob
  noted() { grep -q 'user bob is an administrator' "$WORK/audit"; }
  eventually noted
}

@test "mistakes name their object" {
  run -125 registry user ls
  one_sentence "$output"
  [[ ! -e $STORAGE/accounts.db ]]
  have_team
  local words
  for words in "user rm nobody" "user set alice" "project grant team nobody guest" "project grant team alice king" \
    "project add Team" "robot add nix+ci" "robot add ci" "project rm nix"; do
    # shellcheck disable=SC2086 # words
    run -125 registry $words
    one_sentence "$output"
  done
  echo x | run -125 registry user add --password-stdin alice
  need htpasswd
  htpasswd -Bbn -C 4 alice secret >"$WORK/htpasswd"
  run -125 gantry registry serve --listen 127.0.0.1:0 --storage "$STORAGE" --htpasswd "$WORK/htpasswd"
  one_sentence "$output"
  run -125 gantry registry serve --listen 127.0.0.1:0 --storage "$STORAGE" --token-keys "$WORK/htpasswd"
  one_sentence "$output"
}
