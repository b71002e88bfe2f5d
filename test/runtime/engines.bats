#!/usr/bin/env bats
# Bundles of other tools, and ordinary users.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

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
