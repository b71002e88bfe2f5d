# Networks of bridges of ordinary users, in the namespaces that their containers share.
# bats file_tags=serial

# shellcheck disable=SC2030,SC2031,SC2154  # each test is a subshell; run sets variables

load ../support/common
# shellcheck source=test/support/user_network.bash
source "${BATS_TEST_DIRNAME}/../support/user_network.bash"

setup() {
  make_user_network_world
  need jq
  BRIDGES=$WORK/user/run/gantry/bridges
}
teardown() { end_user_network_world; }

# web NAME OPTION…: a container whose port 80 tells whoever asks his address.
web() {
  local name=$1
  shift
  # shellcheck disable=SC2016  # for the shells inside
  as_user gantry run --detach --name "$name" "$@" busybox sh -c '
    mkdir -p /www/cgi-bin
    printf "#!/bin/sh\necho\necho \$REMOTE_ADDR\n" >/www/cgi-bin/who
    chmod 755 /www/cgi-bin/who
    exec httpd -f -p 80 -h /www' >/dev/null
  eventually serves "$name"
}
serves() { as_user gantry exec "$1" grep -q ":0050 .* 0A " /proc/net/tcp /proc/net/tcp6; }
question() {
  printf '%s\n' "printf 'GET /cgi-bin/who HTTP/1.0\r\n\r\n' | timeout 3 nc $1 $2 | tail -n 1 | grep ."
}

nothing_left() { no_helpers && [[ ! -e $BRIDGES/holder && -z $(ls -A "$BRIDGES/members") ]]; }

@test "containers of a user meet on a network by name, and it goes with the last of them" {
  local before
  before=$(leftovers namespaces)
  as_user gantry network create lan >/dev/null
  web one --network lan --network-alias front -p 8080:80
  run -0 as_user gantry run --rm --network lan busybox sh -c "ip -o -4 address show dev eth0; $(question front 80)"
  contains "$output" "/24"
  contains "${lines[1]}" 10.65.0.3
  # Out to a neighbour, and in from one, whose address is seen.
  answer 8000
  run -0 as_user gantry run --rm --network lan busybox sh -c 'sleep 1 | timeout 5 nc 192.0.2.1 8000'
  equal "$output" "you are 192.0.2.2"
  kill "$SERVER_PROCESS"
  run -0 at_neighbour busybox sh -c "$(question 192.0.2.2 8080)"
  contains "$output" 192.0.2.1
  run -0 on_host busybox sh -c "$(question 127.0.0.1 8080)"
  run -0 on_host busybox sh -c "$(question 192.0.2.2 8080)"
  run -0 as_user gantry network inspect lan
  equal "$(jq '.[0].containers[].interfaces.eth0.rx_packets > 0' <<<"$output")" true
  run -125 --separate-stderr as_user gantry run --rm -p 8080:80 --network lan busybox true
  one_sentence "$stderr"
  contains "$stderr" "container 'one'"
  as_user gantry rm -f one >/dev/null
  eventually nothing_left
  as_user gantry network rm lan >/dev/null
  eventually spaces_are "$before"
}
spaces_are() { (($(leftovers namespaces) == $1)); }

@test "networks of a user are apart, and a running container joins and leaves them" {
  as_user gantry network create a >/dev/null
  as_user gantry network create b >/dev/null
  web one --network a
  as_user gantry run -d --name two --network b busybox sleep 600 >/dev/null
  local address
  address=$(as_user gantry inspect one | jq -r '.[0].NetworkSettings.Networks.a.IPAddress')
  run ! as_user gantry exec two sh -c "$(question "$address" 80)"
  as_user gantry network connect a two
  run -0 as_user gantry exec two sh -c "$(question one 80)"
  as_user gantry network disconnect a two
  run ! as_user gantry exec two sh -c "$(question "$address" 80)"
  as_user gantry network disconnect b two
  as_user gantry rm -f one two >/dev/null
  eventually nothing_left
}

@test "who holds the namespaces is killed: network reload makes them anew under the containers" {
  as_user gantry network create lan >/dev/null
  web one --network lan -p 8080:80
  as_user gantry run -d --name two --network lan busybox sleep 600 >/dev/null
  local pid
  for pid in $(helpers) $(cut -d' ' -f1 "$BRIDGES/holder"); do kill -9 "$pid"; done
  eventually no_helpers
  as_user gantry network reload
  run -0 as_user gantry exec two sh -c "$(question one 80)"
  run -0 at_neighbour busybox sh -c "$(question 192.0.2.2 8080)"
  # All is killed at once: the next command clears up.
  local init
  for pid in one two; do
    init=$(as_user gantry inspect "$pid" | jq '.[0].State.Pid')
    kill -9 "$(awk '{print $4}' "/proc/$init/stat")" "$init"
  done
  as_user gantry system check --repair >/dev/null
  eventually nothing_left
}

@test "what a user's bridges cannot do is said" {
  as_user gantry network create lan >/dev/null
  local option
  for option in --userns=keep-id --uidmap=0:0:1 -p=80:80/sctp '-p=[::1]:80:80'; do
    run -125 --separate-stderr as_user gantry run --rm --network lan "$option" busybox true
    one_sentence "$stderr"
  done
  as_user gantry run -d --name apart --network none busybox sleep 600 >/dev/null
  run -125 --separate-stderr as_user gantry run --rm --network lan --pid container:apart busybox true
  one_sentence "$stderr"
  chmod 600 "$WORK/tun"
  run -0 as_user gantry run --rm --network lan busybox true
  run -125 --separate-stderr as_user gantry run --rm --network lan -p 80 busybox true
  one_sentence "$stderr"
  contains "$stderr" passt
}
