# gantry beside podman: a container from an image, start to end, and the list of containers.
# shellcheck disable=SC2154  # work, gantry, podman: bench/common.bash

bench_engine() {
  local results
  make_images
  results=$(measure "$ROUNDS" \
    gantry "${gantry[@]}" run --rm --network none localhost/busybox true -- \
    podman "${podman[@]}" run --rm --network none "${podman_limits[@]}" localhost/busybox true)
  rows "run --rm --network none true" "$results" podman=0.1

  "${gantry[@]}" run --detach --name bench --network none localhost/busybox sleep 1000 >/dev/null
  "${podman[@]}" run --detach --name bench --network none "${podman_limits[@]}" localhost/busybox sleep 1000 >/dev/null
  results=$(measure "$ROUNDS" gantry "${gantry[@]}" ps -- podman "${podman[@]}" ps)
  rows "ps" "$results" podman=0.1667
  results=$(measure "$ROUNDS" gantry "${gantry[@]}" exec bench true -- podman "${podman[@]}" exec bench true)
  rows "exec true" "$results" podman
  "${gantry[@]}" rm --force bench >/dev/null
  "${podman[@]}" rm --force --time 0 bench >/dev/null
}
