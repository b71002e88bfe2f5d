# gantry build beside buildah: five lines, cached and anew, independent stages, a large context, a large file.
# shellcheck disable=SC2154  # work, gantry, podman: bench/common.bash

buildah=(buildah --root "$work/podman" --runroot "$volatile/podman-run")
# With the host's network, as buildah has it under chroot.
buildah_options=(--isolation chroot --layers --quiet)
gantry_options=(--network host --quiet)

make_context() {
  mkdir -p "$work/five"
  echo content >"$work/five/file"
  printf '%s\n' 'FROM localhost/busybox' 'COPY file /file' 'RUN echo one >/one' 'ENV A=b' 'CMD ["cat", "/one"]' \
    >"$work/five/Dockerfile"
}

# compare WHAT ROUNDS TARGET CONTEXT OPTION…: both build CONTEXT.
compare() {
  local what=$1 rounds=$2 target=$3 context=$4 results
  shift 4
  results=$(measure "$rounds" \
    gantry "${gantry[@]}" build "${gantry_options[@]}" "$@" "$context" -- \
    buildah "${buildah[@]}" build "${buildah_options[@]}" "$@" "$context")
  rows "$what" "$results" "buildah=$target"
}

build_stages() {
  local stage
  mkdir -p "$work/stages"
  for stage in 1 2 3 4 5 6 7 8; do
    printf 'FROM localhost/busybox AS s%s\nRUN for i in $(seq 20000); do :; done; echo %s >/out\n' "$stage" "$stage"
  done >"$work/stages/Dockerfile"
  {
    echo 'FROM scratch'
    for stage in 1 2 3 4 5 6 7 8; do echo "COPY --from=s$stage /out /$stage"; done
  } >>"$work/stages/Dockerfile"
  local one all
  one=$(measure 5 gantry "${gantry[@]}" build "${gantry_options[@]}" --no-cache --jobs 1 "$work/stages")
  all=$(measure 5 gantry "${gantry[@]}" build "${gantry_options[@]}" --no-cache "$work/stages")
  row "8 stages, all cores" "one core" "$(milliseconds "$(value gantry 2 <<<"$one")")" \
    "$(milliseconds "$(value gantry 2 <<<"$all")")" ms
}

# The change comes between the runs: each is timed once.
build_large_context() {
  local file round
  mkdir -p "$work/many/files"
  for file in $(seq 20000); do echo "$file" >"$work/many/files/$file"; done
  printf '%s\n' 'FROM scratch' 'COPY files /files' >"$work/many/Dockerfile"
  "${gantry[@]}" build "${gantry_options[@]}" "$work/many" >/dev/null
  "${buildah[@]}" build "${buildah_options[@]}" "$work/many" >/dev/null
  cat >"$work/change" <<'EOF'
#!/bin/sh
date +%N >"$1/files/7"
shift
exec "$@"
EOF
  chmod 755 "$work/change"
  round=$(measure 5 \
    gantry "$work/change" "$work/many" "${gantry[@]}" build "${gantry_options[@]}" "$work/many" -- \
    buildah "$work/change" "$work/many" "${buildah[@]}" build "${buildah_options[@]}" "$work/many")
  rows "20,000 files, one change" "$round" buildah=0.2
}

build_large_file() {
  mkdir -p "$work/large"
  head -c 1G /dev/urandom >"$work/large/file"
  printf '%s\n' 'FROM scratch' 'COPY file /file' >"$work/large/Dockerfile"
  compare "COPY of 1 GB" 3 "" "$work/large" --no-cache
}

bench_build() {
  make_images
  make_context
  "${gantry[@]}" build "${gantry_options[@]}" "$work/five" >/dev/null
  "${buildah[@]}" build "${buildah_options[@]}" "$work/five" >/dev/null
  # shellcheck disable=SC2153  # ROUNDS: bench/common.bash
  compare "build, all cached" "$ROUNDS" 0.1 "$work/five"
  compare "build, nothing cached" 10 0.125 "$work/five" --no-cache
  build_stages
  build_large_context
  build_large_file
}
