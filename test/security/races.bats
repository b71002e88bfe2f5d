#!/usr/bin/env bats
# Another container, or anybody who shares a volume, swaps a folder for a link while mounts are made
# (CVE-2021-30465, CVE-2024-45310, CVE-2023-27561).

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common
load attack

setup() {
  make_world
  need python3
  make_host
  mkdir -p "$WORK/volume/inner"
  mkdir "$WORK/payload"
  echo payload >"$WORK/payload/file"
}

STARTS=20

# race COMMAND…: starts containers as fast as possible while the volume's `inner` and `link` are swapped. Each start
# either works or is refused in a sentence, and the host stays as it was, also in between.
race() {
  local number
  exchanging "$WORK/volume/inner" "$WORK/volume/link"
  for ((number = 0; number < STARTS; ++number)); do
    run "$@"
    refused_or_harmless
  done
  # It was still at it: the two names were there in every instant.
  kill -0 "$EXCHANGER"
  stop_exchanging
}

# A container whose mount target lies in the volume that is attacked.
victim() {
  attacker ".mounts += [{\"destination\": \"/volume\", \"type\": \"bind\", \"source\": \"$WORK/volume\", \"options\": [\"rbind\"]}, $1]" "${@:2}"
}

@test "a mount target in a shared volume is swapped for a link to the host (CVE-2021-30465)" {
  need_root
  ln -s "$WORK/host/dir" "$WORK/volume/link"
  victim "{\"destination\": \"/volume/inner/target\", \"type\": \"bind\", \"source\": \"$WORK/payload\", \"options\": [\"bind\"]}" \
    sh -c 'grep -c " /volume/" /proc/self/mountinfo'
  race gantry-runtime run --bundle "$WORK/b" c
}

@test "the root of the host behind the link is not what a container gets (CVE-2021-30465)" {
  need_root
  # Mounted one on the other: were the link followed on the host, the second mount would show the host's /.
  ln -s / "$WORK/volume/link"
  victim "{\"destination\": \"/volume/inner\", \"type\": \"bind\", \"source\": \"$WORK/payload\", \"options\": [\"bind\"]},
    {\"destination\": \"/volume/inner/deep/er\", \"type\": \"tmpfs\", \"source\": \"tmpfs\"}" \
    sh -c "cat '/volume/inner$WORK/host/secret' '$WORK/host/secret' '/volume/link$WORK/host/secret' 2>/dev/null; true"
  race gantry-runtime run --bundle "$WORK/b" c
}

@test "mount points are made in no folder of the host (CVE-2024-45310)" {
  need_root
  ln -s "$WORK/host/dir" "$WORK/volume/link"
  victim "{\"destination\": \"/volume/inner/made/by/us\", \"type\": \"tmpfs\", \"source\": \"tmpfs\"},
    {\"destination\": \"/volume/inner/file\", \"type\": \"bind\", \"source\": \"$WORK/payload/file\", \"options\": [\"bind\"]}" true
  race gantry-runtime run --bundle "$WORK/b" c
}

@test "gantry -v: mount points are made in no folder of the host (CVE-2021-30465, CVE-2024-45310)" {
  need_root
  ln -s "$WORK/host/dir" "$WORK/volume/link"
  race gantry run --rm -v "$WORK/volume:/volume" -v "$WORK/payload:/volume/inner/made/target" -v "$WORK/payload/file:/volume/inner/file" \
    --rootfs "$(rootfs)" true
}
