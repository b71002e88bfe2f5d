# What goes wrong with networks leaves nothing behind.
# bats file_tags=slow

load ../support/common
source "${BATS_TEST_DIRNAME}/../support/network.bash"

setup() {
  need jq
  make_network_world
}
teardown() { end_network_world; }

# refused PIECE COMMAND…
refused() {
  local piece=$1
  shift
  run -125 "$@"
  one_sentence "$output"
  contains "$output" "$piece"
}

@test "what collides with something is refused" {
  gantry network create --subnet 10.80.0.0/24 one >/dev/null
  refused "network 'one' has 10.80.0.0/24" gantry network create --subnet 10.80.0.128/25 two
  refused "there is a network 'one' already" gantry network create one
  on_host ip link add taken0 type bridge
  on_host sh -c 'ip address add 10.81.0.1/24 dev taken0; ip link set taken0 up'
  refused "'taken0' already" gantry network create --interface-name taken0 two
  refused "this host has a route to 10.81.0.0/24" gantry network create --subnet 10.81.0.0/16 two
  equal "$(gantry network ls -q)" one
}

@test "what is no network is refused" {
  refused "is not in the subnet" gantry network create --subnet 10.82.0.0/24 --gateway 10.82.0.999 two ||
    refused "option --gateway" gantry network create --subnet 10.82.0.0/24 --gateway 10.82.0.999 two
  refused "no --subnet holds 10.83.0.1" gantry network create --subnet 10.82.0.0/24 --gateway 10.83.0.1 two
  refused "has no addresses" gantry network create --subnet 10.82.0.0/32 two
  refused "cannot be a network's name" gantry network create ../../etc/passwd
  refused "cannot be the name of a network interface" gantry network create --interface-name a/b two
  refused "no option 'colour'" gantry network create -o colour=red two
  refused "not one of true, false, strict" gantry network create -o isolate=maybe two
  refused "between 68 and 65535" gantry network create -o mtu=3 two
  refused "there is no network 'two'" gantry run --rm --network two busybox true
  refused "there is no option 'speed'" gantry run --rm --network gantry:speed=9 busybox true
  equal "$(gantry network ls -q)" ""
}

@test "somebody else's bridge of that name is not taken for ours" {
  gantry network create --interface-name mine0 site >/dev/null
  on_host ip link add mine0 type bridge
  on_host ip link set mine0 up
  refused "needs the bridge mine0" gantry run --rm --network site busybox true
  equal "$(gantry ps -aq)" ""
}

@test "an exhausted network says so, and has addresses again when somebody leaves" {
  gantry network create --subnet 10.84.0.0/29 tiny >/dev/null
  local i
  for i in 1 2 3 4 5; do gantry run -d --name "c$i" --network tiny busybox sleep 1000 >/dev/null; done
  refused "has no free address" gantry run --rm --network tiny busybox true
  gantry rm -f c3 >/dev/null
  run -0 gantry run --rm --network tiny busybox ip -o -4 address show dev eth0
  contains "$output" 10.84.0.4/29
  refused "container $(gantry inspect --format '{{.Id}}' c1 | cut -c-12) has the address 10.84.0.2" \
    gantry run --rm --network tiny:ip=10.84.0.2 busybox true
}

@test "a host without nf_tables, without IPv6, or without VLANs on bridges says so" {
  refused "this kernel has no nf_tables: use --network host or none" \
    "$GANTRY_SOURCE/test/support/without_socket" 12 gantry run --rm busybox true
  run -0 "$GANTRY_SOURCE/test/support/without_socket" 12 gantry run --rm --network none busybox true
  gantry network create --ipv6 both >/dev/null
  on_host sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
  refused "this host has IPv6 switched off" gantry run --rm --network both busybox true
  run -0 gantry run --rm busybox true
  refused "between 1 and 4094" gantry network create -o vlan=5000 tagged
  gantry network create -o vlan=7 tagged >/dev/null
  on_host ip link add probe0 type bridge vlan_filtering 1 2>/dev/null ||
    refused "this kernel's bridges know no VLAN" gantry run --rm --network tagged busybox true
  equal "$(gantry ps -aq)" ""
}

@test "subnets run out in one sentence" {
  # All that networks are taken from is elsewhere already.
  on_host ip link add wide0 type bridge
  on_host ip link set wide0 up
  seq -f 'route add 10.%g.0.0/16 dev wide0' 64 87 | on_host ip -batch -
  refused "there is no free subnet in 10.65.0.0 to 10.87.255.0" gantry network create one
  equal "$(gantry network ls -q)" ""
}

@test "two roots on one host leave each other's rules alone, and the last network takes its table" {
  server web -p 8080:80
  second() { nsenter --net="$WORK/host" "$GANTRY_BIN/gantry" --root "$WORK/root2" --runroot "$WORK/run2" "$@"; }
  second image bootstrap busybox >/dev/null
  second run --rm busybox true
  equal "$(on_host nft list tables | grep -c 'inet gantry-')" 2
  second network reload
  run -0 ask on_host 127.0.0.1:8080
  # Nor are they neighbours.
  run ! second run --rm busybox sh -c "$(question "$(address web):80")"
  second network rm gantry >/dev/null
  equal "$(on_host nft list tables | grep -c 'inet gantry-')" 1
  run -0 ask on_host 127.0.0.1:8080
}

@test "many at once: none is lost, no address is given twice" {
  local count=200
  seq "$count" | xargs -P 16 -I N gantry run -d --name cN busybox httpd -f -p 80 >"$WORK/ids"
  equal "$(wc -l <"$WORK/ids")" "$count"
  run -0 gantry network inspect gantry
  equal "$(jq -r '.[0].containers[].interfaces.eth0.subnets[0].ipnet' <<<"$output" | sort -u | wc -l)" "$count"
  run -0 gantry exec c1 nc "$(address c200)" 80 </dev/null
  gantry rm -f --all >/dev/null
  run -0 find "$WORK/run/networks" -type l
  equal "$output" ""
}

@test "two create the same network at once: one of them does" {
  seq 5 | xargs -P 5 -I N gantry network create same 2>/dev/null >"$WORK/made" || true
  equal "$(cat "$WORK/made")" same
}

@test "killed at any moment: no address, device, rule or namespace is left" {
  gantry run --rm -p 8080:80 busybox true
  network_state >"$WORK/before"
  local spaces
  spaces=$(leftovers namespaces)
  local i pid
  for i in $(seq 200); do
    nsenter --net="$WORK/host" "$GANTRY_BIN/gantry" --root "$WORK/root" --runroot "$WORK/run" \
      run --rm -p 8080:80 busybox true >/dev/null 2>&1 3>&- &
    pid=$!
    sleep "0.00$((RANDOM % 10))$((RANDOM % 10))"
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  eventually no_monitors
  gantry system check --repair >/dev/null
  gantry rm -f --all >/dev/null
  network_state >"$WORK/after"
  diff "$WORK/before" "$WORK/after"
  equal "$(leftovers namespaces)" "$spaces"
}

# Nothing of this world is open any more.
no_monitors() { [[ -z $(find /proc/[0-9]*/fd -maxdepth 1 -lname "$WORK/r*" 2>/dev/null) ]]; }
