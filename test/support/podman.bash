# podman on gantry-runtime, with its state in $WORK. $PODMAN_CGROUPS is its cgroup manager.

podman_here() {
  podman --root "$WORK/podman" --runroot "$WORK/podman-run" --tmpdir "$WORK/podman-tmp" \
    --cgroup-manager "$PODMAN_CGROUPS" --events-backend file --runtime "$GANTRY_BIN/gantry-runtime" "$@"
}

# make_podman_world: a world with the image localhost/busybox in podman.
make_podman_world() {
  make_world
  need_root
  need podman
  # Root may not raise limits everywhere.
  printf '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n' >"$WORK/containers.conf"
  export CONTAINERS_CONF=$WORK/containers.conf
  tar -C "$(rootfs)" -c . | podman_here import --quiet - localhost/busybox
}

# podman leaves the cgroup that holds all of its containers; one that was there before is the host's.
end_podman_world() {
  podman_here pod rm --all --force --time 0 >/dev/null
  podman_here rm --all --force --time 0 >/dev/null
  # The last clean-ups are podman's own processes, and its storage mounts itself.
  eventually no_podman
  ! mountpoint -q "$WORK/podman/overlay" || umount "$WORK/podman/overlay"
  grep -q libpod_parent "$WORK/cgroups" || find /sys/fs/cgroup -depth -type d -path '/sys/fs/cgroup/*/libpod_parent*' -exec rmdir {} + 2>/dev/null || true
  end_world
}

no_podman() { ! pgrep -f "podman .*$WORK/podman" >/dev/null; }
