# A container on the default bridge: gantry beside podman, beside gantry without a network, and many at once; what goes
# through it beside a bridge and pairs of veth that are made by hand.
# shellcheck disable=SC2154  # work, gantry, podman, podman_limits: bench/common.bash

: "${CROWD:=200}"
: "${SECONDS_EACH:=3}"

hand=bench-$$  # of the namespaces and the bridge that are made by hand

end_servers() {
  ip netns delete "$hand-a" 2>/dev/null || true
  ip netns delete "$hand-b" 2>/dev/null || true
  ip link delete "$hand" 2>/dev/null || true
}

# Two namespaces on a bridge, as `ip` makes them: 10.9.8.1 is the bridge, .2 and .3 are they.
make_by_hand() {
  local name address=2
  ip link add "$hand" type bridge
  ip address add 10.9.8.1/24 dev "$hand"
  ip link set "$hand" up
  for name in "$hand-a" "$hand-b"; do
    ip netns add "$name"
    ip link add "$name" type veth peer name eth0 netns "$name"
    ip link set "$name" master "$hand" up
    ip -n "$name" address add "10.9.8.$((address++))/24" dev eth0
    ip -n "$name" link set eth0 up
  done
}

# milliseconds_a_gigabyte ADDRESS[:PORT] COMMAND…: of a client that COMMAND starts, to the server at ADDRESS.
milliseconds_a_gigabyte() {
  local address=$1 port=5201
  shift
  [[ $address != *:* ]] || port=${address#*:}
  "$@" iperf3 --client "${address%:*}" --port "$port" --time "$SECONDS_EACH" --json |
    jq '8e12 / .end.sum_received.bits_per_second | . * 1000 | round / 1000'
}

bench_throughput() {
  local address ours theirs ours_host theirs_host
  make_by_hand
  ip netns exec "$hand-a" iperf3 --server --daemon --pidfile "$work/iperf3.pid" >/dev/null
  "${gantry[@]}" run --detach --name sink --network bridge --host-root iperf3 --server >/dev/null
  address=$("${gantry[@]}" inspect --format '{{.NetworkSettings.IPAddress}}' sink)
  until "${gantry[@]}" exec sink grep -q ':1451 .* 0A ' /proc/net/tcp6; do :; done
  theirs=$(milliseconds_a_gigabyte 10.9.8.2 ip netns exec "$hand-b")
  ours=$(milliseconds_a_gigabyte "$address" "${gantry[@]}" run --rm --network bridge --host-root)
  theirs_host=$(milliseconds_a_gigabyte 10.9.8.2 env)
  ours_host=$(milliseconds_a_gigabyte "$address" env)
  kill "$(tr -d '\0' <"$work/iperf3.pid")"
  # Times, so that less is better: 0.98 of the throughput.
  row "a gigabyte between containers" "by hand" "$theirs" "$ours" ms 1.0204
  row "a gigabyte from the host" "by hand" "$theirs_host" "$ours_host" ms 1.0204
  "${gantry[@]}" rm --force sink >/dev/null
  end_servers
}

# From the host to a published port: the bridge translates, a socket of the host does not.
bench_graft() {
  local bridge graft
  "${gantry[@]}" run --detach --name bridged --network bridge -p 127.0.0.1:5211:5201 --host-root iperf3 --server >/dev/null
  "${gantry[@]}" run --detach --name grafted --network graft -p 127.0.0.1:5212:5201 --host-root iperf3 --server -4 >/dev/null
  until "${gantry[@]}" exec bridged grep -q ':1451 .* 0A ' /proc/net/tcp6; do :; done
  until ss -lnt | grep -q ':5212 '; do :; done
  bridge=$(milliseconds_a_gigabyte 127.0.0.1:5211 env)
  graft=$(milliseconds_a_gigabyte 127.0.0.1:5212 env)
  row "a gigabyte to a published port, --network graft" "bridge" "$bridge" "$graft" ms 1
  "${gantry[@]}" rm --force bridged grafted >/dev/null
}

bench_network() {
  local results bridge none start taken addresses
  make_images
  results=$(measure "$ROUNDS" \
    gantry "${gantry[@]}" run --rm --network bridge localhost/busybox true -- \
    none "${gantry[@]}" run --rm --network none localhost/busybox true -- \
    podman "${podman[@]}" run --rm --network bridge "${podman_limits[@]}" localhost/busybox true)
  rows "run --rm --network bridge true" "$results" podman=0.0667
  bridge=$(value gantry 2 <<<"$results")
  none=$(value none 2 <<<"$results")
  limit "bridge above none" "$(milliseconds $((bridge - none)))" ms 6

  start=$EPOCHREALTIME
  seq "$CROWD" | xargs -P 8 -I NUMBER "${gantry[@]}" run --detach --name crowd-NUMBER --network bridge \
    localhost/busybox sleep 1000 >/dev/null
  taken=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
  addresses=$("${gantry[@]}" network inspect gantry | grep -c '"ipnet"')
  ((addresses == CROWD)) || die "$addresses of $CROWD containers have an address"
  limit "a container of $CROWD at once" "$(awk -v all="$taken" -v count="$CROWD" 'BEGIN { print all / count }')" ms 12
  "${gantry[@]}" rm --force --all >/dev/null
  bench_throughput
  bench_graft
  "${gantry[@]}" network rm gantry >/dev/null
}
