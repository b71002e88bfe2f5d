#!/usr/bin/env bats
# bats file_tags=serial
# Bundles of other tools, ordinary users, and podman on top of gantry-runtime.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

# podman leaves the cgroup that holds all of its containers; one that was there before is the host's.
teardown() {
  grep -q libpod_parent "$WORK/cgroups" || find /sys/fs/cgroup -depth -type d -path '/sys/fs/cgroup/*/libpod_parent*' -exec rmdir {} + 2>/dev/null || true
  end_world
}

@test "a bundle of runc spec" {
  need runc
  make_rootfs "$WORK/b/rootfs"
  runc spec --bundle "$WORK/b"
  edit_config "$WORK/b" '.process.terminal = false | .process.args = ["hostname"]'
  equal "$(gantry-runtime run --bundle "$WORK/b" c)" runc
}

@test "a bundle of crun spec" {
  need crun
  make_rootfs "$WORK/b/rootfs"
  (cd "$WORK/b" && crun spec)
  edit_config "$WORK/b" '.process.terminal = false | .process.args = ["hostname"]'
  equal "$(gantry-runtime run --bundle "$WORK/b" c)" crun
}

@test "a bundle of umoci unpack" {
  need umoci
  need_root
  umoci init --layout "$WORK/image"
  umoci new --image "$WORK/image:latest"
  make_rootfs "$WORK/layer"
  umoci insert --image "$WORK/image:latest" "$WORK/layer" /
  umoci config --image "$WORK/image:latest" --config.entrypoint /bin/echo --config.cmd unpacked
  umoci unpack --image "$WORK/image:latest" "$WORK/b"
  edit_config "$WORK/b" '.process.terminal = false'
  equal "$(gantry-runtime run --bundle "$WORK/b" c)" unpacked
}

@test "an ordinary user, with the config of spec --rootless" {
  need_user
  make_rootfs "$WORK/b/rootfs"
  chmod 777 "$WORK/b"
  as_user gantry-runtime spec --rootless --bundle "$WORK/b"
  edit_config "$WORK/b" '.process.terminal = false | .process.args = ["sh", "-c", "id -u; hostname; echo x >/dev/null"]'
  run -0 as_user gantry-runtime run --bundle "$WORK/b" c
  equal "$output" $'0\ngantry'
  edit_config "$WORK/b" '.process.args = ["sleep", "1000"]'
  as_user gantry-runtime run --detach --bundle "$WORK/b" c
  equal "$(as_user gantry-runtime exec c echo inside)" inside
  as_user gantry-runtime delete --force c
}

@test "an ordinary user who asks for limits that cannot be had hears of it" {
  need_root
  need_user
  make_rootfs "$WORK/b/rootfs"
  chmod 777 "$WORK/b"
  as_user gantry-runtime spec --rootless --bundle "$WORK/b"
  edit_config "$WORK/b" '.process.terminal = false | .linux.resources.pids.limit = 10'
  run ! as_user gantry-runtime run --bundle "$WORK/b" c
  one_sentence "$output"
  contains "$output" cgroup
}

# podman with our runtime and its state in $WORK, as it must be where root may not raise limits.
podman_here() {
  podman --root "$WORK/podman" --runroot "$WORK/podman-run" --tmpdir "$WORK/podman-tmp" --cgroup-manager cgroupfs \
    --runtime "$GANTRY_BIN/gantry-runtime" "$@"
}
PODMAN_RUN=(--network none --ulimit nofile=1024:1024 --ulimit nproc=1024:1024)

@test "podman runs, enters and removes containers" {
  need_root
  need podman
  tar -C "$(rootfs)" -c . | podman_here import --quiet - localhost/busybox
  equal "$(podman_here run --rm "${PODMAN_RUN[@]}" localhost/busybox echo hello)" hello
  run -7 podman_here run --rm "${PODMAN_RUN[@]}" localhost/busybox sh -c 'exit 7'
  run -127 podman_here run --rm "${PODMAN_RUN[@]}" localhost/busybox nothing-like-this
  run -126 podman_here run --rm "${PODMAN_RUN[@]}" localhost/busybox /etc/passwd
  podman_here run --detach --name web "${PODMAN_RUN[@]}" localhost/busybox sleep 1000 >/dev/null
  equal "$(podman_here exec web echo inside)" inside
  run -3 podman_here exec web sh -c 'exit 3'
  run -127 podman_here exec web nothing-like-this
  podman_here pause web >/dev/null
  podman_here unpause web >/dev/null
  podman_here rm --force --time 0 web >/dev/null
  equal "$(podman_here ps --all --quiet)" ""
  unmount_podman
}

# Podman's storage mounts itself.
unmount_podman() { ! mountpoint -q "$WORK/podman/overlay" || umount "$WORK/podman/overlay"; }
