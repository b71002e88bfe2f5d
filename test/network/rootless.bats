# Networks of ordinary users: pasta and slirp4netns, with real traffic to a neighbour of a host that is a network
# namespace of the test's own.
# bats file_tags=serial

# shellcheck disable=SC2030,SC2031,SC2154  # each test is a subshell; run sets variables

load ../support/common
# shellcheck source=test/support/user_network.bash
source "${BATS_TEST_DIRNAME}/../support/user_network.bash"

setup() { make_user_network_world; }
teardown() { end_user_network_world; }

@test "pasta: out to a neighbour, who sees the host's address" {
  answer 8000
  run -0 as_user gantry run --rm --network pasta busybox sh -c 'sleep 1 | timeout 5 nc 192.0.2.1 8000'
  equal "$output" "you are 192.0.2.2"
  run -0 as_user gantry run --rm --network pasta busybox ip route
  contains "$output" "default via 192.0.2.1"
  kill "$SERVER_PROCESS"
  eventually no_helpers
}

@test "pasta is what a user gets who asks for nothing" {
  run -0 as_user gantry run --rm busybox ip route
  contains "$output" "default via 192.0.2.1"
  chmod 600 "$WORK/tun"
  run -0 as_user gantry run --rm busybox ls /sys/class/net
  equal "$output" lo
}

@test "pasta: published ports keep the caller's address, and end with the container" {
  as_user gantry run -d --name web -p 8080:80 -p 8090-8091:90-91 --network pasta busybox \
    nc -ll -p 80 -e sh -c 'echo hello' >/dev/null
  eventually answers 192.0.2.2 8080
  equal "$(at_neighbour socat -t 2 - TCP4:192.0.2.2:8080 </dev/null)" hello
  run -125 --separate-stderr as_user gantry run --rm -p 8080:80 --network pasta busybox true
  one_sentence "$stderr"
  contains "$stderr" "container 'web'"
  as_user gantry rm -f web >/dev/null
  eventually no_helpers
  run -1 at_neighbour socat -t 1 - TCP4:192.0.2.2:8080
}
answers() { [[ $(at_neighbour socat -t 2 - "TCP4:$1:$2" </dev/null 2>/dev/null) == hello ]]; }

@test "slirp4netns: out, published ports, its own options" {
  answer 8000
  run -0 as_user gantry run --rm --network slirp4netns busybox sh -c 'sleep 1 | timeout 5 nc 192.0.2.1 8000'
  equal "$output" "you are 192.0.2.2"
  kill "$SERVER_PROCESS"
  run -0 as_user gantry run --rm --network slirp4netns:cidr=10.7.0.0/24,mtu=1400 busybox sh -c 'ip addr; cat /etc/resolv.conf'
  contains "$output" "10.7.0.100/24"
  contains "$output" "mtu 1400"
  contains "$output" "nameserver 10.7.0.3"
  as_user gantry run -d --name web -p 8080:80 --network slirp4netns busybox nc -ll -p 80 -e sh -c 'echo hello' >/dev/null
  eventually answers 192.0.2.2 8080
  as_user gantry rm -f web >/dev/null
  eventually no_helpers
  run -125 --separate-stderr as_user gantry run --rm --network slirp4netns:colour=blue busybox true
  one_sentence "$stderr"
  contains "$stderr" colour
}

@test "the monitor is killed: the next command ends the network" {
  as_user gantry run -d --name web --network pasta busybox sleep 600 >/dev/null
  [[ -n $(helpers) ]]
  local monitor init
  init=$(as_user gantry inspect web | jq '.[0].State.Pid')
  monitor=$(awk '{print $4}' "/proc/$init/stat")
  kill -9 "$monitor"
  kill -9 "$init"
  as_user gantry start web
  equal "$(helpers | wc -l)" 1
  as_user gantry rm -f web >/dev/null
  eventually no_helpers
}

@test "resolv.conf and hosts say what is asked" {
  run -0 as_user gantry run --rm --name box --network pasta --dns 192.0.2.53 --dns-search a.example --dns-option ndots:3 \
    --add-host 'db;db2:10.0.0.5' --add-host six:fd00::6 --add-host gw:host-gateway busybox cat /etc/resolv.conf /etc/hosts
  contains "$output" "nameserver 192.0.2.53"
  contains "$output" "search a.example"
  contains "$output" "options ndots:3"
  contains "$output" $'10.0.0.5\tdb db2'
  contains "$output" $'fd00::6\tsix'
  contains "$output" $'192.0.2.1\tgw'
  contains "$output" box
  run -0 as_user gantry run --rm --network none busybox test ! -e /etc/resolv.conf
  run -0 as_user gantry run --rm --network none --dns 192.0.2.53 busybox cat /etc/resolv.conf
  equal "$output" "nameserver 192.0.2.53"
  run -0 as_user gantry run --rm --network none --hosts-file none --add-host a:1.2.3.4 busybox head -n 1 /etc/hosts
  equal "$output" $'1.2.3.4\ta'
  run -0 as_user gantry run --rm --network none --no-hosts busybox test ! -e /etc/hosts
}

@test "hostile names and addresses are refused" {
  local option
  for option in --add-host=x --add-host=x:y --add-host=$'a\n1.1.1.1 b:1.2.3.4' --add-host='a b:1.2.3.4' --dns=x \
    --dns=1.2.3.4.5 --dns-search=$'x\nnameserver 6.6.6.6' --dns-option='a b' --add-host=x:host-gateway; do
    run -125 --separate-stderr as_user gantry run --rm --network none "$option" busybox true
    one_sentence "$stderr"
  done
}

@test "a program that is not installed, and what it cannot do" {
  run -125 --separate-stderr as_user env PATH="$WORK/user/bin" gantry run --rm --network pasta busybox true
  one_sentence "$stderr"
  contains "$stderr" passt
  run -125 --separate-stderr as_user gantry run --rm --network pasta -p 80:80/sctp busybox true
  one_sentence "$stderr"
  contains "$stderr" sctp
}
