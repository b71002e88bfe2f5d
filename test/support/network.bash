# A network of the test's own: `gantry` and its containers see a network namespace in place of the host's, so bridges,
# addresses and rules come and go there.
#
#   source ../support/network.bash
#   setup() { make_network_world; }
#   teardown() { end_network_world; }

# shellcheck disable=SC2154  # WORK, GANTRY_BIN: world.bash

make_network_world() {
  make_world
  need_root
  need ip nft nsenter busybox
  make_space host
  write_wrapper
  unset GANTRY_NETWORK
  export NETCONFPATH=$WORK/net.d  # none of the host's networks of CNI
  gantry image bootstrap busybox >/dev/null
}

write_wrapper() {
  cat >"$WORK/bin/gantry" <<SCRIPT
#!/bin/sh
exec nsenter --net='$WORK/host' '$GANTRY_BIN/gantry' --root '$WORK/root' --runroot '$WORK/run' "\$@"
SCRIPT
}

end_network_world() {
  [[ ! -e $WORK/host ]] || remove_containers
  end_name_server
  rm -f "$WORK/bin/gantry"
  local space
  for space in "$WORK"/*.holder; do
    kill "$(cat "$space")"
  done
  bind_program "$WORK/bin" gantry --root "$WORK/root" --runroot "$WORK/run"
  end_world
}

# It waits a while for new members before it ends by itself.
end_name_server() {
  local pid
  for pid in $(grep -lsaz "^$WORK/run/dns\$" /proc/[0-9]*/cmdline | cut -d/ -f3); do
    [[ $(readlink "/proc/$pid/exe") != */gantry-dns ]] || kill "$pid"
  done
}

# make_space NAME: a network namespace at $WORK/NAME, held by a process: a mount would be seen by everybody.
make_space() {
  unshare --net sh -c 'ip link set lo up; exec sleep infinity' >/dev/null 2>&1 3>&- &
  echo $! >"$WORK/$1.holder"
  ln -s "/proc/$!/ns/net" "$WORK/$1"
  eventually has_loopback "$1"
}
has_loopback() {
  [[ ! $WORK/$1 -ef /proc/self/ns/net ]] && nsenter --net="$WORK/$1" ip link show up lo | grep -q lo
}

# on_host COMMAND…, outside COMMAND…: in the network namespace that stands for the host, and in one beyond it.
on_host() { nsenter --net="$WORK/host" "$@"; }
outside() { nsenter --net="$WORK/outside" "$@"; }

# The host gets 192.0.2.1 and, beyond a cable, a neighbour 192.0.2.2 (2001:db8::1 and ::2).
make_outside() {
  make_space outside
  on_host ip link add lan0 type veth peer name lan0 netns "$WORK/outside"
  on_host sh -c 'ip address add 192.0.2.1/24 dev lan0; ip -6 address add 2001:db8::1/64 dev lan0 nodad; ip link set lan0 up'
  outside sh -c 'ip address add 192.0.2.2/24 dev lan0; ip -6 address add 2001:db8::2/64 dev lan0 nodad; ip link set lan0 up
    ip route add default via 192.0.2.1'
  on_host ip route add default via 192.0.2.2
}

# server NAME [OPTION…]: a container whose port 80 tells whoever asks his address.
server() {
  local name=$1
  shift
  # shellcheck disable=SC2016  # for the shells inside
  gantry run --detach --name "$name" "$@" busybox sh -c '
    mkdir -p /www/cgi-bin
    printf "#!/bin/sh\necho\necho \$REMOTE_ADDR\n" >/www/cgi-bin/who
    chmod 755 /www/cgi-bin/who
    exec httpd -f -p 80 -h /www' >/dev/null
  eventually listens "$name"
}

# listens NAME: port 80 is open in the container.
listens() { gantry exec "$1" grep -q ":0050 .* 0A " /proc/net/tcp /proc/net/tcp6; }

# address NAME [NETWORK]: of a container.
address() {
  local network=${2:-gantry}
  gantry inspect "$1" | jq -r --arg network "$network" '.[0].NetworkSettings.Networks[$network].IPAddress'
}

# ask PLACE… ADDRESS:PORT: what the server there says to on_host, outside, or a container by `gantry exec NAME`.
ask() { "${@:1:$#-1}" busybox sh -c "$(question "${!#}")"; }
# ask_from NETWORK ADDRESS:PORT: the same from a new container.
ask_from() { gantry run --rm --network "$1" busybox sh -c "$(question "$2")"; }
question() {
  local address=${1%:*}
  address=${address#[}
  printf '%s\n' "printf 'GET /cgi-bin/who HTTP/1.0\r\n\r\n' | timeout 3 nc ${address%]} ${1##*:} | tail -n 1 | grep ."
}

# What containers leave in a network: devices, addresses that are taken, elements of the firewall.
network_state() {
  on_host ip -brief link | cut -d' ' -f1 | grep -v '^lo$' | sort
  find "$WORK/run/networks" -type l | sort
  # Without counters and handles; the order of a hash is none.
  on_host nft list ruleset | grep -v 'elements = {' | sort
  on_host nft -j list ruleset | jq -c '.nftables[] | (.set // .map // empty) | {name, elem: ((.elem // []) | map(tostring) | sort)}'
}
