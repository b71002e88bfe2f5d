#!/usr/bin/env bats
# gantry builder: images step by step, as buildah's scripts make them.

load ../support/common

setup() {
  make_world
  need busybox skopeo jq
  gantry image bootstrap busybox >/dev/null
}

# config NAME FILTER: of an image of the store, by skopeo.
config() { skopeo inspect --config --raw "oci:$WORK/root:localhost/$1:latest" | jq -rc "$2"; }
builder() { gantry builder "$@"; }

@test "a script without a Dockerfile" {
  local container
  echo content >"$WORK/file"
  container=$(builder from busybox)
  equal "$container" busybox-working-container
  run -0 builder run "$container" sh -c 'echo hi >/hi; echo said'
  equal "$output" said
  run -0 builder copy "$container" "$WORK/file" /dir/
  run -0 builder config --env A=1 --cmd 'cat /hi' --workingdir /dir --label v=1 "$container"
  run -0 builder commit --rm "$container" app
  matches "$output" '^[0-9a-f]{64}$'
  equal "$(config app '.config | [.Env[-1], .WorkingDir, .Labels.v]')" '["A=1","/dir","1"]'
  equal "$(gantry run --rm --network none app cat /hi file)" $'hi\ncontent'
  run -0 builder containers --quiet
  equal "$output" ""
}

@test "the status of a command, names, what there is" {
  run -0 builder from --name one busybox
  run -0 builder from busybox
  run -0 builder from busybox
  equal "$output" busybox-working-container-1
  run -125 builder from --name one busybox
  run -3 builder run one sh -c 'exit 3'
  run -0 builder containers
  contains "$output" one
  equal "$(builder inspect one | jq -r .image)" busybox
  run -125 builder run none true
  run -0 builder rm --all
  run -0 builder containers --quiet
  equal "$output" ""
}

@test "files of a working container on the host" {
  need_root
  local container mounted
  container=$(builder from scratch)
  mounted=$(builder mount "$container")
  install -D "$(command -v busybox)" "$mounted/bin/busybox"
  run -0 builder run "$container" /bin/busybox echo works
  equal "$output" works
  run -0 builder umount "$container"
  run -0 builder commit "$container" app
  equal "$(gantry run --rm --network none app /bin/busybox echo runs)" runs
  run -0 builder rm "$container"
}

@test "what builds keep can be forgotten" {
  mkdir "$WORK/context"
  printf '%s\n' 'FROM busybox' 'RUN echo x >/x' >"$WORK/context/Dockerfile"
  run -0 gantry build --progress plain "$WORK/context"
  run -0 gantry build --progress plain "$WORK/context"
  contains "$output" cached
  run -0 builder prune
  run -0 gantry build --progress plain "$WORK/context"
  lacks "$output" cached
}
