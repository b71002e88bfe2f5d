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
