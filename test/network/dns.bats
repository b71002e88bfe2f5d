# The server of names, asked by real clients in network namespaces of the test's own.

# shellcheck disable=SC2030,SC2031,SC2154  # each test is a subshell; run sets variables

load ../support/common

setup() {
  make_world
  need_root
  need ip dig
  FOLDER=$WORK/dns
  mkdir -p "$FOLDER"
  coproc HOST { exec unshare --net sh -c 'ip link set lo up && echo ready && exec sleep infinity' 3>&-; }
  HOST_NS=$HOST_PID
  local word
  read -r word <&"${HOST[0]}"
  [[ $word == ready ]]
  # What a bridge would give the host, and what a container would speak from.
  on_host ip address add 10.1.0.1/24 dev lo
  on_host ip address add 10.1.0.2/32 dev lo
  on_host ip address add 10.1.0.9/32 dev lo
  on_host ip address add fd01::1/64 dev lo nodad
  on_host ip address add fd01::2/128 dev lo nodad
  on_host ip address add 10.9.0.1/32 dev lo
  on_host ip address add 172.16.0.1/32 dev lo
}

teardown() {
  stop_servers
  kill "$HOST_NS"
  end_world
}

on_host() { nsenter --net="/proc/$HOST_NS/ns/net" "$@"; }

# network NAME LISTEN SUBNET [MEMBER…]: of JSON. To be given before the server starts, or after.
network() {
  mkdir -p "$FOLDER/$1"
  printf '%s' "$2" >"$FOLDER/$1/.new.tmp-1"
  mv "$FOLDER/$1/.new.tmp-1" "$FOLDER/$1/network"
}

member() {
  printf '%s' "$3" >"$FOLDER/$1/$2.tmp-1"
  mv "$FOLDER/$1/$2.tmp-1" "$FOLDER/$1/$2"
}

serve() { on_host gantry-dns "$FOLDER"; }

stop_servers() {
  local pid
  for pid in $(grep -laz "^$WORK/" /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3); do
    [[ $(readlink "/proc/$pid/exe") != */gantry-dns ]] || kill "$pid"
  done
}

ask() { on_host dig +short +tries=1 +time=3 -b 10.1.0.2 @10.1.0.1 "$@"; }
status() { on_host dig +tries=1 +time=3 -b "${SOURCE:-10.1.0.2}" @10.1.0.1 "$@" | sed -n 's/.*status: \([A-Z]*\),.*/\1/p'; }

front() {
  network front '{"listen":["10.1.0.1","fd01::1"],"subnets":["10.1.0.0/24","fd01::/64"],"upstreams":["10.9.0.1"]}'
  member front aaa '{"names":["web","www"],"addresses":["10.1.0.2","fd01::2"]}'
}

@test "names, aliases, addresses of both families and their names" {
  front
  serve
  equal "$(ask web)" 10.1.0.2
  equal "$(ask WWW.dns.gantry)" 10.1.0.2
  equal "$(ask web AAAA)" fd01::2
  equal "$(ask -x 10.1.0.2)" web.dns.gantry.
  equal "$(ask -x fd01::2)" web.dns.gantry.
  equal "$(ask +tcp web)" 10.1.0.2
  equal "$(on_host dig +short -b fd01::2 @fd01::1 web AAAA)" fd01::2
  equal "$(status web MX)" NOERROR
  equal "$(status none.dns.gantry)" NXDOMAIN
  contains "$(status -c CH version.bind TXT)" REFUSED
}

@test "members come and go while it serves, and no answer is older than the question" {
  front
  serve
  local i
  for i in {1..20}; do
    member front "b$i" "{\"names\":[\"box$i\"],\"addresses\":[\"10.1.0.$((i + 20))\"]}"
    equal "$(ask "box$i")" "10.1.0.$((i + 20))"
    rm "$FOLDER/front/b$i"
    equal "$(status "box$i.dns.gantry")" NXDOMAIN
  done
}

@test "strangers are refused" {
  front
  serve
  SOURCE=172.16.0.1 run -0 status web
  equal "$output" REFUSED
}

@test "a new network is listened for, one that goes is not" {
  front
  serve
  on_host ip address add 10.2.0.1/24 dev lo
  network back '{"listen":["10.2.0.1"],"subnets":["10.2.0.0/24"],"internal":true}'
  member back bbb '{"names":["db"],"addresses":["10.2.0.3"]}'
  eventually test -e "$FOLDER/back/.state"
  equal "$(on_host dig +short @10.2.0.1 db)" 10.2.0.3
  rm -r "$FOLDER/back"
  eventually gone 10.2.0.1
}
gone() { ! on_host ss -lnu | grep -q "$1:53"; }

@test "other names are asked upstream, by UDP and by TCP; long answers are truncated" {
  front
  serve
  # Another one of ours is the server upstream.
  local FOLDER=$WORK/up
  mkdir -p "$FOLDER"
  network world '{"listen":["10.9.0.1"],"subnets":["10.0.0.0/8"]}'
  member world one '{"names":["example.org"],"addresses":["192.0.2.1"]}'
  local i many=
  for i in {1..100}; do many+="${many:+,}\"192.0.2.$i\""; done
  member world many "{\"names\":[\"many.example.org\"],\"addresses\":[$many]}"
  serve
  equal "$(ask example.org)" 192.0.2.1
  equal "$(ask +tcp example.org)" 192.0.2.1
  contains "$(on_host dig +ignore -b 10.1.0.2 @10.1.0.1 many.example.org)" " tc"
  equal "$(ask many.example.org | wc -l)" 100
}

