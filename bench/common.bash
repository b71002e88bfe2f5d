# What the cases share: the programs, a folder for their state, and the table.

: "${GANTRY_BIN:=$PWD/build/release/bin}"
: "${ROUNDS:=50}"

gantry=("$GANTRY_BIN/gantry" --root "$work/gantry" --runroot "$volatile/gantry-run")
# A hybrid host needs runc below podman. Podman's own default limits cannot be set without CAP_SYS_RESOURCE.
podman=(podman --root "$work/podman" --runroot "$volatile/podman-run" --cgroup-manager cgroupfs --runtime runc)
# shellcheck disable=SC2034  # used by the cases
podman_limits=(--ulimit nofile=1024:1024 --ulimit nproc=1024:1024)

die() {
  echo "bench: $*" >&2
  exit 1
}

# cgroup2 alone, as crun wants it, in a mount namespace of its own.
cgroup2_view() {
  unshare --mount --propagation private sh -c \
    'umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && exec "$@"' sh "$@"
}

measure() { "$work/measure" "$@"; }

# value NAME COLUMN <RESULTS: one number out of measure's lines (2 median µs, 3 least µs, 4 peak KiB).
value() { awk -v name="$1" -v column="$2" '$1 == name { print $column }'; }

heading() { printf '%-34s %-10s %10s %10s %8s %8s  %s\n' "$@"; }

# row WHAT PEER PEER-VALUE OUR-VALUE UNIT [TARGET]: TARGET is the largest allowed ratio of ours to the peer's.
row() {
  awk -v what="$1" -v peer="$2" -v theirs="$3" -v ours="$4" -v unit="$5" -v target="${6:-}" 'BEGIN {
    ratio = theirs > 0 ? ours / theirs : 0
    printf "%-34s %-10s %7.2f %-2s %7.2f %-2s %8.3f %8s  %s\n", what, peer, theirs, unit, ours, unit, ratio,
      target == "" ? "" : sprintf("%.3f", target), target == "" ? "" : ratio <= target ? "ok" : "MISSED"
  }'
}

# limit WHAT OUR-VALUE UNIT LIMIT: a target without a peer.
limit() {
  awk -v what="$1" -v ours="$2" -v unit="$3" -v limit="$4" 'BEGIN {
    printf "%-34s %-10s %10s %7.2f %-2s %8s %5.2f %-2s  %s\n", what, "", "", ours, unit, "", limit, unit, ours <= limit ? "ok" : "MISSED"
  }'
}

# absent WHAT PEER PEER-VALUE UNIT: what we do not have yet, or do not have to beat.
absent() { printf '%-34s %-10s %7.2f %-2s %10s\n' "$1" "$2" "$3" "$4" "${5-not there}"; }

milliseconds() { awk -v value="$1" 'BEGIN { print value / 1000 }'; }
megabytes() { awk -v value="$1" 'BEGIN { print value / 1024 }'; }

# rows WHAT RESULTS PEER… : a row of median times for each peer.
rows() {
  local what=$1 results=$2 peer target
  shift 2
  for peer in "$@"; do
    target=${peer#*=}
    [[ $peer == *=* ]] || target=""
    peer=${peer%%=*}
    row "$what" "$peer" "$(milliseconds "$(value "$peer" 2 <<<"$results")")" \
      "$(milliseconds "$(value gantry 2 <<<"$results")")" ms "$target"
  done
}

# has COMMAND…: whether our program knows it.
has() { "${gantry[@]}" "$@" --help >/dev/null 2>&1; }

make_rootfs() {
  mkdir -p "$1"/{bin,dev,etc,proc,sys,tmp}
  cp "$(type -P busybox)" "$1/bin/busybox"
  "$1/bin/busybox" --install "$1/bin"
  echo 'root:x:0:0:root:/root:/bin/sh' >"$1/etc/passwd"
}

# The same image for both engines.
make_images() {
  [[ ! -e $work/images ]] || return 0
  make_rootfs "$work/image"
  tar -C "$work/image" -cf "$work/image.tar" .
  "${gantry[@]}" import "$work/image.tar" localhost/busybox >/dev/null
  "${podman[@]}" import --quiet "$work/image.tar" localhost/busybox >/dev/null
  touch "$work/images"
}
