# A large image from a registry on this machine, into an empty store each time, beside podman, umoci and skopeo, and
# beside what any pull has to do. The bytes are in the page cache; writing them to the disk afterwards is not counted.
# With STORES=tmpfs the stores are in memory, for machines whose disk is busy or slow with small files.
# shellcheck disable=SC2154  # work, gantry: bench/common.bash

layout=build/bench/image
fresh=$work/fresh

: "${STORES:=disk}"

# Each run finds the folder $fresh empty and the disk idle.
prepare() {
  [[ -e $layout ]] || {
    mkdir -p build/bench
    bench/make_image "$layout"
  }
  mapfile -t layers < <(jq -r '.layers[].digest | sub(":"; "/")' "$layout/blobs/$(jq -r '.manifests[0].digest | sub(":"; "/")' \
    "$layout/index.json")" | sed "s|^|$layout/blobs/|")
  prepare_stores
  export BEFORE="sh $work/before"
  # shellcheck disable=SC2153  # bench/common.bash has it
  rounds=$((ROUNDS < 5 ? ROUNDS : 5))
}

prepare_stores() {
  cat >"$work/before" <<SCRIPT
! mountpoint -q $fresh/podman/overlay || umount $fresh/podman/overlay
! mountpoint -q $fresh || umount $fresh
rm -rf --one-file-system $fresh
mkdir $fresh
[ $STORES = disk ] || mount -t tmpfs -o mode=755 stores $fresh
sync
SCRIPT
}

# Debian's docker-registry, as the tests have it.
serve() {
  WORK=$work GANTRY_SOURCE=$PWD
  source test/support/check.bash
  source test/support/registry.bash
  # shellcheck disable=SC2119  # without options
  start_registry
  skopeo copy --quiet --dest-tls-verify=false "oci:$layout:image" "docker://$REGISTRY/image"
}

fresh_gantry=("$GANTRY_BIN/gantry" --root "$fresh/gantry" --runroot "$volatile/fresh-gantry-run")
fresh_podman=(podman --root "$fresh/podman" --runroot "$volatile/fresh-podman-run" --cgroup-manager cgroupfs)

# against WHAT PEER TARGET RESULTS NAME: a row, or that we have nothing there.
against() {
  local theirs ours
  theirs=$(milliseconds "$(value "$2" 2 <<<"$4")")
  ours=$(value "$5" 2 <<<"$4")
  if [[ -n $ours ]]; then
    row "$1" "$2" "$theirs" "$(milliseconds "$ours")" ms "$3"
  else
    absent "$1" "$2" "$theirs" ms
  fi
}

