# A container on the default bridge: gantry beside podman, beside gantry without a network, and many at once.
# shellcheck disable=SC2154  # work, gantry, podman, podman_limits: bench/common.bash

: "${CROWD:=200}"

bench_network() {
  local results bridge none start taken addresses
  make_images
  results=$(measure "$ROUNDS" \
    gantry "${gantry[@]}" run --rm --network bridge localhost/busybox true -- \
    none "${gantry[@]}" run --rm --network none localhost/busybox true -- \
    podman "${podman[@]}" run --rm --network bridge "${podman_limits[@]}" localhost/busybox true)
  rows "run --rm --network bridge true" "$results" podman=0.0667
  bridge=$(value gantry 2 <<<"$results")
  none=$(value none 2 <<<"$results")
  limit "bridge above none" "$(milliseconds $((bridge - none)))" ms 6

  start=$EPOCHREALTIME
  seq "$CROWD" | xargs -P 8 -I NUMBER "${gantry[@]}" run --detach --name crowd-NUMBER --network bridge \
    localhost/busybox sleep 1000 >/dev/null
  taken=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
  addresses=$("${gantry[@]}" network inspect gantry | grep -c '"ipnet"')
  ((addresses == CROWD)) || die "$addresses of $CROWD containers have an address"
  limit "a container of $CROWD at once" "$(awk -v all="$taken" -v count="$CROWD" 'BEGIN { print all / count }')" ms 12
  "${gantry[@]}" rm --force --all >/dev/null
  "${gantry[@]}" network rm gantry >/dev/null
}
