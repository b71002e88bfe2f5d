# Many containers at once: stopped, listed, removed; a long log; what a monitor takes.
# shellcheck disable=SC2154  # work, gantry, podman: bench/common.bash

: "${LIFE:=100}" "${LOG_MEGABYTES:=1000}"

# seconds_of COMMAND…
seconds_of() {
  local start=$EPOCHREALTIME
  "$@" >/dev/null
  awk -v start="$start" -v end="$EPOCHREALTIME" 'BEGIN { print end - start }'
}

# Each needs a second to end.
start_many() {
  local number
  for ((number = 0; number < LIFE; ++number)); do
    "$@" --network none localhost/busybox \
      sh -c 'trap "sleep 1; exit 0" TERM; while :; do sleep 0.1; done' >/dev/null
  done
}

bench_life() {
  local ours theirs monitor
  make_images
  start_many "${gantry[@]}" run --detach
  "${gantry[@]}" run --detach --name one --network none localhost/busybox \
    sh -c 'trap "sleep 1; exit 0" TERM; while :; do sleep 0.1; done' >/dev/null
  sleep 1
  theirs=$(seconds_of "${gantry[@]}" stop one)
  ours=$(seconds_of "${gantry[@]}" stop --all)
  row "stop of $LIFE" "stop of 1" "$theirs" "$ours" s 1.2
  ours=$(seconds_of "${gantry[@]}" ps --all)
  limit "ps --all of $LIFE" "$(awk -v s="$ours" 'BEGIN { print 1000 * s }')" ms 20

  start_many "${podman[@]}" run --detach "${podman_limits[@]}"
  "${gantry[@]}" start --all >/dev/null
  theirs=$(seconds_of "${podman[@]}" rm --force --time 0 --all)
  ours=$(seconds_of "${gantry[@]}" rm --force --all)
  row "rm --force of $LIFE" podman "$theirs" "$ours" s 0.1

  "${gantry[@]}" run --name talker --network none localhost/busybox \
    sh -c "yes $(printf '%0100d' 0) | head -c ${LOG_MEGABYTES}000000" >/dev/null
  ours=$(seconds_of "${gantry[@]}" logs talker)
  limit "logs of $LOG_MEGABYTES MB, for a GB" "$(awk -v s="$ours" -v n="$LOG_MEGABYTES" 'BEGIN { print s * 1000 / n }')" s 1
  "${gantry[@]}" rm talker >/dev/null

  "${gantry[@]}" run --detach --name idle --network none --restart always localhost/busybox sleep 1000 >/dev/null
  monitor=$(pgrep -f 'gantry-monitor [0-9]+ idle$' | head -n 1)
  limit "memory of a monitor (PSS)" "$(awk '/^Pss:/ { print $2 / 1024 }' "/proc/$monitor/smaps_rollup")" MB 1
  "${gantry[@]}" rm --force idle >/dev/null
}