# compare WHAT PEER TARGET COMMAND…, with `--` before the peer's command: one of ours and its peer's.
compare() {
  local what=$1 peer=$2 target=$3 results
  local -a ours=()
  shift 3
  while [[ $1 != -- ]]; do
    ours+=("$1")
    shift
  done
  shift
  if ((${#ours[@]} > 0)); then
    results=$(measure "$rounds" gantry "${ours[@]}" -- "$peer" "$@")
  else
    results=$(measure "$rounds" "$peer" "$@")
  fi
  against "$what" "$peer" "$target" "$results" gantry
}

# What a pull consists of, each by a program that does nothing else.
stages() {
  local blob
  local -a urls=()
  for blob in "${layers[@]}"; do
    urls+=(--output /dev/null "http://$REGISTRY/v2/image/blobs/sha256:${blob##*/}")
  done
  local inflate='for layer; do igzip -dc "$layer" >/dev/null; done'
  local unpacked
  unpacked=$(for blob in "${layers[@]}"; do igzip -dc "$blob"; done | wc -c)
  stage_commands=(fetch curl --silent --fail --parallel "${urls[@]}" -- inflate sh -c "$inflate" sh "${layers[@]}" --
    hash openssl dgst -sha256 "${layers[@]}" -- write dd if=/dev/zero "of=$fresh/bytes" bs=1M "count=$((unpacked >> 20))")
}

pull() {
  local results stage longest=0 slowest="" time
  local -a ours=() stage_commands
  stages
  if has pull; then
    ours=(gantry "${fresh_gantry[@]}" pull --quiet --tls-verify=false "$REGISTRY/image" --
      overlay "${fresh_gantry[@]}" --storage-driver overlay pull --quiet --tls-verify=false "$REGISTRY/image" --
      erofs "${fresh_gantry[@]}" --storage-driver erofs pull --quiet --tls-verify=false "$REGISTRY/image" --
      lz4 "${fresh_gantry[@]}" --storage-driver erofs --storage-opt erofs.compression=lz4 pull --quiet --tls-verify=false
      "$REGISTRY/image" --)
  fi
  results=$(measure "$rounds" "${ours[@]}" podman "${fresh_podman[@]}" pull --quiet --tls-verify=false "$REGISTRY/image" -- \
    "${stage_commands[@]}")
  against "pull" podman 0.2 "$results" gantry
  against "pull, driver overlay" podman 0.45 "$results" overlay
  against "pull, driver erofs" podman 0.2 "$results" erofs
  against "pull, driver erofs with lz4" podman "" "$results" lz4
  for stage in fetch inflate hash write; do
    time=$(value "$stage" 2 <<<"$results")
    absent "a pull's parts" "$stage" "$(milliseconds "$time")" ms ""
    ((time <= longest)) || longest=$time slowest=$stage
  done
  against "pull, beside its longest part" "$slowest" "" "$results" gantry
  against "erofs, beside its longest part" "$slowest" 1.5 "$results" erofs
  has pull || return 0
  limit "pull, most memory" "$(megabytes "$(value gantry 4 <<<"$results")")" MB 100
  limit "pull, driver erofs, most memory" "$(megabytes "$(value erofs 4 <<<"$results")")" MB 100
  limit "pull, driver erofs with lz4, most memory" "$(megabytes "$(value lz4 4 <<<"$results")")" MB 100
  limit "pull, driver overlay, most memory" "$(megabytes "$(value overlay 4 <<<"$results")")" MB 100
}

unpack_and_copy() {
  local -a ours=()
  ! has image unpack || ours=("${fresh_gantry[@]}" image unpack "oci:$layout:image" "$fresh/bundle")
  compare "unpack" umoci 0.25 "${ours[@]}" -- umoci unpack --image "$layout:image" "$fresh/bundle"
  ours=()
  ! has image copy || ours=("${fresh_gantry[@]}" image copy --quiet --tls-verify=false "docker://$REGISTRY/image" "oci:$fresh/copy:image")
  compare "copy" skopeo 0.8 "${ours[@]}" -- skopeo copy --quiet --src-tls-verify=false "docker://$REGISTRY/image" "oci:$fresh/copy:image"
}

# Both have the image in the store that they keep, and read the same archive.
save_and_load() {
  "${podman[@]}" pull --quiet --tls-verify=false "$REGISTRY/image" >/dev/null
  "${gantry[@]}" load --quiet --input "oci:$layout:image"
  "${podman[@]}" save --quiet --output "$work/image.tar" "$REGISTRY/image"
  compare "save" podman 0.333 "${gantry[@]}" save --output "$fresh/image.tar" image -- \
    "${podman[@]}" save --quiet --output "$fresh/image.tar" "$REGISTRY/image"
  compare "load" podman 0.333 "${fresh_gantry[@]}" load --quiet --input "$work/image.tar" -- \
    "${fresh_podman[@]}" load --quiet --input "$work/image.tar"
}

bench_pull() {
  local -a layers
  local rounds
  prepare
  serve
  pull
  unpack_and_copy
  save_and_load
  unset BEFORE
  STORES=disk prepare_stores
  sh "$work/before"
}
