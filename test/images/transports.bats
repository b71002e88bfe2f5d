#!/usr/bin/env bats
# bats file_tags=slow
# `gantry image copy` from and to what other programs and other machines keep.

load ../support/common
load peers
load remote

setup() {
  make_remote_world
  make_layout
  id=$(skopeo inspect --raw "oci:$WORK/layout:image" | jq -r .config.digest)
}
teardown() { end_remote_world; }

copy() { gantry image copy --quiet "$@"; }

# config_digest LOCATION: of the image there, by skopeo.
config_digest() { skopeo inspect --raw "$1" | jq -r .config.digest; }

# is_the_image LOCATION: the image of the layout is there, if in other manifests, and a container of it sees what was
# put into it.
is_the_image() {
  skopeo copy --quiet "$1" "dir:$WORK/check"
  equal "$(jq -r .config.digest "$WORK/check/manifest.json")" "$id"
  gantry load -q -i "$1"
  equal "$(gantry run --rm --network none "${id#sha256:}" /bin/sh -c 'cat noise more | sha256sum')" "$NOISE"
}

@test "into a docker-archive, as docker load and podman load read it" {
  copy "oci:$WORK/layout:image" "docker-archive:$WORK/app.tar:app:1"
  is_the_image "docker-archive:$WORK/app.tar"
  equal "$(tar -xOf "$WORK/app.tar" manifest.json | jq -c '.[0].RepoTags')" '["localhost/app:1"]'
  peer podman load --quiet -i "$WORK/app.tar"
  equal "sha256:$(peer_id localhost/app:1)" "$id"
  # Reading it and writing it again changes nothing.
  copy "docker-archive:$WORK/app.tar" "docker-archive:$WORK/again.tar:app:1"
  cmp "$WORK/app.tar" "$WORK/again.tar"
}

@test "a docker-archive holds one image with plain layers" {
  run -125 gantry image copy -q --dest-compress-format gzip "oci:$WORK/layout:image" "docker-archive:$WORK/app.tar"
  one_sentence "$output"
  contains "$output" '--dest-compress-format'
  run -125 gantry image copy -q --preserve-digests "oci:$WORK/layout:image" "docker-archive:$WORK/app.tar"
  contains "$output" 'would change'
  [[ ! -e $WORK/app.tar ]]
}

# start_daemon: sets DOCKER_HOST; what it has and gets is in $WORK/docker.
start_daemon() {
  mkdir "$WORK/docker"
  echo docker.io/library/app:1 >"$WORK/docker/name"
  skopeo copy --quiet "oci:$WORK/layout:image" "docker-archive:$WORK/docker/get.tar:app:1"
  spawn daemon python3 -B "$BATS_TEST_DIRNAME/docker_daemon.py" "$WORK/docker.sock" "$WORK/docker"
  export DOCKER_HOST=unix://$WORK/docker.sock
  eventually [ -S "$WORK/docker.sock" ]
}

@test "from and to Docker" {
  start_daemon
  copy docker-daemon:app:1 "oci:$WORK/from:app"
  equal "$(config_digest "oci:$WORK/from:app")" "$id"
  copy "oci:$WORK/layout:image" docker-daemon:app:2
  equal "$(tar -xOf "$WORK/docker/load.tar" manifest.json | jq -c '.[0].RepoTags')" '["docker.io/library/app:2"]'
  mv "$WORK/docker/load.tar" "$WORK/loaded.tar"
  is_the_image "docker-archive:$WORK/loaded.tar"
  nothing_unfinished
}

@test "what Docker refuses is told" {
  start_daemon
  run -125 gantry image copy -q docker-daemon:none "oci:$WORK/from:app"
  one_sentence "$output"
  contains "$output" 'No such image'
  touch "$WORK/docker/full"
  run -125 gantry image copy -q "oci:$WORK/layout:image" docker-daemon:app:2
  one_sentence "$output"
  contains "$output" 'no space left'
  DOCKER_HOST=unix://$WORK/nothing.sock run -125 gantry image copy -q docker-daemon:app "oci:$WORK/from:app"
  one_sentence "$output"
  contains "$output" 'no Docker daemon'
  DOCKER_HOST=tcp://127.0.0.1:1 run -125 gantry image copy -q docker-daemon:app "oci:$WORK/from:app"
  contains "$output" 'unix:///PATH'
  nothing_unfinished
}

# far_machine: `ssh me@far …` runs its command here, with a gantry whose images are in $WORK/far.
far_machine() {
  bind_program "$WORK/far-bin" gantry --root "$WORK/far" --runroot "$WORK/far-run"
  cat >"$WORK/bin/ssh" <<END
#!/bin/sh
echo "\$*" >>"$WORK/ssh.log"
while [ "\$1" != -- ]; do shift; done
[ "\$2" = me@far ] || { echo "ssh: Could not resolve hostname \$2: Name or service not known" >&2; exit 255; }
PATH=$WORK/far-bin:\$PATH exec sh -c "\$3"
END
  chmod 755 "$WORK/bin/ssh"
}

@test "to another machine and back, over ssh" {
  far_machine
  copy "oci:$WORK/layout:image" ssh://me@far/localhost/app:1
  run -0 gantry --root "$WORK/far" images --quiet --no-trunc
  contains "$output" "${id#sha256:}"
  nothing_left
  copy ssh://me@far:2222/app:1 "oci:$WORK/back:app"
  equal "$(manifest_digest "oci:$WORK/back:app")" "$(manifest_digest "oci:$WORK/layout:image")"
  contains "$(tail -n 1 "$WORK/ssh.log")" '-p 2222 -- me@far'
  nothing_unfinished
}

@test "what goes wrong on the other machine is told in one sentence" {
  far_machine
  run -125 gantry image copy -q ssh://me@far/nothing "oci:$WORK/back:app"
  one_sentence "$output"
  contains "$output" "ssh://me@far/nothing: gantry: "
  run -125 gantry image copy -q ssh://me@elsewhere/app "oci:$WORK/back:app"
  one_sentence "$output"
  contains "$output" 'Could not resolve'
  # One that hangs up while it is sent to.
  run -125 gantry image copy -q "oci:$WORK/layout:image" ssh://me@elsewhere/app
  one_sentence "$output"
  contains "$output" 'Could not resolve'
  run -125 gantry image copy -q 'ssh://-oProxyCommand=true/app' "oci:$WORK/back:app"
  contains "$output" 'ssh://[USER@]HOST'
  nothing_unfinished
}

@test "a name is nothing that a shell on the other machine would read" {
  far_machine
  run -125 gantry image copy -q "ssh://me@far/x;touch $WORK/owned" "oci:$WORK/back:app"
  # shellcheck disable=SC2016  # for the other shell
  run -125 gantry image copy -q 'ssh://me@far/$(touch owned)'"'"'`touch owned`' "oci:$WORK/back:app"
  [[ ! -e $WORK/owned && ! -e owned ]]
}

@test "from the storage of podman, byte for byte" {
  local driver
  for driver in vfs overlay; do
    skopeo copy --quiet "oci:$WORK/layout:image" "containers-storage:[$driver@$WORK/cs-$driver+$WORK/cs-run]localhost/app:1" ||
      skip "skopeo cannot use the driver $driver here"
    umount "$WORK/cs-$driver/overlay" 2>/dev/null || true  # which the driver leaves mounted on itself
    copy "containers-storage:[$driver@$WORK/cs-$driver+$WORK/cs-run]app:1" "oci:$WORK/$driver:app"
    equal "$(config_digest "oci:$WORK/$driver:app")" "$id"
    equal "$(skopeo inspect --raw "oci:$WORK/$driver:app" | jq -c '[.layers[].digest]')" \
      "$(skopeo inspect --config "oci:$WORK/layout:image" | jq -c '.rootfs.diff_ids')"
  done
  # By its id, in the place that is configured, compressed.
  printf '[storage]\ndriver = "vfs"\ngraphroot = "%s"\n' "$WORK/cs-vfs" >"$WORK/storage.conf"
  CONTAINERS_STORAGE_CONF=$WORK/storage.conf copy --dest-compress-format gzip "containers-storage:${id#sha256:}" "oci:$WORK/third:app"
  is_the_image "oci:$WORK/third:app"
}

@test "what buildah has made, with links, modes and what was removed" {
  need buildah
  make_peer_image app
  copy "containers-storage:[vfs@$WORK/peer]localhost/app" "oci:$WORK/copied:app"
  equal "$(config_digest "oci:$WORK/copied:app")" "sha256:$(peer_id app)"
}

@test "a storage that is damaged, or is none" {
  skopeo copy --quiet "oci:$WORK/layout:image" "containers-storage:[vfs@$WORK/cs+$WORK/cs-run]localhost/app:1"
  run -125 gantry image copy -q "containers-storage:[vfs@$WORK/cs]other" "oci:$WORK/none:app"
  one_sentence "$output"
  contains "$output" "has no image 'other'"
  run -125 gantry image copy -q "containers-storage:[vfs@$WORK/nowhere]app" "oci:$WORK/none:app"
  contains "$output" 'no storage'
  local layer
  layer=$(jq -r '.[] | select(has("parent") | not) | .id' "$WORK/cs/vfs-layers/layers.json")
  # Another content of the same size, a shorter one, and a link to what is outside.
  local file=$WORK/cs/vfs/dir/$layer/bin/busybox
  cp "$file" "$WORK/kept"
  printf x | dd of="$file" bs=1 seek=5000 conv=notrunc status=none
  run -125 gantry image copy -q "containers-storage:[vfs@$WORK/cs]app:1" "oci:$WORK/none:app"
  one_sentence "$output"
  contains "$output" 'has the digest'
  : >"$file"
  run -125 gantry image copy -q "containers-storage:[vfs@$WORK/cs]app:1" "oci:$WORK/none:app"
  contains "$output" 'no longer what it was'
  rm "$file"
  ln -s "$WORK/kept" "$file"
  run -125 gantry image copy -q "containers-storage:[vfs@$WORK/cs]app:1" "oci:$WORK/none:app"
  one_sentence "$output"
}

@test "pull and push know all places" {
  far_machine
  start_daemon
  gantry --root "$WORK/far" load -q -i "oci:$WORK/layout:image"
  run -0 gantry --root "$WORK/far" images --quiet --no-trunc
  contains "$output" "${id#sha256:}"
  skopeo copy --quiet "oci:$WORK/layout:image" "containers-storage:[vfs@$WORK/cs+$WORK/cs-run]localhost/app:1"
  local from image
  for from in "ssh://me@far/${id#sha256:}" docker-daemon:app:1 "containers-storage:[vfs@$WORK/cs]app:1" "oci:$WORK/layout:image"; do
    run -0 --separate-stderr gantry pull "$from"
    image=$output
    equal "sha256:$image" "$id"
    equal "$(gantry run --rm --network none "$image" /bin/sh -c 'cat noise more | sha256sum')" "$NOISE"
    is_sound
    gantry push --quiet "$image" "docker-archive:$WORK/pushed.tar:app"
    equal "sha256:$(tar -tf "$WORK/pushed.tar" | sed -n 's/\.json$//p' | grep -v manifest)" "$id"
    gantry rmi "$image"
    nothing_left
  done
  run -125 gantry load -i docker-daemon:app:1
  one_sentence "$output"
  contains "$output" '(gantry pull docker-daemon:app:1)'
}

@test "an ordinary user pulls from everywhere too" {
  need_user
  skopeo copy --quiet "oci:$WORK/layout:image" "docker-archive:$WORK/app.tar:app:1"
  skopeo copy --quiet "oci:$WORK/layout:image" "containers-storage:[vfs@$WORK/cs+$WORK/cs-run]localhost/app:1"
  chmod -R a+rX "$WORK/app.tar" "$WORK/cs"
  run -0 --separate-stderr as_user gantry pull "docker-archive:$WORK/app.tar"
  equal "sha256:$output" "$id"
  as_user gantry rmi "$output"
  run -0 --separate-stderr as_user gantry pull "containers-storage:[vfs@$WORK/cs]app:1"
  equal "sha256:$output" "$id"
}
