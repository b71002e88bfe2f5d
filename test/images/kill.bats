# A process that is killed at any moment loses nothing, and the next one clears up after it.

load ../support/common
load peers

@test "load killed at random moments" {
  need_root
  need skopeo
  gantry --root "$WORK/maker" image bootstrap --quiet busybox
  gantry --root "$WORK/maker" save -o "$WORK/docker.tar" busybox
  gantry --root "$WORK/maker" save --format oci-archive -o "$WORK/oci.tar" busybox
  local round archive pid
  for ((round = 0; round < 40; round++)); do
    archive=$( ((round % 2)) && echo oci || echo docker)
    gantry load -q -i "$WORK/$archive.tar" 2>/dev/null &
    pid=$!
    # The moment is what is random here, from the start to beyond the end.
    sleep "0.$(printf %03d $((RANDOM % 120)))"
    kill -9 $pid 2>/dev/null || true
    wait $pid || true
    # What is listed is whole.
    if skopeo inspect --raw "oci:$WORK/root:localhost/busybox:latest" >/dev/null 2>&1; then
      [[ -x $(layer_folders localhost/busybox:latest)/bin/busybox ]] || fail "round $round: listed, but not unpacked"
      gantry save -o "$WORK/out.tar" busybox
    fi
    run -0 gantry system check
    ((round % 8)) || rm -rf "$WORK/root"
  done
  gantry load -q -i "$WORK/docker.tar"
  nothing_unfinished
}
