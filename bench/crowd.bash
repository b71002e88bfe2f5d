# A thousand containers that run at the same time, started eight in parallel: the last hundred take as long as the first.
# shellcheck disable=SC2154  # work: bench/common.bash

: "${CROWD:=1000}"

# in_parallel FIRST LAST COMMAND…: for each number of the range, in place of NUMBER; prints the milliseconds for one.
in_parallel() {
  local first=$1 last=$2 start=$EPOCHREALTIME
  shift 2
  seq "$first" "$last" | xargs -P 8 -I NUMBER "$@" >/dev/null
  awk -v start="$start" -v end="$EPOCHREALTIME" -v n=$((last - first + 1)) 'BEGIN { print (end - start) * 1000 / n }'
}

bench_crowd() {
  local bundle=$work/crowd first last number
  local -a ours=("$GANTRY_BIN/gantry-runtime" --root "$volatile/r-crowd")
  source bench/runtime.bash
  make_bundle "$bundle" /bin/sleep 1000
  in_parallel 0 20 "${ours[@]}" run --detach --bundle "$bundle" crowd-NUMBER >/dev/null  # the caches are warm now
  for ((number = 0; number <= 20; ++number)); do "${ours[@]}" delete --force "crowd-$number"; done
  first=$(in_parallel 1 100 "${ours[@]}" run --detach --bundle "$bundle" crowd-NUMBER)
  in_parallel 101 $((CROWD - 100)) "${ours[@]}" run --detach --bundle "$bundle" crowd-NUMBER >/dev/null
  last=$(in_parallel $((CROWD - 99)) "$CROWD" "${ours[@]}" run --detach --bundle "$bundle" crowd-NUMBER)
  [[ $("${ours[@]}" list | grep -c running) == "$CROWD" ]] || die "of $CROWD containers some are not running"
  in_parallel 1 "$CROWD" "${ours[@]}" delete --force crowd-NUMBER >/dev/null
  [[ -z $("${ours[@]}" list --quiet) ]] || die "containers are left"
  row "the last 100 of $CROWD, for one" "first 100" "$first" "$last" ms 1.2
}
