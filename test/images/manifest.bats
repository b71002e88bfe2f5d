#!/usr/bin/env bats
# `gantry manifest`: lists of images for several platforms, in the store and in OCI layouts.

load ../support/common
load peers

setup() {
  make_world
  need skopeo jq
  echo one >"$WORK/one"
  echo two >"$WORK/two"
  local name
  for name in one two; do
    tar -C "$WORK" -cf "$WORK/$name.tar" "$name"
  done
  gantry image append -q scratch "$WORK/one.tar" -t one
  gantry image append -q --platform linux/s390x scratch "$WORK/two.tar" -t "oci:$WORK/l:two"
}

digest_of() { echo "sha256:$(skopeo inspect --raw "$1" | sha256sum | cut -d' ' -f1)"; }
list() { gantry manifest inspect list; }

@test "a list is made of images of the store and of elsewhere, and pushed with all of them" {
  run -0 gantry manifest create list one
  equal "$output" "$(digest_of "oci:$WORK/root:localhost/list:latest")"
  gantry manifest add list "oci:$WORK/l:two"
  equal "$(list | jq -c '[.manifests[] | .platform | [.os, .architecture]] | map(.[1]) | .[1]')" '"s390x"'
  equal "$(list | jq -r '.manifests[1].digest')" "$(digest_of "oci:$WORK/l:two")"
  run -0 gantry manifest push list "oci:$WORK/out:list"
  equal "$output" "$(digest_of "oci:$WORK/out:list")"
  skopeo --override-arch s390x inspect --config "oci:$WORK/out:list" | jq -e '.architecture == "s390x"'
  skopeo copy --quiet --all "oci:$WORK/out:list" "dir:$WORK/check"
  run -0 gantry system check
  lacks "$output" warning
}

@test "the store keeps what a list has, and only one entry for a list that changes" {
  gantry manifest create list one "oci:$WORK/l:two" >/dev/null
  gantry manifest annotate --index --annotation a=b list >/dev/null
  equal "$(jq '.manifests | length' "$WORK/root/index.json")" 2
  gantry image prune --force >/dev/null
  gantry manifest push -q list "oci:$WORK/out:list"
  equal "$(skopeo inspect --raw "oci:$WORK/out:list" | jq -r '.annotations.a')" b
  gantry manifest rm list
  run -1 gantry manifest exists list
  equal "$(jq '.manifests | length' "$WORK/root/index.json")" 1
  run -0 gantry manifest create list
  equal "$(list | jq -c .manifests)" '[]'
}

@test "images are annotated and removed" {
  gantry manifest create list one "oci:$WORK/l:two" >/dev/null
  local two
  two=$(digest_of "oci:$WORK/l:two")
  gantry manifest annotate --os-version 7 --variant v8 --annotation note=yes list "$two" >/dev/null
  equal "$(list | jq -c --arg d "$two" '.manifests[] | select(.digest == $d) | [.platform, .annotations]')" \
    '[{"architecture":"s390x","os":"linux","os.version":"7","variant":"v8"},{"note":"yes"}]'
  gantry manifest add list "oci:$WORK/l:two" >/dev/null
  equal "$(list | jq '.manifests | length')" 2
  gantry manifest remove list "$two" >/dev/null
  equal "$(list | jq '.manifests | length')" 1
  run -125 gantry manifest remove list "$two"
  equal "$output" "gantry: the list list has no $two"
}

@test "all images of an index are added at once" {
  gantry manifest create list one "oci:$WORK/l:two" >/dev/null
  gantry manifest push -q list "oci:$WORK/out:list"
  gantry manifest create copy >/dev/null
  gantry manifest add --all copy "oci:$WORK/out:list" >/dev/null
  equal "$(gantry manifest inspect copy | jq -c .manifests)" "$(list | jq -c .manifests)"
  equal "$(gantry manifest inspect "oci:$WORK/out:list" | jq -c .manifests)" "$(list | jq -c .manifests)"
  gantry manifest create other >/dev/null
  gantry manifest add --platform linux/s390x other "oci:$WORK/out:list" >/dev/null
  equal "$(gantry manifest inspect other | jq -r '.manifests[].platform.architecture')" s390x
}

@test "images and lists are told apart" {
  run -125 gantry manifest add one "oci:$WORK/l:two"
  equal "$output" "gantry: 'one' is an image, not a list of images"
  run -125 gantry manifest inspect none
  equal "$output" "gantry: no list 'none' ('gantry manifest create' makes one)"
  run -125 gantry manifest create one
  equal "$output" "gantry: 'one' is there already (--amend adds to a list)"
  gantry manifest create list >/dev/null
  run -125 gantry manifest create list
  one_sentence "$output"
  gantry manifest create --amend list one >/dev/null
  equal "$(list | jq '.manifests | length')" 1
  run -0 gantry images
  lacks "$output" warning
}
