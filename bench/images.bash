# Taking an image in: a gzip'ed docker-archive of this machine's /usr/bin and /usr/lib/python3, loaded and removed; and
# the list of a thousand images.
# shellcheck disable=SC2154  # work, gantry, podman: bench/common.bash

make_archive() {
  tar -C / -cf "$work/large.tar" usr/bin usr/lib/python3
  "${podman[@]}" import --quiet "$work/large.tar" localhost/large >/dev/null
  "${podman[@]}" save --quiet --format oci-archive --output "$work/large.oci.tar" localhost/large
  "${podman[@]}" rmi --force localhost/large >/dev/null
  rm "$work/large.tar"
}

list_a_thousand() {
  local -a crowded=("$GANTRY_BIN/gantry" --root "$work/crowded" --runroot "$work/gantry-run")
  local results
  bench/make_many "$work/many" 1000
  "${crowded[@]}" load --quiet --input "oci:$work/many"
  [[ $("${crowded[@]}" images --quiet | wc -l) == 1000 ]] || die "there are not 1000 images"
  results=$(measure "$ROUNDS" gantry "${crowded[@]}" images)
  limit "images, 1000 of them" "$(milliseconds "$(value gantry 2 <<<"$results")")" ms 5
}

bench_images() {
  local results
  local steps='"$@" load --input "$archive" && "$@" rmi localhost/large'
  make_images
  make_archive
  results=$(archive=$work/large.oci.tar measure 3 gantry sh -c "$steps" sh "${gantry[@]}" -- \
    podman sh -c "$steps" sh "${podman[@]}")
  rows "load and rmi, $(du -m "$work/large.oci.tar" | cut -f1) MB" "$results" podman
  list_a_thousand
}
