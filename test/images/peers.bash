# Images that other tools make and read, with stores of their own below $WORK.

# peer podman|buildah ARGUMENT…
peer() {
  local tool=$1
  shift
  "$tool" --root "$WORK/peer" --runroot "$WORK/peer-run" --storage-driver vfs "$@"
}

# make_peer_image NAME: buildah makes an image of two layers. The second one removes a file and replaces a folder.
make_peer_image() {
  local name=$1 container
  mkdir -p "$WORK/one/folder" "$WORK/one/bin" "$WORK/two"
  cp "$(type -P busybox)" "$WORK/one/bin/busybox"
  ln "$WORK/one/bin/busybox" "$WORK/one/bin/sh"
  echo gone >"$WORK/one/removed"
  echo below >"$WORK/one/folder/below"
  echo stays >"$WORK/one/stays"
  chmod 4711 "$WORK/one/stays"
  echo above >"$WORK/two/above"
  {
    container=$(peer buildah from scratch)
    peer buildah copy "$container" "$WORK/one" /
    peer buildah commit "$container" "$name-base"
    peer buildah rm "$container"
    container=$(peer buildah from --pull-never "$name-base")
    rm -r "$(peer buildah mount "$container")"/{removed,folder}
    peer buildah copy "$container" "$WORK/two" /folder
    peer buildah config --cmd '["/bin/sh"]' --env A=1 "$container"
    peer buildah umount "$container"
    peer buildah commit "$container" "$name"
    peer buildah rm "$container"
  } >"$WORK/buildah.log" 2>&1 || { cat "$WORK/buildah.log" >&2 && return 1; }
  rm -rf "$WORK/one" "$WORK/two"
}

# peer_id NAME: the image's id, 64 figures.
peer_id() { peer podman image inspect --format '{{.Id}}' "$1"; }

# make_busybox: the image localhost/busybox, in our store.
make_busybox() { gantry image bootstrap --quiet busybox; }

# image_id NAME: of an image in our store, by skopeo.
image_id() { skopeo inspect --raw "oci:$WORK/root:$1" | jq -r .config.digest | cut -d: -f2; }

# layer_folders NAME: where the layers of an image are unpacked, the base first.
layer_folders() {
  local digest
  for digest in $(skopeo inspect --config "oci:$WORK/root:$1" | jq -r '.rootfs.diff_ids[]'); do
    echo "$WORK/root/layers/${digest/://}/fs"
  done
}

# nothing_left: the store holds no blob, no layer and nothing unfinished.
nothing_left() {
  local left
  left=$(find "$WORK"/root/{tmp,blobs,layers} -mindepth 1 ! -name sha256)
  [[ -z $left ]] || fail "left behind: $left"
  equal "$(jq -c .manifests "$WORK/root/index.json")" '[]'
}

# nothing_unfinished: whatever images there are, nothing else is.
nothing_unfinished() { equal "$(ls "$WORK/root/tmp")" ''; }

# refused PATTERN COMMAND…: fails with one sentence that matches, whatever had come before, and leaves the empty store.
refused() {
  local pattern=$1 said
  shift
  run -125 "$@"
  # shellcheck disable=SC2154  # run sets it
  said=$(grep -v '^Copying ' <<<"$output")
  one_sentence "$said"
  matches "$said" "$pattern"
  nothing_left
}
