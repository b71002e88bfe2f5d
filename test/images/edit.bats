#!/usr/bin/env bats
# Commands that change images: config, append, insert, flatten, squash, rebase. All of it in local OCI layouts and the
# store, read back by skopeo and umoci.

load ../support/common
load peers

setup() {
  make_world
  need skopeo jq busybox
  export SOURCE_DATE_EPOCH=1700000000
}

# make_layers: the layout $WORK/l with the image `app` of two layers: a shell below, files above.
make_layers() {
  mkdir -p "$WORK"/parts/{one,two/data}
  make_rootfs "$WORK/parts/one"
  echo one >"$WORK/parts/two/data/one"
  echo two >"$WORK/parts/two/data/two"
  tar -C "$WORK/parts/one" -cf "$WORK/parts/one.tar" .
  tar -C "$WORK/parts/two" -cf "$WORK/parts/two.tar" .
  skopeo copy --quiet "tarball:$WORK/parts/one.tar:$WORK/parts/two.tar" "oci:$WORK/l:app"
}

config_of() { skopeo inspect --config "$1"; }
layers_of() { skopeo inspect --raw "$1" | jq -c '[.layers[].digest]'; }
change() { gantry image "$@"; }

@test "every part of a config, in place" {
  make_layers
  local layers digest
  layers=$(layers_of "oci:$WORK/l:app")
  run -0 change config --entrypoint /bin/sh --entrypoint -e --cmd '["-c","true"]' --env A=1 --env 'B=two words' \
    --label v=1 --user nobody --workdir /data --exposed-port 80 --volume /data --stop-signal SIGINT --author me \
    --annotation x=y --history-comment why "oci:$WORK/l:app"
  digest=$(skopeo inspect --raw "oci:$WORK/l:app" | sha256sum)
  equal "$output" "sha256:${digest%% *}"
  equal "$(config_of "oci:$WORK/l:app" | jq -cS .config)" "$(jq -cS . <<'EOF'
{"User":"nobody","ExposedPorts":{"80/tcp":{}},"Env":["A=1","B=two words"],"Entrypoint":["/bin/sh","-e"],
 "Cmd":["-c","true"],"Volumes":{"/data":{}},"WorkingDir":"/data","Labels":{"v":"1"},"StopSignal":"SIGINT"}
EOF
)"
  equal "$(config_of "oci:$WORK/l:app" | jq -c '[.author, .created, .history[-1]]')" \
    '["me","2023-11-14T22:13:20Z",{"created":"2023-11-14T22:13:20Z","created_by":"gantry image config","comment":"why","empty_layer":true}]'
  equal "$(skopeo inspect --raw "oci:$WORK/l:app" | jq -r .annotations.x)" y
  equal "$(layers_of "oci:$WORK/l:app")" "$layers"
}

@test "what is there is replaced, and what is cleared goes first" {
  make_layers
  change config -q --env A=1 --env B=2 --label a=1 --label b=2 "oci:$WORK/l:app"
  change config -q --env A=3 --clear labels --clear config.cmd --label c=3 --no-history --created @1600000000 \
    --set-platform linux/arm/v6 "oci:$WORK/l:app" "oci:$WORK/l:other"
  equal "$(config_of "oci:$WORK/l:other" | jq -c '[.config.Env, .config.Labels, .created, .os, .architecture, .variant]')" \
    '[["B=2","A=3"],{"c":"3"},"2020-09-13T12:26:40Z","linux","arm","v6"]'
  equal "$(config_of "oci:$WORK/l:app" | jq -c '.config.Labels')" '{"a":"1","b":"2"}'
  run -125 change config --clear everything "oci:$WORK/l:app"
  one_sentence "$output"
  run -125 change config --env A "oci:$WORK/l:app"
  equal "$output" "gantry: variable 'A' is not NAME=VALUE"
}

