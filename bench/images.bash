# Taking an image in: a gzip'ed docker-archive of this machine's /usr/bin and /usr/lib/python3, loaded and removed.
# shellcheck disable=SC2154  # work, gantry, podman: bench/common.bash

make_archive() {
  tar -C / -cf "$work/large.tar" usr/bin usr/lib/python3
  "${podman[@]}" import --quiet "$work/large.tar" localhost/large >/dev/null
  "${podman[@]}" save --quiet --format oci-archive --output "$work/large.oci.tar" localhost/large
  "${podman[@]}" rmi --force localhost/large >/dev/null
  rm "$work/large.tar"
}

bench_images() {
  local results
  local steps='"$@" load --input "$archive" && "$@" rmi localhost/large'
  make_images
  make_archive
  results=$(archive=$work/large.oci.tar measure 3 gantry sh -c "$steps" sh "${gantry[@]}" -- \
    podman sh -c "$steps" sh "${podman[@]}")
  rows "load and rmi, $(du -m "$work/large.oci.tar" | cut -f1) MB" "$results" podman
}
