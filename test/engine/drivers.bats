# Containers of the storage drivers vfs and btrfs: roots that hold all files of their image.

load ../support/common

setup() {
  make_world
  need_root
  driver=vfs
}

teardown() {
  if [[ -n ${holder:-} ]]; then
    driver=btrfs g rm -fa >/dev/null 2>&1 || true
    kill "$holder"
    wait "$holder" 2>/dev/null || true
  fi
  end_world
}

# g ARGUMENT…: gantry with the driver, where its file system is.
g() {
  if [[ $driver == btrfs ]]; then within env gantry --storage-driver btrfs "$@"
  else gantry --storage-driver "$driver" "$@"; fi
}
# shellcheck disable=SC2317  # one test has another
within() { nsenter --mount="/proc/$holder/ns/mnt" "$@"; }

make_btrfs() {
  need mkfs.btrfs
  truncate -s 256M "$1"
  mkfs.btrfs -q "$1" >"$WORK/mkfs.out" 2>&1
}

# The store is on btrfs, in a mount namespace that only the test sees.
use_btrfs() {
  make_btrfs "$WORK/disk"
  mkdir -p "$WORK/root"
  coproc HOLDER {
    exec unshare --mount --propagation private sh -c '
      mount -o loop "$1/disk" "$1/root" 2>&1 && echo ready
      exec sleep infinity 2>/dev/null' sh "$WORK" 3>&-
  }
  holder=$HOLDER_PID driver=btrfs
  local word
  read -r word <&"${HOLDER[0]}"
  [[ $word == ready ]] || skip "no btrfs can be mounted here: $word"
}

field() { g inspect -f "{{.$2}}" "$1"; }
refused() {
  local piece=$1
  shift
  run -125 --separate-stderr "$@"
  # shellcheck disable=SC2154  # run sets it
  one_sentence "$stderr"
  contains "$stderr" "$piece"
}

# All that is done with a container's files.
live() {
  g image bootstrap busybox >/dev/null
  run -0 g run --name web --hostname h busybox sh -c 'grep " / " /proc/mounts; echo new >/new; rm /etc/group; echo more >>/etc/passwd; mkdir -p /srv/a'
  lacks "$output" overlay
  equal "$(field web Driver)" "$driver"
  equal "$(g diff web | LC_ALL=C sort)" $'A /new\nA /srv\nA /srv/a\nC /etc\nC /etc/passwd\nD /etc/group'
  matches "$(g ps -a --size --format '{{.Size}}')" '^[0-9.]+ ?kB'

  # Its files stay between starts, and nobody else has them.
  g start -a web >/dev/null
  g cp web:/etc/passwd "$WORK/passwd"
  equal "$(grep -c more "$WORK/passwd")" 2
  run -1 g run --rm busybox cat /new
  echo copied >"$WORK/copied"
  g cp "$WORK/copied" web:/copied
  equal "$(g export web | tar xO copied)" copied

  # Of what it has changed an image is made, whose containers have it, and not what went.
  g commit web changed >/dev/null
  run -0 g run --rm changed sh -c 'cat /new /copied; ls -d /srv/a; test -e /etc/group || echo gone'
  equal "$output" $'new\ncopied\n/srv/a\ngone'
  g container clone web >/dev/null
  run -125 g cp web-clone:/new "$WORK/new"
  g system df >/dev/null
  run -0 g system check
  lacks "$output" ': error'
}

# Nothing is left of containers and images.
vanish() {
  g rm -fa >/dev/null
  g rmi -fa >/dev/null
  equal "$(within find "$WORK/root/containers" "$WORK/root/tmp" -mindepth 1)" ""
}

@test "vfs: a container's life in a folder of its own" {
  # shellcheck disable=SC2317  # by vanish
  within() { "$@"; }
  live
  vanish
}

@test "vfs: layers of another driver are copied" {
  gantry --storage-driver erofs import -q <(tar c -C "$(rootfs)" .) image >/dev/null || skip "no erofs here"
  equal "$(g run --rm image head -n 1 /etc/group)" "root:x:0:"
}

