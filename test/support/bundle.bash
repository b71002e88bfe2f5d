# Root filesystems and bundles of busybox-static.

# make_rootfs FOLDER: busybox and its applets (as hard links), users root and nobody, the usual folders.
make_rootfs() {
  local root=$1 busybox
  busybox=$(type -P busybox)
  mkdir -p "$root"/{bin,dev,etc,proc,root,run,sys,tmp,var}
  chmod 1777 "$root/tmp"
  cp "$busybox" "$root/bin/busybox"
  "$root/bin/busybox" --install "$root/bin"
  printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' >"$root/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
}

# rootfs: prints the folder of this test's root filesystem, made at the first call.
rootfs() {
  [[ -d $WORK/rootfs ]] || make_rootfs "$WORK/rootfs"
  echo "$WORK/rootfs"
}

# make_bundle FOLDER [COMMAND…]: an OCI bundle that runs COMMAND (default: true) without a terminal, with a cgroup
# that leftovers() can tell from those of other tests.
make_bundle() {
  local bundle=$1
  shift
  mkdir -p "$bundle"
  make_rootfs "$bundle/rootfs"
  (cd "$bundle" && gantry-runtime spec)
  edit_config "$bundle" --arg cgroup "/gantry-test-$NAME-${bundle##*/}" --args \
    '.process.terminal = false | .process.args = $ARGS.positional | .linux.cgroupsPath = $cgroup' -- "${@:-true}"
}

# edit_config BUNDLE JQ-ARGUMENT…: changes config.json by a jq program.
edit_config() {
  local bundle=$1
  shift
  jq "$@" <"$bundle/config.json" >"$bundle/config.json.new" || return 1
  mv "$bundle/config.json.new" "$bundle/config.json"
}

# bundle_with JQ-PROGRAM COMMAND…: makes the bundle $WORK/b, whose config the program changed, anew.
bundle_with() {
  local program=$1
  shift
  rm -rf "$WORK/b"
  make_bundle "$WORK/b" "$@"
  edit_config "$WORK/b" "$program"
}

# in_container JQ-PROGRAM COMMAND…: runs the command in a container of such a bundle.
in_container() {
  bundle_with "$@"
  gantry-runtime run --bundle "$WORK/b" c
}