@test "into every place, from every place, with the same digest" {
  make_layers
  local digest
  digest=$(change config --cmd sh "oci:$WORK/l:app" "oci:$WORK/a:app")
  equal "$(change config --cmd sh "oci:$WORK/l:app" "dir:$WORK/d")" "$digest"
  equal "$(change config --cmd sh "oci:$WORK/l:app" "oci-archive:$WORK/a.tar:app")" "$digest"
  equal "$(change config --cmd sh "oci:$WORK/l:app" app:1)" "$digest"
  equal "$(change config --label a=1 "dir:$WORK/d" "oci:$WORK/b:app")" "$(change config --label a=1 app:1)"
  equal "$(change mutate --label a=2 "oci-archive:$WORK/a.tar" -t app:2)" "$(change config --label a=2 "oci:$WORK/a" "oci:$WORK/a:two")"
  skopeo inspect "oci:$WORK/root:localhost/app:2" >/dev/null
  run -0 gantry system check
  run -125 change config --cmd sh "dir:$WORK/d"
  equal "$output" "gantry: dir:$WORK/d cannot be changed in its place (name a DESTINATION)"
}

@test "an image of Docker's kind stays one, as long as it can" {
  make_layers
  skopeo copy --quiet --format v2s2 "oci:$WORK/l:app" "dir:$WORK/docker"
  change config -q --cmd sh "dir:$WORK/docker" "dir:$WORK/changed"
  equal "$(jq -r '.mediaType, .config.mediaType, .layers[0].mediaType' "$WORK/changed/manifest.json" | cut -d. -f2 | sort -u)" docker
  change config -q --annotation a=b "dir:$WORK/docker" "dir:$WORK/oci"
  equal "$(jq -r '.mediaType, .config.mediaType, .layers[0].mediaType' "$WORK/oci/manifest.json" | cut -d. -f2 | sort -u)" oci
  skopeo copy --quiet "dir:$WORK/oci" "oci:$WORK/check:app"
}

# tree_of LOCATION: all that an image unpacks to, by umoci, a line each. Links show as groups.
tree_of() {
  local name
  name=$(mktemp -d "$WORK/tree.XXXXXX")
  skopeo copy --quiet "$1" "oci:$name/l:x"
  umoci unpack --image "$name/l:x" "$name/b" 2>/dev/null
  (cd "$name/b/rootfs" && find . -printf '%P %y %m %U:%G %l %n %T@\n' | grep -v '^ ' | sort && find . -type f -exec sha256sum {} + | sort)
  rm -r "$name"
}

@test "layers are appended as they are" {
  make_layers
  echo three >"$WORK/parts/three"
  tar -C "$WORK/parts" -cf "$WORK/three.tar" three
  gzip -c9 "$WORK/three.tar" >"$WORK/three.tar.gz"
  change append -q "oci:$WORK/l:app" "$WORK/three.tar.gz" - -t "oci:$WORK/l:new" <"$WORK/three.tar"
  equal "$(layers_of "oci:$WORK/l:new" | jq -r '.[2]')" "sha256:$(sha256sum <"$WORK/three.tar.gz" | cut -d' ' -f1)"
  equal "$(config_of "oci:$WORK/l:new" | jq -r '.rootfs.diff_ids[2:][]' | sort -u)" "sha256:$(sha256sum <"$WORK/three.tar" | cut -d' ' -f1)"
  change append -q --compression zstd scratch "$WORK/three.tar" -t "oci:$WORK/l:small"
  equal "$(skopeo inspect --raw "oci:$WORK/l:small" | jq -r '.layers[0].mediaType')" application/vnd.oci.image.layer.v1.tar+zstd
  run -125 change append scratch "$WORK/parts/three" -t "oci:$WORK/l:bad"
  one_sentence "$output"
  change mutate -q --append "$WORK/three.tar" --label a=b "oci:$WORK/l:app" -t new:1
  equal "$(gantry run --rm --network none new:1 /bin/sh -c 'cat /three /data/one')" $'three\none'
}

@test "files are inserted and removed, and folders on the way stay as they are" {
  need_root
  need umoci
  make_layers
  mkdir "$WORK/site"
  echo index >"$WORK/site/index"
  change insert -q "oci:$WORK/l:app" "$WORK/site" /tmp/site
  change insert -q --opaque --chown 3:4 "oci:$WORK/l:app" "$WORK/site/" data
  change insert -q --whiteout "oci:$WORK/l:app" /etc/group
  umoci unpack --image "$WORK/l:app" "$WORK/b" 2>/dev/null
  equal "$(stat -c '%a %u' "$WORK/b/rootfs/tmp")" '1777 0'
  equal "$(ls "$WORK/b/rootfs/data")" index
  equal "$(stat -c '%u:%g %Y' "$WORK/b/rootfs/data/index")" "3:4 $SOURCE_DATE_EPOCH"
  [[ ! -e $WORK/b/rootfs/etc/group && -e $WORK/b/rootfs/etc/passwd ]]
  change config -q "oci:$WORK/l:app" app:1
  equal "$(gantry run --rm --network none app:1 /bin/sh -c 'stat -c %a /tmp; ls /data; ls /etc/passwd /etc/group 2>/dev/null || true')" $'1777\nindex\n/etc/passwd'
}

