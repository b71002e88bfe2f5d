#!/usr/bin/env bats
# /dev of an image that leads to the host (CVE-2026-41579, CVE-2026-47766).

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common
load attack

# Debian 12's crun (1.8.1) and runc (1.1.5) make null, zero and their kin in the host's folder.
@test "/dev of the image is a link to a folder of the host, and nothing is mounted there (CVE-2026-41579, CVE-2026-47766)" {
  need_root
  local target
  for target in "$WORK/host/dir" "../../../../../../../..$WORK/host/dir" "../..${WORK#/tmp}/host/dir" /proc/self/cwd /proc/1/root/tmp; do
    attacker "$IMAGE_DEV" true
    rmdir "$WORK/b/rootfs/dev"
    ln -s "$target" "$WORK/b/rootfs/dev"
    run gantry-runtime run --bundle "$WORK/b" c
    refused_or_harmless
  done
}

@test "nodes of linux.devices do not follow links of the image out of the root" {
  need_root
  attacker '.linux.devices = [{"path": "/sub/node", "type": "c", "major": 1, "minor": 3}, {"path": "/file", "type": "c", "major": 1, "minor": 3}]' true
  ln -s "$WORK/host/dir" "$WORK/b/rootfs/sub"
  ln -s "$WORK/host/secret" "$WORK/b/rootfs/file"
  run gantry-runtime run --bundle "$WORK/b" c
  refused_or_harmless
}

@test "nodes and links in the image's /dev that lead out are neither followed nor written through" {
  need_root
  attacker "$IMAGE_DEV" sh -c 'cat /dev/zero /dev/shm/secret 2>/dev/null | head -c 20; true'
  ln -s "$WORK/host/secret" "$WORK/b/rootfs/dev/zero"
  ln -s "$WORK/host/dir/new" "$WORK/b/rootfs/dev/full"
  ln -s "$WORK/host/dir" "$WORK/b/rootfs/dev/shm"
  run gantry-runtime run --bundle "$WORK/b" c
  refused_or_harmless
}

@test "a /dev that is bound keeps its own nodes, owners and links" {
  need_root
  mkdir "$WORK/host/dev"
  mknod -m 620 "$WORK/host/dev/tty" c 5 0
  chown 0:5 "$WORK/host/dev/tty"
  mknod -m 600 "$WORK/host/dev/null" c 1 5
  snapshot_host >"$WORK/host.before"
  run -0 attack "$IMAGE_DEV | .linux.maskedPaths = [] | .mounts += [{\"destination\": \"/dev\", \"type\": \"bind\", \"source\": \"$WORK/host/dev\", \"options\": [\"rbind\"]}]" \
    ls /dev
  equal "$output" $'null\ntty'
  host_untouched
}

@test "gantry: a volume at /dev keeps its own" {
  need_root
  mkdir "$WORK/host/dev"
  mknod -m 600 "$WORK/host/dev/null" c 1 5
  snapshot_host >"$WORK/host.before"
  run gantry run --rm --security-opt unmask=ALL -v "$WORK/host/dev:/dev" --rootfs "$(rootfs)" ls /dev
  refused_or_harmless
}
