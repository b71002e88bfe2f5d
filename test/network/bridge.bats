# Containers on bridges, with real traffic between network namespaces of the test's own.

load ../support/common
source "${BATS_TEST_DIRNAME}/../support/network.bash"

setup() {
  need jq socat
  make_network_world
}
teardown() { end_network_world; }

@test "root's container is on the default network, which is made when it is first needed" {
  equal "$(gantry network ls --quiet)" ""
  run -0 gantry run --rm busybox ip -4 -o address show dev eth0
  contains "$output" "10.64.0.2/16"
  equal "$(gantry network ls --quiet)" gantry
  run -0 gantry run --rm --cap-add NET_RAW busybox sh -c 'ip route; ping -c 1 -W 2 10.64.0.1'
  contains "$output" "default via 10.64.0.1 dev eth0"
  contains "$output" "1 packets received"
}

@test "neighbours reach each other, and keep their addresses" {
  server web
  equal "$(address web)" 10.64.0.2
  run -0 ask_from gantry 10.64.0.2:80
  contains "$output" 10.64.0.3
}

@test "GANTRY_NETWORK is the network of those that name none" {
  GANTRY_NETWORK=none run -0 gantry run --rm busybox ls /sys/class/net
  equal "$output" lo
}

@test "what leaves a network has the host's address" {
  make_outside
  # shellcheck disable=SC2016  # for socat's shell
  outside socat TCP-LISTEN:7000,reuseaddr SYSTEM:'echo $SOCAT_PEERADDR' 3>&- &
  local server=$!
  eventually outside grep -q ":1B58 .* 0A " /proc/net/tcp
  run -0 gantry run --rm busybox sh -c 'sleep 1 | timeout 2 nc 192.0.2.2 7000'
  wait "$server"
  equal "$output" 192.0.2.1
}

@test "several networks, static addresses, names of interfaces and MAC addresses" {
  gantry network create --subnet 10.70.0.0/24 front
  gantry network create --subnet 10.71.0.0/24 back
  run -0 gantry run --rm --network front:ip=10.70.0.77,mac=02:11:22:33:44:55 --network back:interface_name=data0 busybox \
    sh -c 'ip -o -4 address; ip -o link; ip route'
  contains "$output" "eth0    inet 10.70.0.77/24"
  contains "$output" "data0    inet 10.71.0.2/24"
  contains "$output" "02:11:22:33:44:55"
  contains "$output" "default via 10.70.0.1 dev eth0"
}

@test "IPv4 and IPv6 beside each other" {
  gantry network create --ipv6 --subnet 10.72.0.0/24 --subnet fd42::/64 both
  server web --network both
  run -0 gantry run --rm --network both --cap-add NET_RAW busybox sh -c 'ip -6 address show dev eth0; ping -6 -c 1 -W 2 fd42::2'
  contains "$output" "fd42::3/64"
  contains "$output" "1 packets received"
}

@test "networks are apart unless they are asked not to be" {
  gantry network create one >/dev/null
  gantry network create two >/dev/null
  gantry network create -o isolate=false open >/dev/null
  gantry network create -o isolate=strict strict >/dev/null
  server web --network one
  local there
  there=$(address web one)
  run -0 ask_from one "$there:80"
  run ! ask_from two "$there:80"
  run -0 ask_from open "$there:80"
  server shut --network strict
  run ! ask_from open "$(address shut strict):80"
}

@test "a packet with somebody else's address is dropped" {
  gantry network create --subnet 10.73.0.0/24 one >/dev/null
  gantry network create --subnet 10.74.0.0/24 two >/dev/null
  server web --network one
  # Counted where it would come in: an answer would go to network one in any case.
  on_host nft 'add table ip watch; add chain ip watch forward { type filter hook forward priority 100; }; add rule ip watch forward ip saddr 10.73.0.99 counter'
  run gantry run --rm --network two --cap-add NET_ADMIN --cap-add NET_RAW busybox sh -c '
    ip address add 10.73.0.99/32 dev lo; ping -c 2 -W 1 -I 10.73.0.99 10.73.0.2'
  contains "$output" "from 10.73.0.99"
  run -0 on_host nft list table ip watch
  contains "$output" "counter packets 0"
  # Not even the host: its loopback device is no way in.
  nsenter --net="$WORK/host" socat TCP-LISTEN:7001,bind=127.0.0.1,reuseaddr SYSTEM:'echo secret' 3>&- &
  local server=$!
  eventually on_host grep -q ":1B59 .* 0A " /proc/net/tcp
  run gantry run --rm --network two --cap-add NET_ADMIN busybox sh -c '
    ip address del 127.0.0.1/8 dev lo; ip route add 127.0.0.1/32 via 10.74.0.1
    sleep 2 | timeout 2 nc 127.0.0.1 7001'
  kill "$server"
  lacks "$output" secret
}

