#!/usr/bin/env bats
# The commands about images that work on the store itself.

load ../support/common

setup() {
  make_world
  need_root
  gantry image bootstrap busybox >/dev/null
}

@test "images lists in every format" {
  run -0 gantry images
  matches "${lines[0]}" '^REPOSITORY +TAG +IMAGE ID +CREATED +SIZE$'
  matches "${lines[1]}" '^localhost/busybox +latest +[0-9a-f]{12} .* [0-9.]+ ?[kM]B$'
  matches "$(gantry images -q)" '^[0-9a-f]{12}$'
  matches "$(gantry images -q --no-trunc)" '^sha256:[0-9a-f]{64}$'
  equal "$(gantry images --format '{{.Repository}}:{{.Tag}}')" localhost/busybox:latest
  equal "$(gantry images --format json | jq -r '.[0].Names[0]')" localhost/busybox:latest
  equal "$(gantry images --filter reference=nothing -q)" ""
  equal "$(gantry images --filter before=busybox -q)" ""
  run gantry images --filter since=nothing
  equal "$status" 125
  matches "$output" "no image .nothing."
  equal "$(gantry images busybox -q)" "$(gantry images -q)"
  equal "$(gantry image ls -q)" "$(gantry images -q)"
}

@test "tag, untag and rmi move names" {
  gantry tag busybox other:1 registry.example:5000/team/tool
  equal "$(gantry images --format '{{.Repository}}:{{.Tag}}' | sort)" \
    $'localhost/busybox:latest\nlocalhost/other:1\nregistry.example:5000/team/tool:latest'
  equal "$(gantry images -q | wc -l)" 1
  gantry untag registry.example:5000/team/tool registry.example:5000/team/tool
  run -0 gantry rmi other:1
  equal "$output" "Untagged: localhost/other:1"
  run -0 gantry rmi busybox
  matches "$output" $'^Untagged: localhost/busybox:latest\nDeleted: [0-9a-f]{64}$'
  equal "$(gantry images -q)" ""
  run -1 gantry rmi busybox
  one_sentence "$output"
}

@test "an image that a container needs stays" {
  gantry create --name web busybox
  run -2 gantry rmi busybox
  one_sentence "$output"
  gantry run --rm busybox true
  run -0 gantry rmi -f busybox
  equal "$(gantry ps -aq)" ""
}

@test "inspect shows an image as podman does" {
  equal "$(gantry image inspect busybox | jq -r '.[0].RepoTags[0]')" localhost/busybox:latest
  matches "$(gantry inspect -f '{{.Id}}' busybox)" '^[0-9a-f]{64}$'
  matches "$(gantry inspect -f '{{index .RootFS.Layers 0}}' busybox)" '^sha256:[0-9a-f]{64}$'
  equal "$(gantry inspect -f '{{.Os}}' busybox)" linux
  run -125 gantry image inspect missing
  contains "$output" missing
  run -0 gantry image exists busybox
  run -1 gantry image exists missing
}

@test "what a sibling program answers has help, a man page and completion here" {
  local command
  for command in load save import "image bootstrap"; do
    # shellcheck disable=SC2086 # words
    run -0 gantry $command --help
    contains "${lines[0]}" "Usage: gantry $command"
    # shellcheck disable=SC2086
    run -0 gantry man $command
    contains "$output" ".SH SYNOPSIS"
    # shellcheck disable=SC2086
    run -0 gantry __complete $command --he
    contains "$output" "--help"
  done
}
