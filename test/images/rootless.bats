# The same as an ordinary user, with and without subordinate ids.

load ../support/common
load peers

setup() {
  make_world
  need_user
  need jq
}

# make_owned_archive: a root file system with files of several users.
make_owned_archive() {
  mkdir -p "$WORK/tree/etc" "$WORK/tree/home/me"
  echo hello >"$WORK/tree/home/me/file"
  tar -C "$WORK/tree" --owner=1000 --group=1000 -cf "$WORK/owned.tar" home
  tar -C "$WORK/tree" --owner=0 --group=0 -rf "$WORK/owned.tar" etc
  chmod 644 "$WORK/owned.tar"
}

@test "files get the owners of the image, by subordinate ids" {
  need_root
  make_owned_archive
  as_user gantry import -q "$WORK/owned.tar" owned
  local file
  file=$(find "$WORK/user/home" -path '*/fs/home/me/file')
  equal "$(stat -c %u:%g "$file")" "$((${USER_SUBIDS%:*} + 999)):$((${USER_SUBIDS%:*} + 999))"
  run -0 as_user gantry system check
  as_user gantry rmi owned
  equal "$(find "$WORK/user/home" -path '*/layers/sha256/*')" ''
}

@test "with one id alone all files are the user's" {
  need_root
  make_owned_archive
  as_lone_user gantry import -q "$WORK/owned.tar" owned
  equal "$(stat -c %u "$(find "$WORK/lone-user/home" -path '*/fs/home/me/file')")" $USER_ID
  as_lone_user gantry rmi owned
}

@test "load and save" {
  as_user gantry image bootstrap --quiet busybox
  as_user sh -c 'gantry save busybox >"$TMPDIR/busybox.tar" && gantry load -i "$TMPDIR/busybox.tar"'
}
