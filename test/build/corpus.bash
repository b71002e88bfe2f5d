# The corpus: Dockerfiles of many shapes, each built by gantry build and by buildah. Configurations and file trees are
# the same. skopeo and umoci read what gantry has made.
#
# test/build/corpus/NNN-name is a context with its Dockerfile or Containerfile. `.options` are further options of both.
# Where the peer does not have a part of the language, Dockerfile.peer says the same in its words.

setup() {
  make_world
  need_root
  need buildah skopeo umoci jq busybox
  [[ -x $GANTRY_BIN/gantry-build ]] || skip "gantry-build is not built"
  gantry image bootstrap busybox >/dev/null
  skopeo copy --quiet "oci:$WORK/root:$(stored busybox)" \
    "containers-storage:[overlay@$WORK/peer+$WORK/peer-run]localhost/busybox:latest"
}

teardown() {
  peer umount --all >/dev/null || true
  peer rm --all >/dev/null || true
  umount "$WORK/peer/overlay" 2>/dev/null || true
  end_world
}

peer() { buildah --root "$WORK/peer" --runroot "$WORK/peer-run" "$@"; }
# stored NAME: how the store's index calls an image.
stored() {
  jq -r --arg name "/$1:" '.manifests[].annotations["org.opencontainers.image.ref.name"]? // empty | select(contains($name))' \
    "$WORK/root/index.json" | head -n 1
}

# What two builders must agree about. The peer writes its version into a label; 0 in a health check is as nothing.
config() {
  jq -eS '.config | if .Healthcheck then .Healthcheck |= with_entries(select(.value != 0)) else . end | {Env, Cmd, Entrypoint, User, WorkingDir, ExposedPorts, Volumes, StopSignal, OnBuild, Shell, Healthcheck,
    Labels: (.Labels // {} | del(.["io.buildah.version"]))} | del(..|nulls) | map_values(select(. != {} and . != [] and . != ""))'
}
# Every path with its kind, mode, owner, link and content; without what runtimes mount over.
tree() {
  local folder=$1
  (
    cd "$folder" || exit
    find . -mindepth 1 \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./run -o -path ./etc/hosts -o \
      -path ./etc/resolv.conf -o -path ./etc/hostname \) -prune -o -printf '%P %y %m %U:%G %l\n' | LC_ALL=C sort
    find . -path ./proc -prune -o -path ./sys -prune -o -path ./dev -prune -o -path ./run -prune -o -path ./etc/hosts -prune -o \
      -path ./etc/resolv.conf -prune -o -path ./etc/hostname -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum
  )
}

show_ours() {
  # The store itself has no blobs of layers that were built.
  rm -rf "$WORK/tree" "$WORK/ours"
  gantry image copy --quiet ours "oci:$WORK/ours:ours" || return
  skopeo inspect --config --raw "oci:$WORK/ours:ours" | config || return
  umoci --log error raw unpack --image "$WORK/ours:ours" "$WORK/tree" || return
  tree "$WORK/tree"
}
show_theirs() {
  peer inspect --type image --format '{{.Config}}' localhost/theirs | config || return
  local container mounted
  container=$(peer from --isolation chroot --pull-never --quiet localhost/theirs) || return
  mounted=$(peer mount "$container") || return
  tree "$mounted"
}

# compare CONTEXT: fails with the difference.
compare() {
  local context=$1 file peer_file options=()
  file=$context/Dockerfile
  [[ -e $file ]] || file=$context/Containerfile
  peer_file=$file
  [[ ! -e $context/Dockerfile.peer ]] || peer_file=$context/Dockerfile.peer
  [[ ! -e $context/.options ]] || read -ra options <"$context/.options"
  gantry build --progress plain "${options[@]}" --file "$file" --tag ours "$context" >"$WORK/log" 2>&1 || {
    cat "$WORK/log"
    return 1
  }
  peer bud --isolation chroot --pull-never --quiet --format docker --layers=false "${options[@]}" --file "$peer_file" \
    --tag localhost/theirs "$context" >"$WORK/log" 2>&1 || {
    cat "$WORK/log"
    return 1
  }
  show_ours >"$WORK/ours.txt" || return
  show_theirs >"$WORK/theirs.txt" || return
  diff --label buildah --label gantry --unified=1 "$WORK/theirs.txt" "$WORK/ours.txt"
}

# compare_all FIRST LAST: the contexts of the corpus with these numbers.
compare_all() {
  local context number compared=0 failed=0
  for context in "$GANTRY_SOURCE"/test/build/corpus/*; do
    number=${context##*/}
    number=$((10#${number%%-*}))
    ((number >= $1 && number <= $2)) || continue
    compared=$((compared + 1))
    compare "$context" >"$WORK/difference" && continue
    echo "--- ${context##*/}"
    cat "$WORK/difference"
    failed=$((failed + 1))
  done
  ((failed == 0)) || fail "$failed of them differ"
  ((compared >= 10)) || fail "only $compared contexts have such numbers"
}
