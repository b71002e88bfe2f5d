#!/usr/bin/env bats
# Rights that are more than the config gives (CVE-2022-29162, CVE-2022-27650), and ways to get them back.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common
load attack

@test "nothing is inheritable in run and exec (CVE-2022-29162, CVE-2022-27650)" {
  need_root
  attacker . sleep 1000
  # The caller has inheritable capabilities itself: they must not come through.
  setpriv --inh-caps +chown,+kill,+net_admin gantry-runtime run --detach --bundle "$WORK/b" c
  local pid
  pid=$(gantry-runtime state c | jq .pid)
  equal "$(grep CapInh "/proc/$pid/status")" $'CapInh:\t0000000000000000'
  local user
  for user in 0 1000; do
    run -0 setpriv --inh-caps +chown,+kill,+net_admin gantry-runtime exec --user "$user" c grep -E 'Cap(Inh|Amb)' /proc/self/status
    equal "$output" $'CapInh:\t0000000000000000\nCapAmb:\t0000000000000000'
  done
  run -0 setpriv --inh-caps +chown,+kill,+net_admin gantry-runtime exec --cap CAP_NET_ADMIN c grep -E 'Cap(Inh|Amb)' /proc/self/status
  equal "$output" $'CapInh:\t0000000000000000\nCapAmb:\t0000000000000000'
}

@test "gantry: nothing is inheritable in run and exec" {
  local user
  for user in 0 1000; do
    run -0 gantry run --rm --user "$user" --rootfs "$(rootfs)" grep -E 'Cap(Inh|Amb)' /proc/self/status
    equal "$output" $'CapInh:\t0000000000000000\nCapAmb:\t0000000000000000'
  done
  gantry run --detach --name c --rootfs "$(rootfs)" sleep 1000
  run -0 gantry exec c grep -E 'Cap(Inh|Amb)' /proc/self/status
  equal "$output" $'CapInh:\t0000000000000000\nCapAmb:\t0000000000000000'
}

@test "a file with inheritable capabilities gives an ordinary user nothing (CVE-2022-29162)" {
  need_root
  need setcap
  attacker '.process.user.uid = 1000' /bin/tool grep CapEff /proc/self/status
  cp "$WORK/b/rootfs/bin/busybox" "$WORK/b/rootfs/bin/tool.new"
  printf '#!/bin/sh\nexec /bin/grep.caps CapEff /proc/self/status\n' >"$WORK/b/rootfs/bin/tool"
  chmod 755 "$WORK/b/rootfs/bin/tool"
  mv "$WORK/b/rootfs/bin/tool.new" "$WORK/b/rootfs/bin/grep.caps"
  setcap cap_net_raw,cap_setuid+ei "$WORK/b/rootfs/bin/grep.caps" || skip "this file system keeps no capabilities"
  # A busybox by another name wants its applet as the first argument.
  printf '#!/bin/sh\nexec /bin/grep.caps grep CapEff /proc/self/status\n' >"$WORK/b/rootfs/bin/tool"
  mv "$WORK/b/rootfs/bin/grep.caps" "$WORK/b/rootfs/bin/busybox-caps"
  sed -i s/grep.caps/busybox-caps/ "$WORK/b/rootfs/bin/tool"
  run -0 gantry-runtime run --bundle "$WORK/b" c
  equal "$output" $'CapEff:\t0000000000000000'
}

# privileged_files ROOTFS: programs that give rights to who executes them.
privileged_files() {
  # Busybox gives the rights of a setuid file back by itself; this does not.
  local library
  mkdir -p "$1/lib64" "$1/lib/x86_64-linux-gnu"
  for library in /lib64/ld-linux-x86-64.so.2 /lib/x86_64-linux-gnu/libc.so.6; do cp -L "$library" "$1$library"; done
  cp /bin/cat "$1/bin/cat-setuid"
  chmod 4755 "$1/bin/cat-setuid"
  cp "$1/bin/busybox" "$1/bin/busybox-caps"
  setcap cap_net_raw+ep "$1/bin/busybox-caps" || skip "this file system keeps no capabilities"
}

