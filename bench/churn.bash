# A hundred containers, two at a time, each of which prints its number; every number must come back once.
# shellcheck disable=SC2154  # work, gantry, podman: bench/common.bash

: "${CONTAINERS:=100}"

# churn COMMAND…: prints the milliseconds that all of them took.
churn() {
  local start=$EPOCHREALTIME lost
  seq "$CONTAINERS" | xargs -P 2 -I NUMBER "$@" --name churn-NUMBER localhost/busybox echo NUMBER >"$work/churn"
  local taken=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
  lost=$(comm -13 <(sort "$work/churn") <(seq "$CONTAINERS" | sort) | wc -l)
  ((lost == 0)) || die "$1 lost $lost of $CONTAINERS containers"
  echo "$taken"
}

bench_churn() {
  local ours theirs
  make_images
  ours=$(churn "${gantry[@]}" run --rm --network none)
  theirs=$(churn "${podman[@]}" run --rm --network none "${podman_limits[@]}")
  [[ -z $("${gantry[@]}" ps --all --quiet) ]] || die "gantry ps still lists containers that are gone"
  row "$CONTAINERS x run --rm, two at a time" podman "$theirs" "$ours" ms 0.125
}
