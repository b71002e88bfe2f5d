# Root file systems that are no image: a plain folder, the host's own /usr.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
}

@test "--rootfs writes to the folder itself" {
  gantry run --rm --rootfs "$(rootfs)" sh -c 'echo written >/root/file'
  equal "$(cat "$WORK/rootfs/root/file")" written
}

@test "--rootfs FOLDER:O keeps the folder as it is" {
  local before
  before=$(find "$(rootfs)" -printf '%P %m %s %T@\n' | sort)
  run -0 gantry run --rm --rootfs "$WORK/rootfs:O" sh -c 'echo written >/root/file; rm /etc/group; cat /root/file'
  equal "$output" written
  equal "$(find "$WORK/rootfs" -printf '%P %m %s %T@\n' | sort)" "$before"
}

@test "--rootfs leads nobody out of the folder by a symlink" {
  mkdir "$WORK/outside"
  ln -s "$WORK/outside" "$(rootfs)/link"
  mkdir "$WORK/data"
  gantry run --rm -v "$WORK/data:/link/target" --rootfs "$WORK/rootfs" true || true
  equal "$(ls -A "$WORK/outside")" ""
}

@test "--host-root has the host's programs" {
  # shellcheck disable=SC2016  # for the container's shell
  run -0 gantry run --rm --host-root bash -c 'echo "$BASH_VERSION"'
  equal "$output" "$(bash -c 'echo "$BASH_VERSION"')"
}

@test "--host-root shows neither the host's users nor their files" {
  run -0 gantry run --rm --host-root sh -c 'ls -A /root /home; [ ! -e /etc/shadow ] && cut -d: -f1 /etc/passwd'
  equal "$output" "/home:"$'\n\n'"/root:"$'\n'"root"$'\n'"nobody"
}

@test "--host-root cannot be written" {
  run -1 gantry run --rm --host-root touch /usr/file
  [[ ! -e /usr/file ]] || fail "wrote to the host"
}

@test "a folder that is missing is told by its name" {
  run -125 gantry run --rm --rootfs "$WORK/missing" true
  one_sentence "$output"
  contains "$output" "$WORK/missing"
}
