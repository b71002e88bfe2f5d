# What a running container costs beside itself: the proportional set size of its monitor.
# shellcheck disable=SC2154  # work, gantry, podman: bench/common.bash

# monitor_pss COMMAND…: KiB, of the parent of the container `bench`.
monitor_pss() {
  local pid parent
  pid=$("$@" inspect --format '{{.State.Pid}}' bench)
  parent=$(awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status")
  awk '$1 == "Pss:" { print $2 }' "/proc/$parent/smaps_rollup"
}

bench_memory() {
  local ours theirs
  make_images
  "${gantry[@]}" run --detach --name bench --network none localhost/busybox sleep 1000 >/dev/null
  "${podman[@]}" run --detach --name bench --network none "${podman_limits[@]}" localhost/busybox sleep 1000 >/dev/null
  ours=$(monitor_pss "${gantry[@]}")
  theirs=$(monitor_pss "${podman[@]}")
  row "monitor, PSS of one" conmon "$(megabytes "$theirs")" "$(megabytes "$ours")" MB
  limit "monitor, PSS of one" "$(megabytes "$ours")" MB 1
  "${gantry[@]}" rm --force bench >/dev/null
  "${podman[@]}" rm --force --time 0 bench >/dev/null
}
