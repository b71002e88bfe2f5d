# The machine's user `gantry`, who has a session of systemd without being logged in.

USER_RUN=/run/user/1000

# make_user_world: as make_world, once the user's systemd is there.
make_user_world() {
  make_world
  eventually test -S $USER_RUN/systemd/private
  chmod 777 "$WORK"
}

# as_session_user COMMAND…: in the bundle $WORK/b.
as_session_user() {
  runuser -u gantry -- env --ignore-environment --chdir="$WORK/b" HOME=/home/gantry "PATH=$GANTRY_BIN:$PATH" \
    XDG_RUNTIME_DIR=$USER_RUN LC_ALL=C.UTF-8 "GANTRY_TEST_WORLD=$WORK" "$@"
}

# rootless_bundle COMMAND…: $WORK/b with the config of spec --rootless.
rootless_bundle() {
  make_rootfs "$WORK/b/rootfs"
  chown 1000 "$WORK/b"
  runuser -u gantry -- "$GANTRY_BIN/gantry-runtime" spec --rootless --bundle "$WORK/b"
  edit_config "$WORK/b" --args '.process.terminal = false | .process.args = $ARGS.positional |
    .mounts += [{"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["rw", "nosuid"]}]' -- "$@"
}
