#!/usr/bin/env bats
# The networks of RUN: bridges, names, the host's and none, as containers have them.

load ../support/common
# shellcheck source=test/support/network.bash
source "${BATS_TEST_DIRNAME}/../support/network.bash"

setup() {
  make_network_world
  context=$WORK/context
  mkdir -p "$context"
}
teardown() { end_network_world; }

dockerfile() { printf '%s\n' "$@" >"$context/Dockerfile"; }
build() { gantry build --progress plain --no-cache "$@" "$context"; }

@test "a RUN is on the default bridge, and leaves nothing there" {
  dockerfile 'FROM busybox' 'RUN ip -4 -o address show eth0; ip route; cat /etc/resolv.conf'
  run -0 build
  contains "$output" "eth0"
  contains "$output" "default via"
  contains "$output" "nameserver"
  equal "$(on_host ip -o link show type veth)" ""
  run find "$WORK/run/networks" -type l -lname 'build-*'
  equal "$output" ""
  run -0 on_host nft list ruleset
  lacks "$output" build-
}

@test "steps at the same time have addresses of their own" {
  dockerfile 'FROM busybox AS a' 'RUN ip -4 -o address show eth0 | grep -o "inet [^/]*" >/a; sleep 1' \
    'FROM busybox AS b' 'RUN ip -4 -o address show eth0 | grep -o "inet [^/]*" >/a; sleep 1' \
    'FROM busybox' 'COPY --from=a /a /a' 'COPY --from=b /a /b' 'RUN ! cmp -s /a /b'
  run -0 build
}

@test "a network by its name reaches its containers by theirs" {
  gantry network create back >/dev/null
  gantry run --detach --name server --network back busybox httpd -f -p 80 >/dev/null
  dockerfile 'FROM busybox' 'RUN wget -q -O - http://server/nothing; wget http://server/ 2>&1 | grep -q 404'
  run -0 build --network back
  run -125 build --network nowhere
  contains "$output" nowhere
}

@test "host and none, of the build and of a RUN" {
  dockerfile 'FROM busybox' 'RUN ls /sys/class/net | xargs echo has:'
  on_host ip link add name seen type bridge
  run -0 build --network host
  contains "$output" "seen"
  run -0 build --network none
  contains "$output" "has: lo"
  dockerfile 'FROM busybox' 'RUN --network=none ls /sys/class/net | xargs echo has:' 'RUN --network=host ls /sys/class/net'
  run -0 build
  contains "$output" "has: lo"
  contains "$output" "seen"
}

@test "a build that is killed gives its addresses back" {
  dockerfile 'FROM busybox' 'RUN echo begun; sleep 98766'
  nsenter --net="$WORK/host" "$GANTRY_BIN/gantry-build" --root "$WORK/root" --runroot "$WORK/run" build --progress plain \
    "$context" 2>"$WORK/log" &
  local pid=$!
  eventually grep -q '| begun' "$WORK/log"
  kill -KILL "$pid"
  wait "$pid" || true
  eventually bash -c '[[ -z $(find '"$WORK"'/run/networks -type l -lname "build-*") ]]'
  eventually bash -c '[[ -z $(nsenter --net='"$WORK"'/host ip -o link show type veth) ]]'
}
