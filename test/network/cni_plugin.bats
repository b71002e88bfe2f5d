# gantry-cni: Gantry's bridge as a plugin of CNI, for callers by the specification, for podman, and for our own engine.
# bats file_tags=serial

load ../support/common
source "${BATS_TEST_DIRNAME}/../support/network.bash"

setup() {
  need jq socat
  make_network_world
  make_space pod
}

teardown() {
  run plugin GC "$(config)"
  end_network_world
}

# plugin COMMAND CONFIG [CONTAINER [INTERFACE]]: as a container engine calls it.
plugin() {
  printf '%s' "$2" | on_host env CNI_COMMAND="$1" CNI_CONTAINERID="${3:-pod}" CNI_NETNS="$WORK/pod" \
    CNI_IFNAME="${4:-eth0}" CNI_PATH="$GANTRY_BIN" "$GANTRY_BIN/gantry-cni"
}

# config [MEMBER…]: a network with two families.
config() {
  printf '%s' '{"cniVersion":"1.0.0","name":"own","type":"gantry-cni","dataDir":"'"$WORK/data"'","runDir":"'"$WORK/state"'",
    "capabilities":{"portMappings":true,"ips":true},
    "bridge":"own0","ipam":{"ranges":[[{"subnet":"10.78.0.0/24"}],[{"subnet":"fd78::/64"}]]}'
  [[ $# == 0 ]] || printf ',%s' "$@"
  echo '}'
}
port='"runtimeConfig":{"portMappings":[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}]}'

# Nothing of it is left, on the host or on disk.
nothing_left() {
  equal "$(on_host ip -brief link | awk '{print $1}')" lo
  equal "$(on_host nft list tables)" ""
  equal "$(find "$WORK/state" "$WORK/data" -type l -o -name '*.json' -o -path '*attachments/*')" ""
}

refused() {
  local code=$1 piece=$2
  shift 2
  run -1 plugin "$@"
  equal "$(jq -r .code <<<"$output")" "$code"
  contains "$(jq -r .msg <<<"$output")" "$piece"
}

serve_in_pod() {
  nsenter --net="$WORK/pod" socat TCP4-LISTEN:80,fork,reuseaddr SYSTEM:'echo hello' 3>&- &
  SERVER=$!
  eventually nsenter --net="$WORK/pod" grep -q ':0050 .* 0A ' /proc/net/tcp
}

@test "ADD, CHECK and DEL, with traffic and published ports" {
  run -0 plugin ADD "$(config "$port")"
  equal "$(jq -r '.ips[0].address' <<<"$output")" 10.78.0.2/24
  equal "$(jq -r '.ips[1].address' <<<"$output")" fd78::2/64
  equal "$(jq -r '.interfaces[2] | .name + " " + .sandbox' <<<"$output")" "eth0 $WORK/pod"
  on_host socat -u /dev/null TCP4:10.78.0.1:8080 2>/dev/null && fail "nobody listens yet"
  serve_in_pod
  run -0 on_host socat -t 2 - TCP4:10.78.0.1:8080 </dev/null
  equal "$output" hello
  run -0 on_host socat -t 2 - TCP4:127.0.0.1:8080 </dev/null
  equal "$output" hello
  kill "$SERVER"
  run -0 plugin CHECK "$(config)"
  nsenter --net="$WORK/pod" ip addr del 10.78.0.2/24 dev eth0
  refused 100 "has not the address 10.78.0.2" CHECK "$(config)"
  run -0 plugin DEL "$(config)"
  run -0 plugin DEL "$(config)"
  refused 3 "was not added" CHECK "$(config)"
  nothing_left
}

@test "GC takes back what is not valid" {
  plugin ADD "$(config)" one eth0 >/dev/null
  plugin ADD "$(config)" two eth1 >/dev/null
  plugin GC "$(config '"cni.dev/valid-attachments":[{"containerID":"two","ifname":"eth1"}]')"
  equal "$(ls "$WORK/state/attachments")" own:two:eth1
  plugin GC "$(config)"
  nothing_left
}

@test "rules that somebody has flushed come back with the next container" {
  make_space other
  plugin ADD "$(config "$port")" one >/dev/null
  on_host nft flush ruleset
  printf '%s' "$(config)" | on_host env CNI_COMMAND=ADD CNI_CONTAINERID=two CNI_NETNS="$WORK/other" CNI_IFNAME=eth0 \
    CNI_PATH=/ "$GANTRY_BIN/gantry-cni" >/dev/null
  serve_in_pod
  run -0 on_host socat -t 2 - TCP4:127.0.0.1:8080 </dev/null
  equal "$output" hello
  kill "$SERVER"
}

@test "VERSION, STATUS, and errors with the specification's numbers" {
  run -0 plugin VERSION '{"cniVersion":"1.0.0"}'
  contains "$output" '"1.1.0"'
  run -0 plugin STATUS "$(config)"
  plugin ADD "$(config)" >/dev/null
  refused 100 "has eth0 in network 'own' already" ADD "$(config)"
  refused 7 "was not made as its configuration is now" ADD "$(config '"internal":true')" other
  refused 7 "first plugin" ADD "$(config '"prevResult":{"cniVersion":"1.0.0"}')" other
  refused 7 "addresses by 'dhcp'" ADD '{"cniVersion":"1.0.0","name":"new","type":"gantry-cni","ipam":{"type":"dhcp"}}' other
  refused 1 "version '7.0.0'" ADD '{"cniVersion":"7.0.0","name":"own","type":"gantry-cni"}'
  refused 4 "'../x' cannot be" ADD "$(config)" '../x'
  refused 4 "CNI_COMMAND 'MOVE'" MOVE "$(config)"
  refused 6 "the configuration" ADD 'nonsense'
  refused 7 "'../y' cannot be" ADD '{"cniVersion":"1.0.0","name":"../y","type":"gantry-cni"}'
}

@test "killed at any moment, DEL takes all of it back" {
  local i
  for i in $(seq 40); do
    printf '%s' "$(config "$port")" | on_host env CNI_COMMAND=ADD CNI_CONTAINERID=pod CNI_NETNS="$WORK/pod" \
      CNI_IFNAME=eth0 CNI_PATH=/ timeout -s KILL "0.00$((RANDOM % 90 + 10))" "$GANTRY_BIN/gantry-cni" >/dev/null 2>&1 || true
    plugin DEL "$(config)"
  done
  nothing_left
}

@test "our own engine on our own plugin" {
  export NETCONFPATH=$WORK/net.d CNI_PATH=$GANTRY_BIN
  mkdir "$NETCONFPATH"
  config >"$NETCONFPATH/own.conf"
  server web --network own:ip=10.78.0.50 -p 8080:80
  run -0 ask on_host 127.0.0.1:8080
  run -0 ask_from own 10.78.0.50:80
  run -0 gantry network inspect own
  equal "$(jq -r '.[0].containers[].check' <<<"$output")" ok
  gantry rm -f web >/dev/null
  nothing_left
}

@test "podman's containers on our plugin" {
  need podman runc
  mkdir "$WORK/net.d"
  jq -n --argjson plugin "$(config)" '{cniVersion: "1.0.0", name: "own", plugins: [$plugin]}' >"$WORK/net.d/own.conflist"
  cat >"$WORK/containers.conf" <<CONF
[network]
network_backend = "cni"
cni_plugin_dirs = ["$GANTRY_BIN", "/usr/lib/cni"]
network_config_dir = "$WORK/net.d"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
runtime = "runc"
CONF
  mkdir -p "$WORK/rootfs/bin"
  cp "$(command -v busybox)" "$WORK/rootfs/bin/"
  ln -s busybox "$WORK/rootfs/bin/ip"
  run -0 on_host env CONTAINERS_CONF="$WORK/containers.conf" podman --root "$WORK/podman" --runroot "$WORK/podman-run" \
    --tmpdir "$WORK/podman-tmp" run --rm --network own --security-opt seccomp=unconfined --rootfs "$WORK/rootfs" ip addr show dev eth0
  eventually no_podman
  end_podman
  contains "$output" "10.78.0.2/24"
  contains "$output" "fd78::2/64"
  nothing_left
}
no_podman() { ! pgrep -f "podman .*$WORK/podman" >/dev/null; }
# podman leaves a mount of its storage, and the cgroup that holds all of its containers.
end_podman() {
  ! mountpoint -q "$WORK/podman/overlay" || umount "$WORK/podman/overlay"
  grep -q libpod_parent "$WORK/cgroups" || find /sys/fs/cgroup -depth -type d -path '/sys/fs/cgroup/*/libpod_parent*' -exec rmdir {} + 2>/dev/null || true
}
