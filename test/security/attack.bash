# What attacks share: a container with the usual rights, and a folder of the host that it must not reach.

# The capabilities that docker and podman give: an attacker has more to work with than `gantry-runtime spec` grants.
USUAL_RIGHTS='(["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID",
  "SETPCAP", "SETUID", "SYS_CHROOT"] | map("CAP_" + .)) as $rights
  | .process.capabilities = (["bounding", "effective", "permitted"] | map({(.): $rights}) | add)
  | .process.noNewPrivileges = false | .root.readonly = false'

# Without a /dev of its own, the image's is used: it decides what its devices are.
# shellcheck disable=SC2034  # for the suites
IMAGE_DEV='.mounts |= map(select(.destination | startswith("/dev") | not))'

# For suites that need no more.
setup() {
  make_world
  make_host
}

# attacker JQ-PROGRAM COMMAND…: makes the bundle $WORK/b of a container with the usual rights.
attacker() { bundle_with "$USUAL_RIGHTS | $1" "${@:2}"; }

# attack JQ-PROGRAM COMMAND…: runs it.
attack() {
  attacker "$@"
  gantry-runtime run --bundle "$WORK/b" c
}

# make_host: $WORK/host, what stands for the host: nothing may appear in it, and nobody may read its secret.
make_host() {
  mkdir -p "$WORK/host/dir"
  echo "secret of the host" >"$WORK/host/secret"
  snapshot_host >"$WORK/host.before"
}

snapshot_host() { find "$WORK/host" -printf '%P %y %m %U %G %s %l\n' | sort && cat "$WORK/host/secret"; }

host_untouched() { equal "$(snapshot_host)" "$(cat "$WORK/host.before")"; }

# refused_or_harmless: what `run` saw is success, or one sentence of the runtime; the host is as it was.
# shellcheck disable=SC2154  # bats sets them
refused_or_harmless() {
  ((status == 0)) || one_sentence "$output"
  lacks "$output" "secret of the host"
  host_untouched
}

# exchanging A B: a process swaps the two names as fast as it can, until stop_exchanging.
exchanging() {
  python3 "$GANTRY_SOURCE/test/security/exchange.py" "$@" 3>&- &
  EXCHANGER=$!
}
stop_exchanging() {
  [[ -n ${EXCHANGER:-} ]] || return 0
  kill "$EXCHANGER" || true
  wait "$EXCHANGER" || true
  EXCHANGER=
}