@test "no server upstream answers: SERVFAIL, and the next question is answered" {
  front
  serve
  equal "$(status example.org +time=9)" SERVFAIL
  equal "$(ask web)" 10.1.0.2
}

@test "forged answers from upstream do not count" {
  front
  serve
  coproc FORGER { exec nsenter --net="/proc/$HOST_NS/ns/net" python3 "$GANTRY_SOURCE/test/support/forging_dns.py" 10.9.0.1 3>&-; }
  local word pid=$FORGER_PID
  read -r word <&"${FORGER[0]}"
  [[ $word == ready ]]
  equal "$(ask example.org)" 192.0.2.53
  kill "$pid"
}

@test "it never asks itself" {
  network front '{"listen":["10.1.0.1"],"subnets":["10.1.0.0/24"],"upstreams":["10.1.0.1"]}'
  member front aaa '{"names":["web"],"addresses":["10.1.0.2"]}'
  serve
  equal "$(status example.org)" SERVFAIL
  SOURCE=10.1.0.1 run -0 status example.org
  equal "$output" REFUSED
}

@test "port 53 is taken: one sentence in the network's state" {
  # shellcheck disable=SC2034  # its process id is what counts
  coproc OTHER { exec nsenter --net="/proc/$HOST_NS/ns/net" socat UDP4-RECV:53,bind=10.1.0.1 STDOUT 3>&-; }
  local pid=$OTHER_PID
  eventually taken
  front
  serve
  contains "$(cat "$FOLDER/front/.state")" "cannot answer names on 10.1.0.1: another program has port 53 (udp)"
  kill "$pid"
}
taken() { on_host ss -lnu | grep -q 10.1.0.1:53; }

@test "one serves a folder, and ends when no network has members" {
  front
  serve
  serve
  equal "$(grep -laz "^$FOLDER\$" /proc/[0-9]*/cmdline 2>/dev/null | wc -l)" 1
  rm -r "$FOLDER/front"
  local i
  for i in {1..150}; do
    grep -qlaz "^$FOLDER\$" /proc/[0-9]*/cmdline 2>/dev/null || return 0
    sleep 0.1
  done
  fail "it still runs"
}

@test "it keeps no power but that of low ports" {
  front
  serve
  local pid
  pid=$(grep -laz "^$FOLDER\$" /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3)
  equal "$(awk '/CapEff/ {print $2}' "/proc/$pid/status")" 0000000000000400
  equal "$(awk '/NoNewPrivs/ {print $2}' "/proc/$pid/status")" 1
}

@test "noise does no harm" {
  front
  serve
  on_host python3 - <<'PYTHON'
import os, random, socket
random.seed(1)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.1.0.2", 0))
for i in range(3000):
    s.sendto(os.urandom(random.randrange(0, 600)), ("10.1.0.1", 53))
    head = bytes([0, i & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1])
    s.sendto(head + os.urandom(random.randrange(0, 60)), ("10.1.0.1", 53))
for i in range(40):
    t = socket.create_connection(("10.1.0.1", 53), source_address=("10.1.0.2", 0))
    t.sendall(os.urandom(random.randrange(1, 3000)))
    t.close()
PYTHON
  equal "$(ask web)" 10.1.0.2
}

@test "containers find each other by name and alias, and the server ends with the last of them" {
  gantry image bootstrap busybox >/dev/null
  on_host gantry network create --subnet 10.3.0.0/24 front >/dev/null
  on_host gantry run -d --name web --network front:alias=www busybox sleep 600 >/dev/null
  run -0 on_host gantry run --rm --name asks --network front busybox sh -c 'nslookup web; nslookup www; nslookup asks; cat /etc/resolv.conf'
  contains "$output" "10.3.0.2"
  contains "$output" "nameserver 10.3.0.1"
  contains "$output" "search dns.gantry"
  equal "$(on_host dig +short @10.3.0.1 www)" 10.3.0.2
  equal "$(on_host dig +short @10.3.0.1 asks.dns.gantry)" ""
  on_host gantry rm -f web >/dev/null
  equal "$(ls "$WORK/run/dns")" ""
}

@test "port 53 is taken: the container is not started, and nothing is left" {
  gantry image bootstrap busybox >/dev/null
  on_host gantry network create --subnet 10.3.0.0/24 front >/dev/null
  # shellcheck disable=SC2034  # its process id is what counts
  coproc OTHER { exec nsenter --net="/proc/$HOST_NS/ns/net" socat UDP4-RECV:53 STDOUT 3>&-; }
  local pid=$OTHER_PID
  eventually taken_everywhere
  run -125 --separate-stderr on_host gantry run --rm --network front busybox true
  one_sentence "$stderr"
  contains "$stderr" "port 53"
  kill "$pid"
  equal "$(on_host gantry ps -aq)" ""
  equal "$(find "$WORK/run/networks" -type l | wc -l)" 0
}
taken_everywhere() { on_host ss -lnu | grep -q '0.0.0.0:53'; }
