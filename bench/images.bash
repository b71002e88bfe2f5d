# Everything of images: the large one from a registry and between formats (bench/pull.bash), and the list of a thousand.
# shellcheck disable=SC2154  # work, gantry: bench/common.bash

# shellcheck source=bench/pull.bash
source bench/pull.bash

list_a_thousand() {
  local -a crowded=("$GANTRY_BIN/gantry" --root "$work/crowded" --runroot "$volatile/gantry-run")
  local results
  bench/make_many "$work/many" 1000
  "${crowded[@]}" load --quiet --input "oci:$work/many"
  [[ $("${crowded[@]}" images --quiet | wc -l) == 1000 ]] || die "there are not 1000 images"
  results=$(measure "$ROUNDS" gantry "${crowded[@]}" images)
  limit "images, 1000 of them" "$(milliseconds "$(value gantry 2 <<<"$results")")" ms 5
}

bench_images() {
  bench_pull
  list_a_thousand
}