@test "flattened and squashed images unpack to the same files, and to the same digest each time" {
  need_root
  need umoci buildah
  export SOURCE_DATE_EPOCH=4000000000  # later than all files, whose times stay
  make_peer_image app
  peer buildah push --quiet app "oci:$WORK/l:app"
  echo more >"$WORK/more"
  change insert -q "oci:$WORK/l:app" "$WORK/more" /more
  local tree one
  tree=$(tree_of "oci:$WORK/l:app")
  one=$(change flatten "oci:$WORK/l:app" "oci:$WORK/l:flat")
  equal "$(change flatten "oci:$WORK/l:app" "dir:$WORK/again")" "$one"
  equal "$(layers_of "oci:$WORK/l:flat" | jq length)" 1
  equal "$(tree_of "oci:$WORK/l:flat" | grep -v ' d ')" "$(grep -v ' d ' <<<"$tree")"
  change squash -q --top 2 "oci:$WORK/l:app" "oci:$WORK/l:squashed"
  equal "$(layers_of "oci:$WORK/l:squashed" | jq -c '[length, .[0]]')" "$(layers_of "oci:$WORK/l:app" | jq -c '[2, .[0]]')"
  equal "$(tree_of "oci:$WORK/l:squashed" | grep -v ' d ')" "$(grep -v ' d ' <<<"$tree")"
  # What buildah reads has a history for every layer.
  local name
  for name in flat squashed; do
    skopeo copy --quiet "oci:$WORK/l:$name" "docker-archive:$WORK/$name.tar:localhost/$name:1"
    peer buildah from --name "$name" "docker-archive:$WORK/$name.tar" >/dev/null
    peer buildah rm "$name" >/dev/null
  done
  run -125 change squash --top 9 "oci:$WORK/l:app" "oci:$WORK/l:x"
  one_sentence "$output"
}

@test "an image gets another base" {
  make_layers
  tar -C "$WORK/parts/two" -cf "$WORK/two.tar" .
  change append -q scratch "$WORK/parts/one.tar" -t "oci:$WORK/l:old"
  echo new >"$WORK/parts/one/etc/release"
  tar -C "$WORK/parts/one" -cf "$WORK/parts/new.tar" .
  change append -q scratch "$WORK/parts/new.tar" -t "oci:$WORK/l:new"
  change rebase -q --old-base "oci:$WORK/l:old" --new-base "oci:$WORK/l:new" "oci:$WORK/l:app" "oci:$WORK/l:moved"
  equal "$(layers_of "oci:$WORK/l:moved")" \
    "[$(layers_of "oci:$WORK/l:new" | jq -c '.[0]'),$(layers_of "oci:$WORK/l:app" | jq -c '.[1]')]"
  change rebase -q --old-base "oci:$WORK/l:old" --new-base "oci:$WORK/l:new" "oci:$WORK/l:app" moved
  equal "$(gantry run --rm --network none moved /bin/sh -c 'cat /etc/release /data/one')" $'new\none'
  run -125 change rebase --old-base "oci:$WORK/l:new" --new-base "oci:$WORK/l:old" "oci:$WORK/l:app"
  one_sentence "$output"
  contains "$output" 'layer 1 is another one'
  run -125 change rebase --new-base "oci:$WORK/l:old" "oci:$WORK/l:app"
  contains "$output" 'does not say what it is made on'
}

@test "a layer that was tampered with is noticed, and nothing is left" {
  make_layers
  local blob
  blob=$(layers_of "oci:$WORK/l:app" | jq -r '.[1]')
  printf 'x' | dd of="$WORK/l/blobs/${blob/://}" bs=1 seek=60 conv=notrunc status=none
  local command
  for command in flatten "config --cmd sh" "insert --whiteout"; do
    # shellcheck disable=SC2086
    run -125 change $command "oci:$WORK/l:app" ${command:+$([[ $command == insert* ]] && echo /data -t)} "oci:$WORK/out:x"
    one_sentence "$output"
    contains "$output" sha256
  done
  nothing_unfinished
}