@test "an internal network has no way out and none in" {
  make_outside
  gantry network create --internal --subnet 10.75.0.0/24 vault >/dev/null
  server web --network vault
  run -0 ask_from vault "10.75.0.2:80"
  run ! gantry run --rm --network vault --cap-add NET_RAW busybox ping -c 1 -W 1 192.0.2.2
  run ! outside busybox ping -c 1 -W 1 10.75.0.2
  run -125 gantry run --rm --network vault -p 8080:80 busybox true
  one_sentence "$output"
  contains "$output" "nothing can be published from network 'vault'"
}

@test "a port that is not published is not reached from outside" {
  make_outside
  server web
  outside ip route replace 10.64.0.0/16 via 192.0.2.1
  run ! ask outside 10.64.0.2:80
}

@test "a running container is connected to a network and taken off it" {
  gantry network create --subnet 10.76.0.0/24 more >/dev/null
  server web
  gantry network connect --ip 10.76.0.50 more web
  run -0 ask_from more "10.76.0.50:80"
  run -0 gantry inspect web
  equal "$(jq -r '.[0].NetworkSettings.Networks | keys | join(" ")' <<<"$output")" "gantry more"
  gantry network disconnect gantry web
  run -0 gantry exec web ls /sys/class/net
  equal "$output" $'eth1\nlo'
  # It stays so.
  gantry stop -t 0 web >/dev/null
  gantry start web
  equal "$(address web more)" 10.76.0.50
}

@test "macvlan puts a container on a network of the host" {
  make_outside
  on_host ip address flush dev lan0
  gantry network create -d macvlan -o parent=lan0 --subnet 192.0.2.0/24 --gateway 192.0.2.2 --ip-range 192.0.2.64/26 lan
  run -0 gantry run --rm --network lan --cap-add NET_RAW busybox sh -c 'ip -o -4 address show dev eth0; ping -c 1 -W 4 192.0.2.2'
  contains "$output" "192.0.2.64/24"
  contains "$output" "1 packets received"
}

@test "other modes: the host's network, another container's, one by its path" {
  server web
  run -0 gantry run --rm --network container:web busybox sh -c 'ip -o -4 address show dev eth0; wget -qO- 127.0.0.1/cgi-bin/who'
  contains "$output" "10.64.0.2/16"
  make_space extra
  nsenter --net="$WORK/extra" ip link add marker type bridge
  run -0 gantry run --rm --network "ns:$WORK/extra" busybox ls /sys/class/net
  contains "$output" marker
  run -125 gantry run --rm --network container:nobody busybox true
  one_sentence "$output"
}

@test "the size of packets is the network's" {
  gantry network create -o mtu=1400 small >/dev/null
  run -0 gantry run --rm --network small busybox cat /sys/class/net/eth0/mtu
  equal "$output" 1400
}

@test "what there is can be listed, looked into and drawn" {
  gantry network create --label tier=web site >/dev/null
  server web --network site -p 8080:80
  run -0 gantry network ls --format '{{.Name}} {{.Driver}}' --filter label=tier=web
  equal "$output" "site bridge"
  run -0 gantry network inspect site
  equal "$(jq -r '.[0].containers[].name' <<<"$output")" web
  run -0 gantry network diagram
  contains "$output" "*:8080 -> 80/tcp"
  run -0 gantry network diagram --svg
  contains "$output" "<svg"
  run -0 gantry network exists site
  run -1 gantry network exists nothing
}

@test "a network that is used stays; with force its containers go too" {
  gantry network create site >/dev/null
  server web --network site
  run -2 gantry network rm site
  one_sentence "$output"
  contains "$output" "container 'web'"
  run -0 gantry network rm -f site
  run -0 gantry ps -aq
  equal "$output" ""
  run ! on_host ip link show gantry1
  gantry network create spare >/dev/null
  run -0 gantry network prune -f
  equal "$output" spare
}
