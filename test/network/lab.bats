# Labs from Containerlab's topology files, in a network namespace of the test's own.
# bats file_tags=serial

load ../support/common
source "${BATS_TEST_DIRNAME}/../support/network.bash"

setup() {
  make_network_world
  cat >"$WORK/demo.yml" <<'YAML'
name: demo
topology:
  defaults: {kind: linux}
  kinds:
    linux: {image: busybox, cmd: sleep 600}
  nodes:
    r1: {exec: ["ip addr add 10.0.1.1/24 dev eth1", "ip link set eth1 up"]}
    r2: {env: {COLOUR: blue}}
    pc: {}
    br-lab: {kind: bridge}
  links:
    - endpoints:
        - {node: r1, interface: eth1}
        - {node: r2, interface: eth1, ipv4: 10.0.1.2/24, mac: "02:00:00:00:01:02"}
      mtu: 1400
    - endpoints: [{node: r2, interface: eth2, ipv4: 10.0.2.1/24}, "br-lab:r2-eth2"]
    - endpoints: [{node: pc, interface: eth1, ipv4: 10.0.2.2/24}, "br-lab:pc-eth1"]
    - endpoints: [{node: pc, interface: eth2, ipv4: 10.0.3.2/24}, {node: host, interface: to-pc, ipv4: 10.0.3.1/24}]
YAML
}

teardown() { end_network_world; }

reaches() { gantry exec "clab-demo-$1" ping -c 1 -W 2 "$2" >/dev/null; }

@test "deploy links nodes with names, addresses, MTU and MAC; destroy leaves nothing" {
  run -0 gantry lab deploy "$WORK/demo.yml"
  contains "$output" clab-demo-r1
  reaches r1 10.0.1.2
  reaches r2 10.0.2.2
  reaches pc 10.0.3.1
  on_host busybox ping -c 1 -W 2 10.0.3.2 >/dev/null
  run -0 gantry exec clab-demo-r2 ip addr
  contains "$output" "mtu 1400"
  contains "$output" 02:00:00:00:01:02
  run -0 gantry lab inspect --format '{{.Node}} {{.State}}'
  equal "$output" $'pc running\nr1 running\nr2 running'
  gantry lab destroy "$WORK/demo.yml"
  equal "$(on_host ip -brief link | awk '{print $1}')" lo
  equal "$(gantry ps -aq)" ""
}

@test "a node that fails takes the lab down again, and other devices stay" {
  on_host ip link add br-lab type bridge
  sed -i 's/ip link set eth1 up/false/' "$WORK/demo.yml"
  run -125 --separate-stderr gantry lab deploy "$WORK/demo.yml"
  one_sentence "$stderr"
  contains "$stderr" "node 'r1'"
  equal "$(gantry ps -aq)" ""
  on_host ip link show br-lab >/dev/null
  equal "$(on_host ip -o link | wc -l)" 2
}

@test "graph: text, and a page" {
  run -0 gantry lab graph "$WORK/demo.yml"
  contains "$output" "r1:eth1 ---- r2:eth1 10.0.1.2/24"
  gantry lab graph "$WORK/demo.yml" --output "$WORK/demo.html"
  need chromium
  # As a browser has it: the boxes of all nodes and of the host, a line a link, the labels at its ends.
  chromium --headless --no-sandbox --disable-gpu --user-data-dir="$WORK/chromium" --dump-dom \
    "file://$WORK/demo.html" >"$WORK/dom" 2>/dev/null
  equal "$(grep -c '<rect ' "$WORK/dom")" 5
  equal "$(grep -c '<line ' "$WORK/dom")" 4
  contains "$(cat "$WORK/dom")" "10.0.1.2/24"
}

@test "what is not understood is one sentence with its line" {
  echo "  colour: blue" >>"$WORK/demo.yml"
  sed -i 's/kind: bridge/kind: nokia_srlinux/' "$WORK/demo.yml"
  run -125 --separate-stderr gantry lab graph "$WORK/demo.yml"
  one_sentence "$stderr"
  contains "$stderr" "demo.yml:"
  cp /dev/null "$WORK/demo.yml"
  run -125 --separate-stderr gantry lab graph "$WORK/demo.yml"
  one_sentence "$stderr"
  echo 'name: demo' >"$WORK/demo.yml"
  run -125 --separate-stderr gantry lab deploy "$WORK/demo.yml"
  one_sentence "$stderr"
  contains "$stderr" "no nodes"
}

@test "one of the same name that is not the lab's is left alone" {
  gantry run -d --name clab-demo-pc --network none busybox sleep 600 >/dev/null
  run -125 gantry lab deploy "$WORK/demo.yml"
  one_sentence "$output"
  contains "$output" "there is a container 'clab-demo-pc' already"
  gantry lab destroy "$WORK/demo.yml"
  equal "$(gantry ps --format '{{.Names}}')" clab-demo-pc
}

@test "--reconfigure takes the lab down first" {
  gantry lab deploy "$WORK/demo.yml" >/dev/null
  run -125 gantry lab deploy "$WORK/demo.yml"
  one_sentence "$output"
  gantry lab deploy --reconfigure "$WORK/demo.yml" >/dev/null
  reaches r1 10.0.1.2
}
