#!/usr/bin/env bats
# `gantry image unpack` and `repack` beside umoci: the same files from the same image, and the same changes from the
# same edits.

load ../support/common
load peers

setup() {
  make_world
  need skopeo jq busybox
}

# make_image: the layout $WORK/l with the image `app` of three layers, with whatever a layer can hold. The third
# removes and replaces things of the second.
make_image() {
  local part
  mkdir -p "$WORK"/parts/{one,two/{data/deep,gone,opaque},three/data}
  make_rootfs "$WORK/parts/one"
  (
    cd "$WORK/parts/two" || exit
    echo 1 >data/keep
    echo 2 >data/replaced
    echo 3 >data/removed
    echo 4 >data/deep/file
    echo 5 >gone/file
    echo 6 >opaque/old
    ln data/keep data/link
    ln -s ../data/keep data/symlink
    ln -s /etc/passwd absolute
    mkfifo data/fifo
    echo odd >$'data/odd name\n\\#='
    chmod 4755 data/deep/file
    ((EUID != 0)) || { chown 5:6 data/deep data/replaced && mknod data/null c 1 3; }
    touch -d @1500000000.123456789 data/keep data/deep
    cd ../three || exit
    mkdir opaque
    echo 7 >data/replaced
    touch data/.wh.removed .wh.gone opaque/.wh..wh..opq
    echo 8 >opaque/new
  )
  for part in one two three; do
    tar -C "$WORK/parts/$part" --xattrs --format=pax -cf "$WORK/$part.tar" .
  done
  skopeo copy --quiet "tarball:$WORK/one.tar:$WORK/two.tar:$WORK/three.tar" "oci:$WORK/l:app"
}

# files_in FOLDER: a line for everything there, and a digest for every file.
files_in() {
  (
    cd "$1" || exit
    find . -printf '%P %y %m %U:%G %l %n %s %T@\n' | sed -E '/^[^ ]* d /s/ [0-9]+ [0-9]+ ([0-9.]+)$/ \1/' | sort
    find . -type f -exec sha256sum {} + | sort
  )
}
same_files() { diff <(files_in "$1") <(files_in "$2") >&2; }
digest_of() { echo "sha256:$(skopeo inspect --raw "$1" | sha256sum | cut -d' ' -f1)"; }
members_of() { tar -tf "$WORK/$1/blobs/sha256/$(skopeo inspect --raw "oci:$WORK/$1:$2" | jq -r '.layers[-1].digest[7:]')" | sort; }

@test "an image unpacks to what umoci makes of it" {
  need_root
  need umoci
  make_image
  gantry image unpack "oci:$WORK/l:app" "$WORK/ours"
  umoci unpack --image "$WORK/l:app" "$WORK/theirs" 2>/dev/null
  same_files "$WORK/ours/rootfs" "$WORK/theirs/rootfs"
  equal "$(stat -c '%a %u:%g %Y' "$WORK/ours/rootfs/data/deep")" '755 5:6 1500000000'
  gantry image config -q "oci:$WORK/l:app" app
  gantry image unpack app "$WORK/stored"
  same_files "$WORK/ours/rootfs" "$WORK/stored/rootfs"
}

@test "a runtime runs the bundle as the image says" {
  need_root
  make_image
  gantry image config -q --entrypoint /bin/sh --cmd -c --cmd 'id -u; pwd; echo $A' --env A=1 --user nobody --workdir /data --label a=b "oci:$WORK/l:app"
  gantry image unpack "oci:$WORK/l:app" "$WORK/b"
  edit_config "$WORK/b" --arg cgroup "/gantry-test-$NAME-b" '.process.terminal = false | .linux.cgroupsPath = $cgroup'
  run -0 gantry-runtime run -b "$WORK/b" "bundle-$NAME"
  equal "$output" $'65534\n/data\n1'
  equal "$(jq -r .annotations.a "$WORK/b/config.json")" b
}

# change_files ROOTFS
change_files() {
  (
    cd "$1" || exit
    echo new >data/new
    echo 9 >data/keep
    chmod 600 data/replaced
    rm -r data/deep absolute
    mkdir -p made/below
    rm data/fifo && echo file >data/fifo
    ln data/new data/new-link
    touch -d @1600000000 data/replaced data/new data/keep data/fifo made/below made data .
  )
}

