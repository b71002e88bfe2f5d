# Published ports, asked from everywhere that they can be asked from.

load ../support/common
source "${BATS_TEST_DIRNAME}/../support/network.bash"

setup() {
  need jq socat
  make_network_world
  make_outside
}
teardown() { end_network_world; }

@test "a published port is reached from outside, with the address of who asks" {
  server web -p 8080:80
  run -0 ask outside 192.0.2.1:8080
  contains "$output" 192.0.2.2
  run -0 gantry port web
  equal "$output" "80/tcp -> 0.0.0.0:8080"
  run -0 gantry port web 80
  equal "$output" "0.0.0.0:8080"
  run -0 gantry ps --format '{{.Ports}}'
  equal "$output" "0.0.0.0:8080->80/tcp"
  run -0 gantry inspect --format '{{index .NetworkSettings.Ports "80/tcp"}}' web
  contains "$output" 8080
}

@test "it is reached from the host itself: by its address and by its loopback device" {
  server web -p 8080:80
  run -0 ask on_host 192.0.2.1:8080
  run -0 ask on_host 127.0.0.1:8080
}

@test "it is reached from the container itself, from a neighbour and from another network" {
  gantry network create other >/dev/null
  server web -p 8080:80
  run -0 ask gantry exec web 192.0.2.1:8080
  run -0 ask_from gantry 192.0.2.1:8080
  run -0 ask_from other 192.0.2.1:8080
}

@test "a port of one address of the host is none of the others" {
  server web -p 127.0.0.1:8080:80
  run -0 ask on_host 127.0.0.1:8080
  run ! ask outside 192.0.2.1:8080
}

@test "ranges, UDP and ports that are chosen" {
  gantry run -d --name web --host-root -p 8000-8002:80-82 -p 9000:53/udp -p 70 --expose 90 -P sh -c '
    socat TCP-LISTEN:82,fork SYSTEM:"echo second" & socat UDP-LISTEN:53,fork SYSTEM:"read line; echo got \$line" &
    socat TCP-LISTEN:90,fork SYSTEM:"echo exposed" & wait' >/dev/null
  eventually gantry exec web sh -c 'grep -q ":005A .* 0A " /proc/net/tcp && grep -q ":0052 .* 0A " /proc/net/tcp'
  run -0 outside socat -t 2 -u TCP:192.0.2.1:8002 -
  equal "$output" second
  run -0 outside sh -c 'echo datagram | socat -t 1 - UDP:192.0.2.1:9000'
  equal "$output" "got datagram"
  local chosen
  chosen=$(gantry port web 90)
  run -0 outside socat -t 2 -u "TCP:192.0.2.1:${chosen##*:}" -
  equal "$output" exposed
  matches "$(gantry port web 70)" '^0\.0\.0\.0:[0-9]+$'
  contains "$(gantry ps --format '{{.Ports}}')" "$(gantry port web 70)->70/tcp"
  contains "$(gantry ps --format '{{.Ports}}')" "$(gantry port web 90)->90/tcp"
}

@test "IPv6 is published too, where the container has it" {
  gantry network create --ipv6 both >/dev/null
  server web --network both -p 8080:80
  run -0 ask outside "[2001:db8::1]:8080"
  contains "$output" 2001:db8::2
  run -0 ask outside 192.0.2.1:8080
  contains "$output" 192.0.2.2
}

@test "a port that is taken is refused, with who has it" {
  server web -p 8080:80
  run -125 gantry run --rm -p 8080:80 busybox true
  one_sentence "$output"
  contains "$output" "port 8080/tcp of this host is taken by container 'web'"
  nsenter --net="$WORK/host" socat TCP-LISTEN:7002,reuseaddr - 3>&- &
  local server=$!
  eventually on_host grep -q ":1B5A .* 0A " /proc/net/tcp
  run -125 gantry run --rm -p 7002:80 busybox true
  kill "$server"
  one_sentence "$output"
  contains "$output" "(process $server)"
  # And the other way round: nobody gets a port that a container has.
  run ! on_host timeout 2 socat TCP-LISTEN:8080,reuseaddr -
  run -0 gantry ps --quiet
  equal "$(wc -l <<<"$output")" 1
}

@test "a port is free again when its container has ended" {
  server web -p 8080:80
  gantry rm -f web >/dev/null
  server again -p 8080:80
  run -0 ask outside 192.0.2.1:8080
}

@test "reload brings back what somebody has flushed; a start does so by itself" {
  server web -p 8080:80
  on_host nft flush ruleset
  run ! ask outside 192.0.2.1:8080
  gantry network reload
  run -0 ask outside 192.0.2.1:8080
  on_host nft flush ruleset
  server other
  run -0 ask outside 192.0.2.1:8080
}

@test "what is no port is refused" {
  local word
  for word in 0 70000 80/icmp a:b 8080-8081:80 300.1.1.1:80:80 '[::1:80:80' 90-80; do
    run -125 gantry create -p "$word" busybox true
    one_sentence "$output"
    contains "$output" "option --publish"
  done
  run -125 gantry run --rm -p 203.0.113.9:80:80 busybox true
  one_sentence "$output"
  contains "$output" "203.0.113.9 is no address of this host"
  run -125 gantry run --rm --network none -p 80:80 busybox true
  one_sentence "$output"
}

@test "who keeps sending datagrams from one port reaches the container of the moment" {
  # One port on the side of who asks: conntrack has it as one flow.
  say() { outside sh -c "echo $1 | socat -t 1 - UDP:192.0.2.1:9000,sourceport=5353"; }
  hears() { [[ $(say hello) == "$1" ]]; }
  echo_server() {
    gantry run -d --name "$1" --host-root -p 9000:53/udp socat UDP-LISTEN:53,fork SYSTEM:"echo $1" >/dev/null
    eventually gantry exec "$1" grep -q ":0035 " /proc/net/udp
  }
  run say nobody
  echo_server one
  eventually hears one
  gantry rm -f one >/dev/null
  run say nobody
  echo_server two
  eventually hears two
}
