#!/usr/bin/env bats
# Looking into images and containers: diff, image mount and unmount.

load ../support/common

setup() {
  make_world
  need jq
}

# layered: the image `layered`, whose second layer adds, changes and deletes.
layered() {
  need skopeo
  mkdir -p "$WORK"/one/folder "$WORK"/two/folder
  echo 1 >"$WORK/one/changed"
  echo 1 >"$WORK/one/folder/deleted"
  echo 22 >"$WORK/two/changed"
  echo 2 >"$WORK/two/added"
  touch "$WORK/two/folder/.wh.deleted"
  tar -C "$WORK/one" -cf "$WORK/one.tar" changed folder
  tar -C "$WORK/two" -cf "$WORK/two.tar" changed added folder
  skopeo copy --quiet "tarball:$WORK/one.tar:$WORK/two.tar" "oci:$WORK/layered:layered"
  gantry load -q -i "$WORK/layered"
}

@test "diff tells what a container has added, changed and deleted" {
  gantry image bootstrap --quiet busybox
  gantry run --name web --network none busybox sh -c 'echo 1 >/new; rm /etc/group; chmod 700 /etc/passwd; mkdir /a; echo 1 >/a/b'
  equal "$(gantry diff web)" $'A /a\nA /a/b\nC /etc\nD /etc/group\nC /etc/passwd\nA /new'
  equal "$(gantry container diff --format json web | jq -c .)" \
    '{"changed":["/etc","/etc/passwd"],"added":["/a","/a/b","/new"],"deleted":["/etc/group"]}'
  gantry create --name untouched --network none busybox
  equal "$(gantry diff untouched)" ""
  run -125 gantry diff missing
  one_sentence "$output"
}

@test "diff of a running container, by an ordinary user too" {
  need_user
  as_user gantry image bootstrap --quiet busybox
  as_user gantry run -d --name web --network none busybox sh -c 'echo 1 >/new; mkdir -m 700 /a; echo 1 >/a/b; chown -R 5:5 /a; sleep 1000'
  eventually has_written
  as_user gantry rm -f web
}

has_written() { [[ $(as_user gantry diff web) == $'A /a\nA /a/b\nA /new' ]]; }

@test "diff of an image tells what its top layer does" {
  need_root
  layered
  equal "$(gantry image diff layered)" $'A /added\nC /changed\nC /folder\nD /folder/deleted'
  equal "$(gantry diff layered)" "$(gantry image diff layered)"
}

@test "diff compares with another image or container" {
  need_root
  layered
  local changes=$'A /added\nC /changed\nC /folder\nD /folder/deleted'
  tar -C "$WORK/one" -cf - changed folder | gantry import -q - below
  equal "$(gantry diff layered below)" "$changes"
  equal "$(gantry image diff below below)" ""
  gantry image bootstrap --quiet busybox
  gantry run --name web --network none busybox touch /new
  equal "$(gantry diff web busybox)" "A /new"
  equal "$(gantry diff busybox web)" "D /new"
  run -125 gantry diff layered missing
  one_sentence "$output"
}

@test "names in a diff do nothing to the terminal" {
  need_root
  gantry image bootstrap --quiet busybox
  gantry run --name web --network none busybox sh -c 'touch "$(printf "/a\033[1m")"'
  equal "$(gantry diff web)" 'A /a\x1b[1m'
}

@test "an image is mounted, kept and unmounted" {
  need_root
  layered
  local path
  path=$(gantry image mount layered)
  equal "$(ls "$path")" $'added\nchanged\nfolder'
  equal "$(ls "$path/folder")" ""
  run ! touch "$path/new"
  equal "$(gantry image mount layered)" "$path"
  equal "$(gantry image mount)" "localhost/layered:latest  $path"
  equal "$(gantry image mount --format json | jq -r '.[0].mountpoint')" "$path"
  run -2 gantry rmi layered
  contains "$output" "gantry image unmount"
  equal "$(gantry image prune -af)" ""
  gantry untag layered
  gantry image bootstrap --quiet busybox
  gantry rmi busybox # a collection
  equal "$(cat "$path/changed")" 22
  gantry image unmount --all
  equal "$(gantry image mount)" ""
  run ! ls "$path"
  run -125 gantry image unmount "$(basename "$path")"
  one_sentence "$output"
}

@test "an image that somebody is in is unmounted by force alone" {
  need_root
  gantry image bootstrap --quiet busybox
  local path
  path=$(gantry image mount busybox)
  cd "$path"
  run -125 gantry image unmount busybox
  one_sentence "$output"
  matches "$output" 'in use at .*--force'
  gantry image umount --force busybox
  cd /
  run -0 gantry image mount --all
  run -0 gantry rmi --force busybox
  run ! grep -q "$WORK" /proc/mounts
}

@test "an ordinary user is told what mounting takes, and can do it in namespaces" {
  need_user
  as_user gantry image bootstrap --quiet busybox
  run -125 as_user gantry image mount busybox
  one_sentence "$output"
  contains "$output" "unshare --map-root-user --mount"
  equal "$(as_user gantry image mount)" ""
  local root run_root
  root=$(as_user gantry info --format '{{.store.graphRoot}}')
  run_root=$(as_user gantry info --format '{{.store.runRoot}}')
  # shellcheck disable=SC2016 # for the shell inside
  run -0 as_user unshare --map-root-user --mount sh -c 'ls "$(gantry --root "$0" --runroot "$1" image mount busybox)"' "$root" "$run_root"
  contains "$output" bin
  run -2 as_user gantry rmi busybox # it could be mounted still
  as_user gantry image unmount busybox
  as_user gantry rmi busybox
}

@test "image inspect has the fields of podman" {
  need_root
  need podman
  layered
  peer() { podman --root "$WORK/peer" --runroot "$WORK/peer-run" --storage-driver vfs "$@"; }
  local fields
  peer import -q "$WORK/one.tar" >/dev/null
  fields=$(peer images -q | head -1)
  fields=$(peer image inspect "$fields" | jq -c '.[0] | keys')
  equal "$(gantry image inspect layered | jq -c --argjson theirs "$fields" '$theirs - (.[0] | keys)')" '[]'
  equal "$(gantry image inspect layered | jq -r '.[0].GraphDriver.Data.UpperDir | test("/layers/")')" true
}