@test "what has changed becomes a layer, as umoci makes it" {
  need_root
  need umoci
  make_image
  gantry image unpack "oci:$WORK/l:app" "$WORK/ours"
  umoci unpack --image "$WORK/l:app" "$WORK/theirs" 2>/dev/null
  change_files "$WORK/ours/rootfs"
  change_files "$WORK/theirs/rootfs"
  run -0 gantry image repack "$WORK/ours" "oci:$WORK/l:changed"
  equal "$output" "$(digest_of "oci:$WORK/l:changed")"
  umoci repack --image "$WORK/l:theirs" "$WORK/theirs" 2>/dev/null
  equal "$(members_of l changed)" "$(members_of l theirs | sed 's,^\.$,./,' | sort)"
  umoci unpack --image "$WORK/l:changed" "$WORK/again" 2>/dev/null
  same_files "$WORK/again/rootfs" "$WORK/ours/rootfs"
  gantry image unpack "oci:$WORK/l:theirs" "$WORK/back"
  same_files "$WORK/back/rootfs" "$WORK/theirs/rootfs"
}

@test "the same changes give the same digest, and none give no layer" {
  need_root
  make_image
  export SOURCE_DATE_EPOCH=1650000000
  local digest
  gantry image unpack "oci:$WORK/l:app" "$WORK/one"
  gantry image unpack "oci:$WORK/l:app" "$WORK/two"
  run -0 gantry image repack "$WORK/one" "oci:$WORK/l:same"
  contains "$output" 'nothing has changed'
  equal "$(skopeo inspect --raw "oci:$WORK/l:same" | jq -c .layers)" "$(skopeo inspect --raw "oci:$WORK/l:app" | jq -c .layers)"
  echo new >"$WORK/one/rootfs/data/new"
  echo secret >"$WORK/one/rootfs/data/keep"
  echo new >"$WORK/two/rootfs/data/new"
  digest=$(gantry image repack --mask-path /data/keep --mask-path data/link "$WORK/one" "oci:$WORK/l:a")
  equal "$(gantry image repack "$WORK/two" "oci:$WORK/l:b")" "$digest"
  equal "$(members_of l a)" $'data/\ndata/new'
}

@test "content that changed behind the same size and time is seen" {
  need_root
  make_image
  gantry image unpack "oci:$WORK/l:app" "$WORK/b"
  printf '9' | dd of="$WORK/b/rootfs/data/keep" conv=notrunc status=none
  touch -d @1500000000.123456789 "$WORK/b/rootfs/data/keep"
  gantry image repack -q "$WORK/b" "oci:$WORK/l:b"
  equal "$(members_of l b)" $'data/\ndata/keep\ndata/link'
}

@test "an ordinary user unpacks, changes and repacks" {
  need_root
  need_user
  make_image
  chmod -R a+rX "$WORK/l"
  local home=$WORK/user/home bundle
  as_user cp -r "$WORK/l" "$home/l"
  as_user gantry image unpack "oci:$home/l:app" "$home/mapped"
  as_user gantry image unpack --rootless "oci:$home/l:app" "$home/single"
  equal "$(stat -c %u "$home/single/rootfs/data/deep" "$home/mapped/rootfs/data/keep")" "$USER_ID"$'\n'"$USER_ID"
  equal "$(stat -c %u "$home/mapped/rootfs/data/deep")" "$((${USER_SUBIDS%:*} + 4))"
  [[ ! -e $home/single/rootfs/data/null ]]
  for bundle in mapped single; do
    as_user sh -c "echo new >$home/$bundle/rootfs/new"
    as_user gantry image repack -q "$home/$bundle" "oci:$home/l:$bundle"
    equal "$(tar -tvzf "$home/l/blobs/sha256/$(skopeo inspect --raw "oci:$home/l:$bundle" | jq -r '.layers[-1].digest[7:]')" | awk '{print $2, $6}')" $'0/0 ./\n0/0 new'
  done
  as_user gantry image unpack "oci:$home/l:mapped" "$home/again"
  equal "$(as_user cat "$home/again/rootfs/new")" new
}

@test "what is no bundle or no longer its image is refused, and a failed unpack leaves nothing" {
  make_image
  gantry image unpack --rootless "oci:$WORK/l:app" "$WORK/b"
  run -125 gantry image unpack --rootless "oci:$WORK/l:app" "$WORK/b"
  equal "$output" "gantry: $WORK/b is there already (name a new folder)"
  run -125 gantry image repack "$WORK/parts" "oci:$WORK/l:x"
  one_sentence "$output"
  contains "$output" 'is no bundle'
  gantry image config -q --label a=b "oci:$WORK/l:app"
  run -125 gantry image repack "$WORK/b" "oci:$WORK/l:x"
  one_sentence "$output"
  contains "$output" 'has become another image'
  local blob
  blob=$(skopeo inspect --raw "oci:$WORK/l:app" | jq -r '.layers[2].digest')
  printf 'xxxx' | dd of="$WORK/l/blobs/${blob/://}" bs=1 seek=60 conv=notrunc status=none
  run -125 gantry image unpack --rootless "oci:$WORK/l:app" "$WORK/c"
  one_sentence "$output"
  [[ ! -e $WORK/c ]]
}