@test "setuid programs and file capabilities give nothing under no_new_privs, in run and exec" {
  need_root
  need setcap
  local query='/bin/busybox-caps grep CapEff /proc/self/status; /bin/cat-setuid /proc/self/status | grep Uid'
  attacker '.process.user.uid = 1000 | .process.noNewPrivileges = true' sh -c "$query; sleep 1000"
  privileged_files "$WORK/b/rootfs"
  gantry-runtime run --detach --bundle "$WORK/b" c >"$WORK/out"
  eventually grep -q Uid "$WORK/out"
  equal "$(cat "$WORK/out")" $'CapEff:\t0000000000000000\nUid:\t1000\t1000\t1000\t1000'
  run -0 gantry-runtime exec c sh -c "$query"
  equal "$output" $'CapEff:\t0000000000000000\nUid:\t1000\t1000\t1000\t1000'
  # The same do give rights without it, so the test can fail.
  edit_config "$WORK/b" ".process.noNewPrivileges = false | .process.args = [\"sh\", \"-c\", \"$query\"]"
  run -0 gantry-runtime run --bundle "$WORK/b" d
  equal "$output" $'CapEff:\t0000000000002000\nUid:\t1000\t0\t0\t0'
}

@test "file capabilities give no more than the bounding set" {
  need_root
  need setcap
  attacker '.process.user.uid = 1000' /bin/busybox-more grep CapEff /proc/self/status
  cp "$WORK/b/rootfs/bin/busybox" "$WORK/b/rootfs/bin/busybox-more"
  setcap cap_net_raw,cap_sys_admin=p "$WORK/b/rootfs/bin/busybox-more" || skip "this file system keeps no capabilities"
  run -0 gantry-runtime run --bundle "$WORK/b" c
  equal "$output" $'CapEff:\t0000000000000000'
  run -0 gantry-runtime exec --help
}

@test "the groups of the caller are gone, in run and exec" {
  need_root
  attacker '.process.user = {"uid": 1000, "gid": 1000}' sleep 1000
  setpriv --groups 0,4,27,47113 gantry-runtime run --detach --bundle "$WORK/b" c
  local pid
  pid=$(gantry-runtime state c | jq .pid)
  equal "$(grep Groups "/proc/$pid/status" | xargs)" "Groups:"
  run -0 setpriv --groups 0,4,27,47113 gantry-runtime exec c id -G
  equal "$output" 1000
  run -0 setpriv --groups 0,4,27,47113 gantry-runtime exec --user 5:6 --additional-gids 7 c id -G
  equal "$output" "6 7"
}

@test "gantry: setgroups cannot drop a group that is there to deny (CVE-2014-8989)" {
  need_user
  # An ordinary user's groups may only be dropped where the namespace has more than the one id.
  as_lone_user gantry image bootstrap busybox
  run -0 as_lone_user gantry run --rm busybox cat /proc/self/setgroups
  equal "$output" deny
}

@test "a container cannot trace the process that enters it (CVE-2016-9962)" {
  need_root
  # shellcheck disable=SC2016
  attacker . sh -c 'while :; do for p in /proc/[0-9]*; do [ $p = /proc/1 ] || [ $p = /proc/$$ ] || for x in $p/fd/* $p/exe $p/cwd $p/root; do t=$(readlink $x) && case $t in
      /bin/*|/dev/null|/dev/pts/*|/|/proc*|pipe:*|/tmp/out) ;; *) echo "$x $t" ;; esac; done; done 2>/dev/null; done >/tmp/out'
  gantry-runtime run --detach --bundle "$WORK/b" c >/dev/null 2>&1
  for _ in {1..40}; do
    # A folder of the host that the runtime has open, and should a descriptor be seen, this is the one that it is.
    gantry-runtime exec c true 9<"$WORK" </dev/null >/dev/null 2>&1
  done
  equal "$(cat "$WORK/b/rootfs/tmp/out")" ""
}
