# A host that is a network namespace of the test's own, with a neighbour, for an ordinary user: `as_user` gets there, and
# may make network devices.
#
#   source ../support/user_network.bash
#   setup() { make_user_network_world; }
#   teardown() { end_user_network_world; }

# shellcheck disable=SC2154,SC2034  # WORK: world.bash; SERVER_PROCESS: for the tests

make_user_network_world() {
  make_world
  unset GANTRY_NETWORK  # what is the default is tested too
  need_root
  need_user
  need ip pasta slirp4netns socat
  coproc HOST { exec unshare --net sh -c 'ip link set lo up && echo ready && exec sleep infinity' 3>&-; }
  HOST_NS=$HOST_PID
  local word
  read -r word <&"${HOST[0]}"
  [[ $word == ready ]]
  coproc NEIGHBOUR { exec unshare --net sh -c 'ip link set lo up && echo ready && exec sleep infinity' 3>&-; }
  NEIGHBOUR_NS=$NEIGHBOUR_PID
  read -r word <&"${NEIGHBOUR[0]}"
  [[ $word == ready ]]
  on_host ip link add eth0 type veth peer name eth0 netns "$NEIGHBOUR_NS"
  on_host ip address add 192.0.2.2/24 dev eth0
  on_host ip link set eth0 up
  at_neighbour ip address add 192.0.2.1/24 dev eth0
  at_neighbour ip link set eth0 up
  on_host ip route add default via 192.0.2.1
  as_user true
  give_tun
  as_user gantry image bootstrap busybox >/dev/null
}

end_user_network_world() {
  end_users
  kill "$HOST_NS" "$NEIGHBOUR_NS"
  end_world
}

# The user's commands run on the test's host as well: as_user gets there by this.
nsenter() { command nsenter --net="/proc/$HOST_NS/ns/net" "$@"; }
on_host() { command nsenter --net="/proc/$HOST_NS/ns/net" "$@"; }
at_neighbour() { command nsenter --net="/proc/$NEIGHBOUR_NS/ns/net" "$@"; }

# Everyone may make network devices, as nearly everywhere.
give_tun() {
  mknod "$WORK/tun" c 10 200
  chmod 666 "$WORK/tun"
  command nsenter --mount="/proc/$(cat "$WORK/user/holder")/ns/mnt" mount --bind "$WORK/tun" /dev/net/tun
}

helpers() { grep -laz "$WORK/user" /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3 | while read -r pid; do
  [[ $(readlink "/proc/$pid/exe") != */pasta* && $(readlink "/proc/$pid/exe") != */passt* && $(readlink "/proc/$pid/exe") != */slirp4netns ]] || echo "$pid"
done; }
no_helpers() { [[ -z $(helpers) ]]; }

# answer PORT: the neighbour says whom it sees, once for each connection.
answer() {
  # shellcheck disable=SC2016,SC2034  # for socat's shell; its process id is what counts
  coproc SERVER { exec nsenter --net="/proc/$NEIGHBOUR_NS/ns/net" socat "TCP4-LISTEN:$1,fork,reuseaddr" 'SYSTEM:echo you are $SOCAT_PEERADDR' 3>&-; }
  SERVER_PROCESS=$SERVER_PID
  eventually listening at_neighbour "$1"
}
listening() { "$1" ss -lnt | grep -q ":$2 "; }
