# gantry-runtime beside the other runtimes, in the cgroup2-only view, where all of them run: one bundle, all namespaces,
# no limits. Then with podman's seccomp profile, which is Docker's.
# shellcheck disable=SC2154  # work, gantry, podman: bench/common.bash

make_bundle() {
  local bundle=$1
  shift
  make_rootfs "$bundle/rootfs"
  runc spec --bundle "$bundle"
  jq '.process.terminal = false | .process.args = $ARGS.positional | del(.process.rlimits) | .linux.resources = {}
    | .linux.namespaces |= map(select(.type != "cgroup")) + [{type: "cgroup"}]' \
    --args "$@" <"$bundle/config.json" >"$bundle/config.new"
  mv "$bundle/config.new" "$bundle/config.json"
}

# usual_seccomp: the profile as podman writes it into a config.
usual_seccomp() {
  local id config
  make_images
  id=$("${podman[@]}" create --network none "${podman_limits[@]}" localhost/busybox true)
  "${podman[@]}" init "$id" >/dev/null
  config=$("${podman[@]}" inspect --format '{{.OCIConfigPath}}' "$id")
  jq .linux.seccomp "$config"
  "${podman[@]}" rm --force --time 0 "$id" >/dev/null
}

bench_runtime() {
  local bundle=$work/bundle results
  local -a ours=("$GANTRY_BIN/gantry-runtime" --root "$volatile/r-gantry") crun=(crun --root "$volatile/r-crun") \
    runc=(runc --root "$volatile/r-runc")
  make_bundle "$bundle" /bin/true
  results=$(cgroup2_view "$work/measure" "$ROUNDS" \
    gantry "${ours[@]}" run --bundle "$bundle" bench-gantry -- \
    crun "${crun[@]}" run --bundle "$bundle" bench-crun -- \
    runc "${runc[@]}" run --bundle "$bundle" bench-runc -- \
    bwrap bwrap --unshare-all --bind "$bundle/rootfs" / --proc /proc --dev /dev /bin/true -- \
    unshare unshare -fpmnui true)
  rows "run true" "$results" crun=0.65 runc bwrap unshare=1.6
  row "run true, peak memory" crun "$(megabytes "$(value crun 4 <<<"$results")")" \
    "$(megabytes "$(value gantry 4 <<<"$results")")" MB 1
  bench_runtime_seccomp "$bundle"
  bench_runtime_steps "$bundle"
}

bench_runtime_seccomp() {
  local bundle=$1-seccomp results
  make_bundle "$bundle" /bin/true
  jq --argjson profile "$(usual_seccomp)" '.linux.seccomp = $profile' <"$bundle/config.json" >"$bundle/config.new"
  mv "$bundle/config.new" "$bundle/config.json"
  results=$(cgroup2_view "$work/measure" "$ROUNDS" gantry "${ours[@]}" run --bundle "$bundle" bench-gantry -- \
    crun "${crun[@]}" run --bundle "$bundle" bench-crun -- runc "${runc[@]}" run --bundle "$bundle" bench-runc)
  rows "run true, seccomp profile" "$results" crun=0.65 runc
}

# create, start, kill and delete as engines call them, and one more process in a running container.
bench_runtime_steps() {
  local bundle=$1-sleep results
  local steps='id=$1; shift; "$@" create --bundle "$bundle" "$id" && "$@" start "$id" && "$@" kill "$id" KILL && "$@" delete --force "$id"'
  local around='
    ours=$1 crun=$2 runc=$3
    shift 3
    $ours run --detach --bundle "$bundle" bench-gantry
    $crun run --detach --bundle "$bundle" bench-crun
    $runc run --detach --bundle "$bundle" bench-runc
    "$@"
    $ours delete --force bench-gantry
    $crun delete --force bench-crun
    $runc delete --force bench-runc'
  export bundle
  make_bundle "$bundle" /bin/sleep 1000
  results=$(cgroup2_view "$work/measure" "$ROUNDS" gantry sh -c "$steps" sh bench-gantry "${ours[@]}" -- \
    crun sh -c "$steps" sh bench-crun "${crun[@]}" -- runc sh -c "$steps" sh bench-runc "${runc[@]}")
  rows "create, start, kill, delete" "$results" crun=0.7 runc
  # The sleeping containers must not hold the pipe that the results come through.
  cgroup2_view sh -c "$around" sh "${ours[*]}" "${crun[*]}" "${runc[*]}" "$work/measure" "$ROUNDS" \
    gantry "${ours[@]}" exec bench-gantry /bin/true -- crun "${crun[@]}" exec bench-crun /bin/true -- \
    runc "${runc[@]}" exec bench-runc /bin/true >"$work/results" </dev/null
  rows "exec true" "$(cat "$work/results")" crun=0.7 runc
}
