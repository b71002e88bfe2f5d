#!/usr/bin/env bats
# bats file_tags=slow
# Rules about which images stay: by the registry itself, and by `gantry registry clean` in any registry.

load ../support/common
load serving

# put REPOSITORY TAG YEAR: an image that says that it was made in that year, and is no other's.
put() {
  [[ -e $WORK/layout ]] || make_layout
  gantry image config --quiet --created "$3-06-01T00:00:00Z" --label "tag=$2" "oci:$WORK/layout:image" "oci:$WORK/made:$2" >/dev/null
  skopy "oci:$WORK/made:$2" "docker://$REGISTRY/$1:$2"
}
tags() { curl -s "http://$REGISTRY/v2/$1/tags/list" | jq -c '.tags'; }

@test "the registry itself keeps the newest tags of the repositories that a rule is about" {
  serve
  local tag
  for tag in 1 2 3 v1; do put team/app $tag 2020; done
  put other/app 1 2020
  stop_serving
  printf 'retention:\n- repositories: team/*\n  keep-last: 1\n  keep: [v*, w*]\n' >"$WORK/config.yaml"
  serve --config "$WORK/config.yaml" --audit-log "$WORK/audit"
  is_clean() { [[ $(tags team/app) == '["3","v1"]' ]]; }
  eventually is_clean
  equal "$(tags other/app)" '["1"]'
  equal "$(jq -s '[.[] | select(.who == "retention")] | length' "$WORK/audit")" 2
  gantry registry fsck --storage "$STORAGE"
}

@test "a dry run removes nothing and says what it would; protected tags stay" {
  serve
  put team/app 1 2020
  put team/app 2 2020
  stop_serving
  gantry registry user add --storage "$STORAGE" --admin --password-stdin root <<<secret-root
  gantry registry project add --storage "$STORAGE" --anonymous-pull --immutable 1 team
  printf 'retention:\n- {repositories: [team/*], keep-last: 0, dry-run: true}\n' >"$WORK/config.yaml"
  serve --config "$WORK/config.yaml" --audit-log "$WORK/audit"
  has_looked() { [[ $(grep -c 'would go' "$WORK/audit") == 2 ]]; }
  eventually has_looked
  equal "$(tags team/app)" '["1","2"]'
  stop_serving
  # Another rule is looked at at once.
  printf 'retention:\n- {repositories: team/*, keep-last: 0}\n' >"$WORK/config.yaml"
  serve --config "$WORK/config.yaml" --audit-log "$WORK/audit"
  is_gone() { [[ $(tags team/app) == '["1"]' ]]; }
  eventually is_gone
}

@test "rules that say nothing are refused" {
  local bad
  for bad in '{repositories: a}' '{keep-last: 1}' '{repositories: a, tags: x, untagged: true}' \
    '{repositories: a, keep-last: -1}' '{repositories: a, older-than: old}' '{repositories: a, keep-last: 1, every: 0}'; do
    echo "retention: [$bad]" >"$WORK/bad.yaml"
    run -125 gantry registry serve --storage "$STORAGE" --config "$WORK/bad.yaml" --check
    one_sentence "$output"
  done
  run -125 gantry registry clean 127.0.0.1:1/app
  one_sentence "$output"
  contains "$output" keep-last
}

@test "clean removes old images from docker-registry, and from ours" {
  local ours
  start_registry --delete
  for ours in no yes; do
    if [[ $ours == yes ]]; then
      unset REGISTRY
      serve
    fi
    put team/app old 2010
    put team/app older 2005
    put team/app v1 2001
    put team/app new 2024
    put other/app old 2010
    local rule=(--keep-last 1 --keep 'v*' --tls-verify=false)
    run -0 gantry registry clean "${rule[@]}" --dry-run "$REGISTRY/team/app"
    contains "$output" "Would remove $REGISTRY/team/app:older"
    equal "$(tags team/app | jq length)" 4
    run -0 gantry registry clean "${rule[@]}" "$REGISTRY/team/app"
    equal "${#lines[@]}" 2
    equal "$(tags team/app | jq -c sort)" '["new","v1"]'
    skopeo inspect --tls-verify=false "docker://$REGISTRY/team/app:v1" >/dev/null
    run -0 gantry registry clean --older-than 365d --tls-verify=false "$REGISTRY"
    lacks "$(tags other/app)" old
  done
}

@test "an index goes with its images, and what two tags name stays with the second" {
  serve
  put team/app one 2010
  put team/app two 2011
  skopy "docker://$REGISTRY/team/app:two" "docker://$REGISTRY/team/app:stable"
  skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/team/app:one" >"$WORK/manifest"
  jq -n --arg digest "sha256:$(sha256sum <"$WORK/manifest" | cut -d' ' -f1)" --argjson size "$(stat -c %s "$WORK/manifest")" \
    '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [{mediaType:
    "application/vnd.oci.image.manifest.v1+json", $digest, $size, platform: {os: "linux", architecture: "amd64"}}]}' \
    >"$WORK/index"
  equal "$(ask -T "$WORK/index" -H 'Content-Type: application/vnd.oci.image.index.v1+json' /v2/team/app/manifests/all)" 201
  run -0 gantry registry clean --older-than 30d --keep all --keep stable --tls-verify=false "$REGISTRY/team/app"
  equal "$(tags team/app)" '["all","one","stable","two"]'
  run -0 gantry registry clean --older-than 30d --keep stable --tls-verify=false "$REGISTRY/team/app"
  equal "$(tags team/app)" '["stable","two"]'
}

@test "a registry that allows no deletions says so in a sentence" {
  start_registry
  put team/app old 2010
  run -125 gantry registry clean --older-than 30d --tls-verify=false "$REGISTRY/team/app"
  one_sentence "$output"
  contains "$output" REGISTRY_STORAGE_DELETE_ENABLED
}
