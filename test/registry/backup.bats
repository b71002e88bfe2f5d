#!/usr/bin/env bats
# Backups of a registry that is running, and registries made of them.

load ../support/common
load serving

backup() { gantry registry backup --storage "$STORAGE" "$@"; }

@test "a backup is served like the registry that it is of" {
  make_layout
  gantry registry user add --admin --password-stdin --storage "$STORAGE" root <<<secret
  serve
  skopy --dest-creds root:secret "oci:$WORK/layout:image" "docker://$REGISTRY/app:1"
  run -0 backup "$WORK/backup"
  local blobs
  blobs=$(find "$WORK/layout/blobs" -type f | wc -l)
  contains "$output" "$blobs blobs, of which $blobs were copied"
  run -0 backup "$WORK/backup"
  contains "$output" "of which 0 were copied"
  stop_serving
  rm -r "$STORAGE"
  run -0 gantry registry backup --storage "$WORK/backup" "$STORAGE"
  serve
  equal "$(ask /v2/app/manifests/1)" 401
  skopy --src-creds root:secret "docker://$REGISTRY/app:1" "oci:$WORK/back:image"
  diff -r "$WORK/layout/blobs" "$WORK/back/blobs"
}

@test "backups taken while images come and go are whole" {
  make_layout
  serve
  skopy "oci:$WORK/layout:image" "docker://$REGISTRY/app:1"
  (for i in {1..10}; do
    skopy "oci:$WORK/layout:image" "docker://$REGISTRY/other$i:1"
    skopeo delete --tls-verify=false "docker://$REGISTRY/other$i:1"
    gantry registry gc --storage "$STORAGE" --grace 10m >"$WORK/gc"
  done) &
  local pusher=$!
  for round in 1 2 3; do
    backup "$WORK/backup$round"
    run -0 gantry registry fsck --storage "$WORK/backup$round"
  done
  wait "$pusher"
}

@test "mistakes name their folder" {
  run -125 backup "$WORK/backup"
  one_sentence "$output"
  serve
  run -125 backup "$STORAGE"
  one_sentence "$output"
  gantry registry backup --storage "$STORAGE" "$WORK/backup"
  run -125 gantry registry backup --storage "$WORK/backup" "$STORAGE"
  one_sentence "$output"
  contains "$output" "$STORAGE"
}
