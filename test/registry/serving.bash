# `gantry registry serve` for one test, on a free port of 127.0.0.1, with its storage below $WORK.

# shellcheck source=test/support/registry.bash
source "$GANTRY_SOURCE/test/support/registry.bash"
# shellcheck source=test/images/peers.bash
source "$GANTRY_SOURCE/test/images/peers.bash"
# shellcheck source=test/images/remote.bash
source "$GANTRY_SOURCE/test/images/remote.bash"

setup() { make_serving_world; }
teardown() { end_remote_world; }

make_serving_world() {
  make_world
  need skopeo jq curl busybox
  export REGISTRY_AUTH_FILE=$WORK/auth.json CONTAINERS_REGISTRIES_CONF=$WORK/registries.conf
  touch "$CONTAINERS_REGISTRIES_CONF"
  (umask 077 && echo '{}' >"$REGISTRY_AUTH_FILE")
  STORAGE=$WORK/storage
}

# serve OPTION…: sets REGISTRY to its host and port and SERVER_PID to its process. The port is the one it had before.
serve() {
  new_server serve
  spawn "$SERVER" "$GANTRY_BIN/gantry" --root "$WORK/root" --runroot "$WORK/run" registry serve \
    --listen "${REGISTRY:-127.0.0.1:0}" --storage "$STORAGE" "$@"
  SERVER_PID=$(tail -n 1 "$WORK/servers")
  eventually grep -q 'listening on' "$WORK/$SERVER.out" || fail "$(cat "$WORK/$SERVER.out")"
  REGISTRY=$(sed -n 's/^listening on //p' "$WORK/$SERVER.out")
}

gone() { ! kill -0 "$1" 2>/dev/null; }

# stop_serving [SIGNAL]
stop_serving() {
  kill "-${1:-TERM}" "$SERVER_PID"
  eventually gone "$SERVER_PID"
}

# ask OPTION… PATH: the answer's status.
ask() { curl --silent --output "$WORK/answer" --write-out '%{http_code}' "${@:1:$#-1}" "http://$REGISTRY${!#}"; }

# from LOCATION TO…: an image copied by skopeo, without TLS.
skopy() { skopeo copy --quiet --src-tls-verify=false --dest-tls-verify=false "$@"; }
