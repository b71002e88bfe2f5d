#!/usr/bin/env bats
# Masked and read-only paths that an image tries to turn elsewhere (CVE-2025-31133).

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common
load attack

@test "/dev/null of the image is a link: the mask is the null device, or nothing starts (CVE-2025-31133)" {
  need_root
  local target
  for target in "$WORK/host/secret" /proc/sys/kernel/core_pattern /etc/passwd; do
    attacker "$IMAGE_DEV | .linux.maskedPaths = [\"/etc/group\"]" sh -c 'wc -c </etc/group; echo hacked >/etc/group; cat /etc/passwd'
    ln -s "$target" "$WORK/b/rootfs/dev/null"
    run gantry-runtime run --bundle "$WORK/b" c
    ((status != 0)) || [[ ${lines[0]} == 0 ]] || fail "not masked: $output"
    lacks "$output" hacked
    refused_or_harmless
  done
}

@test "/dev/null of the image is an ordinary file or another device" {
  need_root
  attacker "$IMAGE_DEV | .linux.maskedPaths = [\"/etc/group\"]" sh -c 'wc -c </etc/group; stat -c "%t %T" /dev/null'
  echo "not null" >"$WORK/b/rootfs/dev/null"
  run -0 gantry-runtime run --bundle "$WORK/b" c
  equal "$output" $'0\n1 3'
  rm "$WORK/b/rootfs/dev/null"
  mknod "$WORK/b/rootfs/dev/null" c 1 5
  run -0 gantry-runtime run --bundle "$WORK/b" d
  equal "$output" $'0\n1 3'
  rm "$WORK/b/rootfs/dev/null"
  mkdir "$WORK/b/rootfs/dev/null"
  run ! gantry-runtime run --bundle "$WORK/b" e
  one_sentence "$output"
}

@test "/dev/null of a bound /dev is a link: nothing is masked by what it leads to (CVE-2025-31133)" {
  need_root
  mkdir "$WORK/dev"
  ln -s /etc/passwd "$WORK/dev/null"
  attacker "$IMAGE_DEV | .linux.maskedPaths = [\"/etc/group\"]
    | .mounts += [{\"destination\": \"/dev\", \"type\": \"bind\", \"source\": \"$WORK/dev\", \"options\": [\"bind\"]}]" cat /etc/group
  run ! gantry-runtime run --bundle "$WORK/b" c
  one_sentence "$output"
  contains "$output" /dev/null
}

@test "/dev/null is swapped while paths are masked (CVE-2025-31133)" {
  need_root
  need python3
  mkdir "$WORK/dev"
  mknod -m 666 "$WORK/dev/null" c 1 3
  ln -s /etc/passwd "$WORK/dev/other"
  attacker "$IMAGE_DEV | .linux.maskedPaths = [\"/etc/group\", \"/proc/kcore\"]
    | .mounts += [{\"destination\": \"/dev\", \"type\": \"bind\", \"source\": \"$WORK/dev\", \"options\": [\"bind\"]}]" \
    sh -c 'wc -c </etc/group; echo mark >/etc/group; grep -c mark /etc/passwd'
  exchanging "$WORK/dev/null" "$WORK/dev/other"
  local refused=0 started=0 end=$((SECONDS + 6))
  while ((SECONDS < end)); do
    run gantry-runtime run --bundle "$WORK/b" c
    if [[ $output == gantry-runtime:* ]]; then
      one_sentence "$output"
      refused=$((refused + 1))
    else
      equal "$output" $'0\n0'
      started=$((started + 1))
    fi
  done
  stop_exchanging
  # Both sides of the race were seen, so the exchange did happen in between.
  ((refused > 0 && started > 0)) || fail "$refused refused, $started started"
}

@test "a masked path that is a link of the image hides what it leads to, inside" {
  attacker '.linux.maskedPaths = ["/etc/hidden", "/etc/outside"]' sh -c 'wc -c </etc/hidden; cat /etc/outside; true'
  ln -s group "$WORK/b/rootfs/etc/hidden"
  ln -s "$WORK/host/secret" "$WORK/b/rootfs/etc/outside"
  run -0 gantry-runtime run --bundle "$WORK/b" c
  equal "${lines[0]}" 0
  refused_or_harmless
}

@test "masks of /proc cannot be taken off again with the usual rights" {
  need_root
  # shellcheck disable=SC2016
  run -0 attack '.linux.maskedPaths = ["/proc/kcore", "/proc/keys"]' \
    sh -c 'umount /proc/kcore 2>/dev/null && echo unmounted; rm -f /dev/null; wc -c </proc/keys; ln -s /etc/passwd /dev/null; wc -c </proc/keys'
  equal "$output" $'0\n0'
}
