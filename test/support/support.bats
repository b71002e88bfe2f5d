#!/usr/bin/env bats
# The frame of the tests is tested as well: a check that cannot fail would hide everything.

load common

@test "a world is a folder that everyone may enter, with the programs bound to it" {
  [[ -d $WORK ]]
  equal "$(stat -c %a "$WORK")" 755
  contains "$(cat "$WORK/bin/gantry")" "--root' '$WORK/root'"
}

@test "a process that outlives its test is found and killed" {
  (cd "$WORK" && exec sleep 1000) >/dev/null 2>&1 3>&- &
  local pid=$!
  disown
  contains "$(leftovers list 0)" "process $pid: sleep 1000"
  leftovers remove
  eventually [ ! -e "/proc/$pid/exe" ]
  equal "$(leftovers list 0)" ""
}

@test "a process in another mount namespace is found by a mount of this world" {
  need_root
  unshare --mount --propagation private env --ignore-environment PATH="$PATH" sh -c \
    'mount --bind "$1" /mnt && exec sleep 1000' sh "$WORK" >/dev/null 2>&1 3>&- &
  local pid=$!
  disown
  eventually grep -q sleep "/proc/$pid/cmdline"
  contains "$(leftovers list 0)" "process $pid: sleep 1000"
  leftovers remove
}

@test "a cgroup without processes is a leftover, one of another test is not" {
  need_root
  need_cgroup pids
  local cgroup=/sys/fs/cgroup/pids/gantry-leak-$NAME other=/sys/fs/cgroup/pids/gantry-test-other-$NAME
  mkdir "$cgroup" "$other"
  local found
  found=$(leftovers list 0)
  rmdir "$other"
  contains "$found" "cgroup $cgroup"
  lacks "$found" "$other"
  leftovers remove
  [[ ! -d $cgroup ]]
}

@test "a cgroup with the engine's kind of name is a leftover of the world whose engine made it" {
  need_root
  need_cgroup pids
  gantry image bootstrap busybox >/dev/null
  local id found ours theirs
  id=$(gantry create busybox true)
  ours=/sys/fs/cgroup/pids/gantry/$id
  theirs=/sys/fs/cgroup/pids/gantry/$(tr -d - </proc/sys/kernel/random/uuid)
  mkdir -p "$ours" "$theirs"
  found=$(leftovers list 0)
  rmdir "$theirs"
  contains "$found" "cgroup $ours"
  lacks "$found" "$theirs"
  leftovers remove
  [[ ! -d $ours ]]
}

@test "leftovers fail the test that made them" {
  # `@` apart from `test`: bats rewrites every line that begins with the two.
  sed 's/^AT/@/' >"$WORK/leaky.bats" <<LEAKY
load $GANTRY_SOURCE/test/support/common
ATtest "leaks" {
  sleep 1000 >/dev/null 2>&1 3>&- &
  disown
}
LEAKY
  run -1 env -u BATS_RUN_TMPDIR bats "$WORK/leaky.bats"
  contains "$output" "left behind:"
  contains "$output" "sleep 1000"
}

@test "an ordinary user has ids of its own and the host's files stay as they are" {
  need_user
  local before
  before=$(cat /etc/passwd /etc/subuid)
  equal "$(as_user sh -c 'echo "$HOME"')" "$WORK/user/home"
  ((EUID != 0)) || equal "$(as_user id -un)" gantry-test
  equal "$(as_user unshare --user --map-auto --map-root-user sh -c 'wc -l </proc/self/uid_map')" 2
  equal "$(cat /etc/passwd /etc/subuid)" "$before"
}

@test "a lone user has one id and no more" {
  need_root
  need_user
  equal "$(as_lone_user id -u)" "$USER_ID"
  run ! as_lone_user unshare --user --map-auto --map-root-user true
}

@test "commands of one user share a mount namespace" {
  need_root
  need_user
  equal "$(as_user readlink /proc/self/ns/mnt)" "$(as_user readlink /proc/self/ns/mnt)"
  [[ $(as_user readlink /proc/self/ns/mnt) != "$(readlink /proc/self/ns/mnt)" ]]
}

@test "the cgroup2 view has one cgroup2 mount and the host keeps its own" {
  need_root
  local before
  before=$(grep cgroup /proc/self/mountinfo)
  equal "$(cgroup2_view stat -f -c %T /sys/fs/cgroup)" cgroup2fs
  equal "$(grep cgroup /proc/self/mountinfo)" "$before"
}

@test "a root filesystem has a shell and users" {
  need busybox
  local root
  root=$(rootfs)
  equal "$("$root/bin/sh" -c 'echo it runs')" "it runs"
  contains "$(cat "$root/etc/passwd")" "root:x:0:0"
}
