#!/usr/bin/env bats
# Caches of builds that other machines read: in a folder, in a registry, in an image. docker-registry and our own hold
# them.
# shellcheck disable=SC2030,SC2031  # each test exports for itself

load ../support/common
load ../support/registry

setup() {
  make_world
  need busybox jq
  context=$WORK/context
  mkdir -p "$context"
  echo content >"$context/file"
  printf '%s\n' 'FROM busybox AS tool' 'RUN cat /proc/sys/kernel/random/uuid >/tool' 'FROM busybox' 'COPY file /file' 'RUN cat /proc/sys/kernel/random/uuid >/time' \
    'COPY --from=tool /tool /tool' >"$context/Dockerfile"
  gantry image bootstrap busybox >/dev/null
  gantry save --quiet --format oci-archive --output "$WORK/busybox.tar" busybox
  other load --quiet --input "$WORK/busybox.tar" >/dev/null
}
teardown() {
  end_servers
  end_world
}

# Another machine's store.
other() { gantry --root "$WORK/other" --runroot "$WORK/other-run" "$@"; }
build() { gantry build --progress plain "$@" "$context"; }
cached() { grep -c 'cached$' <<<"$output"; }

@test "a folder: the steps of the image, or of all stages" {
  run -0 build --cache-to "type=local,dest=$WORK/cache,mode=max"
  local first=${lines[-1]}
  run -0 other build --progress plain --cache-from "type=local,src=$WORK/cache" "$context"
  equal "$(cached)" 4
  lacks "$output" "cannot be fetched"
  equal "${lines[-1]}" "$first"
  skopeo inspect --raw "oci:$WORK/cache" | jq -e '.layers[0].mediaType | endswith("zstd")'
  run -0 other builder prune
  run -0 build --cache-to "type=local,dest=$WORK/min"
  rm -rf "$WORK/other/pins"
  run -0 other build --progress plain --cache-from "type=local,src=$WORK/min" "$context"
  equal "$(cached)" 2
}

@test "a registry" {
  start_registry
  printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$REGISTRY" >"$WORK/registries.conf"
  export CONTAINERS_REGISTRIES_CONF=$WORK/registries.conf
  run -0 build --cache-to "type=registry,ref=$REGISTRY/cache:1,mode=max"
  local first=${lines[-1]}
  run -0 other build --progress plain --cache-from "type=registry,ref=$REGISTRY/cache:1" "$context"
  equal "$(cached)" 4
  lacks "$output" "cannot be fetched"
  equal "${lines[-1]}" "$first"
}

@test "the image itself, compressed on its way" {
  start_registry
  printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$REGISTRY" >"$WORK/registries.conf"
  export CONTAINERS_REGISTRIES_CONF=$WORK/registries.conf
  run -0 build --cache-to type=inline -t "$REGISTRY/app"
  local first=${lines[-1]}
  gantry push --quiet --compression-format gzip "$REGISTRY/app"
  run -0 other build --progress plain --cache-from "$REGISTRY/app" "$context"
  equal "$(cached)" 2
  rm -rf "$WORK/other/pins"
  # Only the stage that the image has nothing of is done anew: what is above it differs.
  sed -i '/tool/d' "$context/Dockerfile"
  run -0 other build --progress plain --cache-from "$REGISTRY/app" "$context"
  equal "$(cached)" 2
}

@test "a cache that is not there is a warning; words that say nothing are refused" {
  run -0 build --cache-from "type=local,src=$WORK/none"
  contains "$output" "is not used"
  run -125 build --cache-from type=local
  contains "$output" "does not say where"
  run -125 build --cache-to type=tape,ref=x
  run -125 build --cache-from "type=inline"
}

@test "a layer that is not what the cache says is not taken" {
  run -0 build --cache-to "type=local,dest=$WORK/cache,mode=max"
  local blob
  for blob in "$WORK"/cache/blobs/sha256/*; do
    head -c 4 "$blob" | grep -q '{' || printf x >>"$blob"
  done
  run -0 other build --progress plain --cache-from "type=local,src=$WORK/cache" "$context"
  contains "$output" "the layer of a cached step"
}
