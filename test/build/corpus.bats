#!/usr/bin/env bats
# bats file_tags=slow
# Dockerfiles of many shapes, each built by gantry build and by buildah: configurations and file trees are the same.
#
# test/build/corpus/NNN-name is a context with its Dockerfile or Containerfile. `.options` are further options of both.
# Where the peer does not have a part of the language, Dockerfile.peer says the same in its words.

load ../support/common

setup() {
  make_world
  need_root
  need buildah skopeo jq busybox
  [[ -x $GANTRY_BIN/gantry-build ]] || skip "gantry-build is not built"
  gantry image bootstrap busybox >/dev/null
  give_peer busybox
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

# give_peer NAME: the peer's storage gets an image of ours.
give_peer() {
  skopeo copy --quiet "oci:$WORK/root:$(stored "$1")" \
    "containers-storage:[overlay@$WORK/peer+$WORK/peer-run]localhost/$1:latest"
}

# What two builders must agree about. The peer writes its version into a label.
config() {
  jq -S '.config | {Env, Cmd, Entrypoint, User, WorkingDir, ExposedPorts, Volumes, StopSignal, OnBuild, Shell, Healthcheck,
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

# show IMAGE: of the peer's storage, its configuration and its tree.
show() {
  local container mounted
  peer inspect --type image --format '{{.Config}}' "$1" | config
  container=$(peer from --pull-never --quiet "$1")
  mounted=$(peer mount "$container")
  tree "$mounted"
  peer umount "$container" >/dev/null
  peer rm "$container" >/dev/null
}

# compare FOLDER: fails with the difference.
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
  give_peer ours
  peer bud --isolation chroot --pull-never --quiet --format docker --layers=false "${options[@]}" --file "$peer_file" \
    --tag localhost/theirs "$context" >"$WORK/log" 2>&1 || {
    cat "$WORK/log"
    return 1
  }
  show localhost/ours >"$WORK/ours.txt"
  show localhost/theirs >"$WORK/theirs.txt"
  diff --label buildah --label gantry --unified=1 "$WORK/theirs.txt" "$WORK/ours.txt"
}

# compare_all PATTERN: every context of the corpus whose name fits.
compare_all() {
  local context failed=0
  for context in "$GANTRY_SOURCE"/test/build/corpus/$1; do
    compare "$context" >"$WORK/difference" && continue
    echo "--- ${context##*/}"
    cat "$WORK/difference"
    failed=$((failed + 1))
  done
  ((failed == 0)) || fail "$failed of them differ"
}

@test "the corpus is as large as it should be" {
  local all=("$GANTRY_SOURCE"/test/build/corpus/*)
  ((${#all[@]} >= 80))
}

@test "configurations and file trees are buildah's: 000 to 019" { compare_all '0[01]*'; }
@test "configurations and file trees are buildah's: 020 to 039" { compare_all '0[23]*'; }
@test "configurations and file trees are buildah's: 040 to 059" { compare_all '0[45]*'; }
@test "configurations and file trees are buildah's: 060 to 079" { compare_all '0[67]*'; }
@test "configurations and file trees are buildah's: 080 to 099" { compare_all '0[89]*'; }
@test "configurations and file trees are buildah's: 100 and on" { compare_all '1*'; }
