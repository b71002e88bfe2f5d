#!/usr/bin/env bats
# The device rules, which cgroup v2 has as a BPF program: what a process with every capability can open.

load ../support/common
load cgroup2

ALL_CAPABILITIES='.process.capabilities |= with_entries(.value = ["CAP_MKNOD", "CAP_DAC_OVERRIDE", "CAP_SYSLOG", "CAP_SYS_ADMIN"])'
# MAJOR MINOR of the machine's disk.
read -ra DISK < <(mountpoint --fs-devno / | tr : ' ')

@test "a node can be made and not be opened" {
  start_container c "$ALL_CAPABILITIES | .root.readonly = false" sleep 1000
  # shellcheck disable=SC2016  # for the container's shell
  run gantry-runtime exec c sh -c 'mknod /disk b $1 $2 && head -c 1 /disk; mknod /kmsg c 1 11 && echo x >/kmsg' sh "${DISK[@]}"
  contains "$output" "head: /disk: Operation not permitted"
  contains "$output" "can't create /kmsg: Operation not permitted"
  gantry-runtime exec c head -c 1 /dev/zero
}

@test "what a rule allows can be opened, as far as it allows" {
  start_container c "$ALL_CAPABILITIES"' | .root.readonly = false |
    .linux.resources.devices += [{"allow": true, "type": "c", "major": 1, "minor": 11, "access": "w"}]' sleep 1000
  gantry-runtime exec c sh -c 'mknod /kmsg c 1 11 && echo gantry was here >/kmsg'
  dmesg | grep -q "gantry was here"
  run ! gantry-runtime exec c head -c 1 /kmsg
  contains "$output" "Operation not permitted"
}

@test "the last rule that fits decides" {
  start_container c "$ALL_CAPABILITIES"' | .root.readonly = false | .linux.resources.devices =
    [{"allow": true}, {"allow": false, "type": "c", "major": 1, "minor": 11}]' sleep 1000
  # shellcheck disable=SC2016
  run gantry-runtime exec c sh -c 'mknod /kmsg c 1 11; echo x >/kmsg; mknod /disk b $1 $2 && head -c 1 /disk | wc -c' sh "${DISK[@]}"
  contains "$output" "can't create /kmsg: Operation not permitted"
  equal "${lines[1]}" 1
}

@test "an update of other limits leaves the rules" {
  start_container c "$ALL_CAPABILITIES | .root.readonly = false" sleep 1000
  gantry-runtime update --memory 64m c
  run ! gantry-runtime exec c sh -c 'mknod /kmsg c 1 11 && echo x >/kmsg'
  contains "$output" "Operation not permitted"
}
