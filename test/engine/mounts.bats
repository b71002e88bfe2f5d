# Every type of --mount and the options of -v.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  gantry image bootstrap busybox >/dev/null
}

in_box() { gantry run --rm "$@"; }

refused() {
  local piece=$1
  shift
  run -125 --separate-stderr "$@"
  one_sentence "$stderr"
  contains "$stderr" "$piece"
}

@test "an overlay over a folder leaves it as it is" {
  mkdir "$WORK/data"
  echo old >"$WORK/data/file"
  run -0 in_box -v "$WORK/data:/data:O" busybox sh -c 'echo new >/data/file; cat /data/file'
  equal "$output" new
  equal "$(cat "$WORK/data/file")" old
  mkdir "$WORK/up" "$WORK/up/upper" "$WORK/up/work"
  in_box -v "$WORK/data:/data:O,upperdir=$WORK/up/upper,workdir=$WORK/up/work" busybox sh -c 'echo new >/data/file'
  equal "$(cat "$WORK/up/upper/file")" new
}

@test "an image is mounted, read-only or with a layer that goes" {
  run -0 in_box --mount type=image,src=busybox,dst=/image busybox test -x /image/bin/busybox
  run -1 in_box --mount type=image,src=busybox,dst=/image busybox touch /image/file
  run -0 in_box --mount type=image,src=busybox,dst=/image,rw=true busybox sh -c 'echo x >/image/file; cat /image/file'
  equal "$output" x
  gantry create --name keeper --mount type=image,src=busybox,dst=/image --host-root true
  run -2 gantry rmi busybox
}

@test "a glob is a mount for each file" {
  touch "$WORK/lib-a" "$WORK/lib-b" "$WORK/other"
  run -0 in_box --mount "type=glob,src=$WORK/lib-*,dst=/libs" busybox ls /libs
  equal "$output" "lib-a"$'\n'"lib-b"
  refused "no file matches" gantry run --rm --mount "type=glob,src=$WORK/none-*,dst=/libs" busybox true
}

@test "ramfs, tmpfs with its options, and devpts" {
  run -0 in_box --mount type=ramfs,dst=/ram busybox grep ' /ram ramfs' /proc/mounts
  run -0 in_box --mount type=tmpfs,dst=/etc,tmpcopyup busybox test -s /etc/passwd
  run -0 in_box --mount type=devpts,dst=/pts busybox grep ' /pts devpts' /proc/mounts
  run -0 in_box -u 5 --mount type=tmpfs,dst=/mine,U=true,tmpfs-mode=0700 busybox touch /mine/file
}

@test "a volume's folder is mounted alone, and no link leads out of it" {
  in_box -v data:/data busybox sh -c 'mkdir /data/in; echo x >/data/in/file; ln -s /etc /data/out'
  run -0 in_box --mount type=volume,src=data,dst=/in,volume-subpath=in busybox cat /in/file
  equal "$output" x
  run -125 in_box --mount type=volume,src=data,dst=/in,volume-subpath=out busybox true
  run -125 in_box --mount type=volume,src=data,dst=/in,volume-subpath=../../.. busybox ls /in
  contains "$output" "not inside the volume"
  need_user
  as_user gantry image bootstrap busybox
  run -125 as_user gantry run --rm --mount type=volume,src=data,dst=/in,volume-subpath=in busybox true
  contains "$output" "an ordinary user cannot mount the subpath"
}

@test "U gives the files to the container's user" {
  mkdir -p "$WORK/data/in"
  touch "$WORK/data/in/file"
  ln -s /etc/passwd "$WORK/data/link"
  run -0 in_box -u 77:88 -v "$WORK/data:/data:U" busybox touch /data/in/new
  equal "$(stat -c %u:%g "$WORK/data/in/file")" 77:88
  equal "$(stat -c %u /etc/passwd)" 0
}

@test "options of a bind reach the kernel" {
  mkdir "$WORK/data"
  run -0 in_box -v "$WORK/data:/data:noexec,nosuid,nodev" busybox grep ' /data ' /proc/mounts
  contains "$output" noexec
  contains "$output" nosuid
}

@test "a read-only root keeps its folders in memory, unless it is told not to" {
  run -0 in_box --read-only busybox touch /tmp/file
  run -1 in_box --read-only --read-only-tmpfs=false busybox touch /tmp/file
}

@test "bad mounts name the option and what it accepts" {
  refused "bind, volume, tmpfs" gantry run --rm --mount type=tape,dst=/x busybox true
  refused "a bind mount has no" gantry run --rm --mount type=bind,src=/x,dst=/y,tmpfs-size=3 busybox true
  refused "has no dst=PATH" gantry run --rm --mount type=bind,src=/x busybox true
  refused "option --tmpfs" gantry run --rm --tmpfs here busybox true
  refused "upperdir" gantry run --rm -v /tmp:/x:upperdir=/y,workdir=/z busybox true
}
