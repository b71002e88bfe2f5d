#!/usr/bin/env bats
# Looking at images where they are, beside skopeo.

load ../support/common
load peers
load remote

setup() {
  make_remote_world
  make_layout
}
teardown() { end_remote_world; }

image() { gantry image "$1" --tls-verify=false "${@:2}"; }

@test "a registry's tags, repositories and digests are those that skopeo sees" {
  start_registry
  publish team/app:1
  publish team/app:2
  publish other
  local digest
  digest=$(manifest_digest "oci:$WORK/layout:image")
  run -0 image tags "$REGISTRY/team/app"
  equal "$(sort <<<"$output")" $'1\n2'
  image tags --format json "docker://$REGISTRY/team/app" | jq -S . >"$WORK/ours"
  skopeo list-tags --tls-verify=false "docker://$REGISTRY/team/app" | jq -S . | diff "$WORK/ours" -
  run -0 image catalog "$REGISTRY"
  equal "$output" $'other\nteam/app'
  run -0 image catalog --full-ref "$REGISTRY"
  equal "${lines[0]}" "$REGISTRY/other"
  run -0 image digest "docker://$REGISTRY/team/app:2" "oci:$WORK/layout:image"
  equal "$output" "$digest"$'\n'"$digest"
  run -0 image digest --full-ref "docker://$REGISTRY/team/app:2"
  equal "$output" "$REGISTRY/team/app@$digest"
  run -125 image tags "$REGISTRY/nothing"
  one_sentence "$output"
  run -125 image tags "$REGISTRY/team/app:1"
  contains "$output" 'not a repository'
}

@test "search goes through what a registry has" {
  start_registry
  publish team/app:1
  publish other
  run -0 gantry search --tls-verify=false --format '{{.Name}}' "$REGISTRY/app"
  equal "$output" "$REGISTRY/team/app"
  printf 'unqualified-search-registries = ["%s"]\n' "$REGISTRY" >"$CONTAINERS_REGISTRIES_CONF"
  run -0 image search --format '{{.Index}} {{.Name}}' othe
  equal "$output" "$REGISTRY $REGISTRY/other"
  run -0 gantry search --list-tags --format '{{.Name}}:{{.Tag}}' "$REGISTRY/team/app"
  equal "$output" "$REGISTRY/team/app:1"
  run -125 gantry search --filter shiny=1 "$REGISTRY/app"
  contains "$output" is-official
}

@test "inspect prints what skopeo prints, of every kind of place" {
  start_registry
  publish app
  local place
  skopeo copy --quiet "oci:$WORK/layout:image" "oci-archive:$WORK/a.tar:app"
  skopeo copy --quiet "oci:$WORK/layout:image" "dir:$WORK/d"
  for place in "docker://$REGISTRY/app" "oci:$WORK/layout:image" "oci-archive:$WORK/a.tar:app" "dir:$WORK/d"; do
    skopeo inspect --tls-verify=false "$place" | jq -S . >"$WORK/theirs"
    # Ours say more.
    image inspect "$place" | jq -S --slurpfile theirs "$WORK/theirs" \
      'with_entries(select(.key as $key | $theirs[0] | has($key)))' | diff "$WORK/theirs" -
    skopeo inspect --raw --tls-verify=false "$place" | cmp - <(image inspect --raw "$place")
    skopeo inspect --raw --config --tls-verify=false "$place" | cmp - <(image inspect --raw --config "$place")
    skopeo inspect --config --tls-verify=false "$place" | jq -S . | diff - <(image inspect --config "$place" | jq -S .)
  done
  run -0 image inspect --format '{{.Name}} {{index .RepoTags 0}}' "docker://$REGISTRY/app"
  equal "$output" "$REGISTRY/app latest"
  pull "$REGISTRY/app"
  skopeo inspect --raw "oci:$WORK/layout:image" | cmp - <(gantry image inspect --raw "$REGISTRY/app")
  gantry image inspect "$REGISTRY/app" | jq -e '.[0].Id' >/dev/null
}

@test "a blob comes as it is" {
  start_registry
  publish app
  image blob "$REGISTRY/app@$BIG" | sha256sum >"$WORK/sum"
  equal "sha256:$(cut -d' ' -f1 "$WORK/sum")" "$BIG"
  run -125 image blob "$REGISTRY/app@${BIG/%??/00}"
  contains "$output" 'has no blob'
  start_proxy "GET /blobs/$BIG flip=100"
  run -125 --separate-stderr bash -c "gantry image blob --tls-verify=false '$PROXY/app@$BIG' >'$WORK/bytes'"
  # shellcheck disable=SC2154  # run sets it
  contains "$stderr" 'has the digest'
}

@test "validate finds whatever does not match" {
  local layer
  start_registry
  publish app
  run -0 image validate "docker://$REGISTRY/app" "oci:$WORK/layout:image"
  equal "${lines[0]}" "docker://$REGISTRY/app: valid"
  layer=$WORK/layout/blobs/${BIG/:/\/}
  printf 'x' | dd of="$layer" bs=1 seek=2000000 conv=notrunc status=none
  run -1 gantry image validate "oci:$WORK/layout:image"
  contains "$output" "layer 2, $BIG"
  run -0 gantry image validate --fast "oci:$WORK/layout:image"
  truncate -s 1000 "$layer"
  gantry image validate --format json "oci:$WORK/layout:image" >"$WORK/report" || equal $? 1
  jq -e '.Valid == false and (.Faults | length == 1)' "$WORK/report"
}

@test "validate compares a tar with its diff id, and a media type with the bytes" {
  local manifest config changed
  # The config of another image: all digests agree, the diff ids do not.
  config=$(skopeo inspect --raw --config "oci:$WORK/layout:image" | jq -c '.rootfs.diff_ids |= [.[1], .[0], .[2]]')
  manifest=$(skopeo inspect --raw "oci:$WORK/layout:image" |
    jq -c --arg digest "$(put_blob "$config")" --argjson size ${#config} '.config += {digest: $digest, size: $size}')
  changed=$(put_blob "$manifest")
  jq -c --arg digest "$changed" --argjson size ${#manifest} '.manifests[0] += {digest: $digest, size: $size}' \
    "$WORK/layout/index.json" >"$WORK/index" && mv "$WORK/index" "$WORK/layout/index.json"
  run -1 gantry image validate "oci:$WORK/layout:image"
  equal "$(grep -c 'the config says' <<<"$output")" 2
}

# put_blob TEXT: into the layout; prints its digest.
put_blob() {
  local sum
  sum=$(printf '%s' "$1" | sha256sum | cut -d' ' -f1)
  printf '%s' "$1" >"$WORK/layout/blobs/sha256/$sum"
  echo "sha256:$sum"
}
