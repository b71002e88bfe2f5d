#!/usr/bin/env bats
# Network devices that move into the container: linux.netDevices, in a network namespace of the test's own.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

setup() {
  make_world
  need_root
  need ip
}

# with_device DEVICES COMMAND…: runs a container that gets DEVICES (JSON) from a namespace that has gantry0, a veth with
# addresses, a MAC address and an MTU; what is left outside comes last.
with_device() {
  local devices=$1
  shift
  rm -rf "$WORK/b"
  make_bundle "$WORK/b" "$@"
  edit_config "$WORK/b" --argjson devices "$devices" '.linux.netDevices = $devices'
  # shellcheck disable=SC2016  # for the namespace's shell
  unshare --net bash -c 'ip link add gantry0 address 02:00:00:00:00:07 mtu 1400 type veth peer name peer0
    ip addr add 192.0.2.1/24 dev gantry0 && ip addr add 2001:db8::1/64 dev gantry0 && ip link set gantry0 up
    gantry-runtime run --bundle "$1" c; code=$?; ip -o link show type veth | cut -d@ -f1; ip -o addr show dev gantry0 2>/dev/null; exit $code' bash "$WORK/b"
}

@test "a device moves in, renamed, with what it had, and is up" {
  run -0 with_device '{"gantry0": {"name": "eth7"}}' sh -c 'ip addr show eth7; ls /sys/class/net | tr "\n" " "'
  contains "$output" "mtu 1400"
  contains "$output" "02:00:00:00:00:07"
  contains "$output" "192.0.2.1/24"
  contains "$output" "2001:db8::1/64"
  matches "$output" "eth7@[^ ]*: <[^>]*UP"
  contains "$output" "eth7 lo "
  lacks "$output" "gantry0"
}

@test "a device keeps its name, or gets the first number that is free" {
  run -0 with_device '{"gantry0": {}}' ls /sys/class/net
  contains "$output" $'gantry0\nlo'
  run -0 with_device '{"gantry0": {"name": "net%d"}, "peer0": {"name": "net%d"}}' ls /sys/class/net
  contains "$output" $'lo\nnet0\nnet1'
}

@test "what cannot move is told, and what has moved comes back" {
  run ! with_device '{"nosuch0": {}}' true
  contains "$output" "/linux/netDevices/nosuch0"
  run ! with_device '{"gantry0": {"name": "lo"}}' true
  contains "$output" "/linux/netDevices/gantry0"
  contains "$output" "192.0.2.1/24"
  run ! with_device '{"gantry0": {"name": "eth0"}, "zzz": {}}' true
  contains "$output" "/linux/netDevices/zzz"
  contains "$output" "192.0.2.1/24"
  contains "$output" "2001:db8::1/64"
}