@test "vfs: a create that is killed leaves nothing" {
  mkdir "$(rootfs)/many"
  (cd "$WORK/rootfs/many" && seq 4000 | xargs touch)
  gantry import -q <(tar c -C "$WORK/rootfs" .) image >/dev/null
  g create image true >/dev/null 3>&- &
  local pid=$!
  eventually test -d "$(echo "$WORK"/root/containers/*/root)" || true
  kill -9 "$(pgrep -P $pid || echo $pid)" $pid 2>/dev/null || true
  wait $pid || true
  gantry rm -fa >/dev/null
  run -0 gantry system check --repair
  equal "$(find "$WORK/root/containers" "$WORK/root/tmp" -mindepth 1)" ""
}

@test "vfs: ordinary users" {
  need_user
  as_user gantry image bootstrap busybox >/dev/null
  export STORAGE_DRIVER=vfs
  run -0 as_user gantry --storage-driver vfs run --name web busybox sh -c 'touch /a; chown 5:6 /a; stat -c %u:%g /a /bin'
  equal "$output" $'5:6\n0:0'
  equal "$(as_user gantry diff web)" "A /a"
  as_user gantry commit web changed >/dev/null
  equal "$(as_user gantry --storage-driver vfs run --rm changed stat -c %u:%g /a)" 5:6
  as_user gantry rm web >/dev/null
  equal "$(ls "$WORK/user/home/.local/share/gantry/containers")" ""
  as_user gantry --storage-driver vfs system check
}

@test "btrfs: a container's life in a subvolume of its own" {
  use_btrfs
  live
  # Two layers: each is a tree, and those that nothing needs any more go.
  equal "$(within ls "$WORK/root/trees" | wc -l)" 2
  g rm -fa >/dev/null
  g rmi changed >/dev/null
  equal "$(within ls "$WORK/root/trees" | wc -l)" 1
  vanish
  equal "$(within ls "$WORK/root/trees")" ""
  equal "$(within btrfs subvolume list "$WORK/root")" ""
}

@test "btrfs: a subvolume that a container makes, read-only too, goes with it" {
  use_btrfs
  g image bootstrap busybox >/dev/null
  g create --name web busybox true >/dev/null
  local root
  root=/containers/$(field web Id)/root
  within btrfs subvolume create -q "$WORK/root$root/inner" >/dev/null 2>&1 ||
    within btrfs subvolume create "$WORK/root$root/inner" >/dev/null
  within touch "$WORK/root$root/inner/file"
  within btrfs subvolume snapshot -r "$WORK/root$root/inner" "$WORK/root$root/inner/fixed" >/dev/null
  vanish
  equal "$(within btrfs subvolume list "$WORK/root")" ""
}

@test "btrfs: ordinary users, also where they may not remove subvolumes at once" {
  need_user
  make_btrfs "$WORK/disk"
  # shellcheck disable=SC2016  # the user's own
  as_user sh -c 'mkdir -p "$HOME/.local/share/gantry"'
  local space
  space=/proc/$(cat "$WORK/user/holder")/ns/mnt
  nsenter --mount="$space" mount -o loop "$WORK/disk" "$WORK/user/home/.local/share/gantry" || skip "no btrfs can be mounted here"
  nsenter --mount="$space" chown "$USER_ID:$USER_ID" "$WORK/user/home/.local/share/gantry"
  as_user gantry image bootstrap busybox >/dev/null
  run -0 as_user gantry --storage-driver btrfs run --name web busybox sh -c 'touch /a; chown 5:6 /a; stat -c %u:%g /a'
  equal "$output" 5:6
  equal "$(as_user gantry inspect -f '{{.Driver}}' web)" btrfs
  as_user gantry rm web >/dev/null
  as_user gantry rmi busybox >/dev/null
  equal "$(nsenter --mount="$space" btrfs subvolume list "$WORK/user/home/.local/share/gantry")" ""
}

@test "btrfs is refused on another file system, and so is a driver that nobody knows" {
  gantry image bootstrap busybox >/dev/null
  refused "needs a btrfs file system, and $WORK/root is on another" gantry --storage-driver btrfs run --rm busybox true
  refused "use overlay, erofs, btrfs or vfs" gantry --storage-driver zfs create busybox true
  equal "$(gantry ps -aq)" ""
}
