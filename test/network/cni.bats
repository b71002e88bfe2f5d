# CNI: networks of Debian's plugins for our containers, in a network namespace of the test's own.
# bats file_tags=serial

load ../support/common
source "${BATS_TEST_DIRNAME}/../support/network.bash"

setup() {
  need jq socat iptables
  [[ -x /usr/lib/cni/bridge ]] || skip "containernetworking-plugins is not installed"
  make_network_world
  export NETCONFPATH=$WORK/net.d CNI_PATH=/usr/lib/cni
  mkdir -p "$NETCONFPATH"
}

teardown() { end_network_world; }

# write_network [PLUGIN…]: the network "side" of Debian's plugins: a bridge with addresses, then PLUGINs.
write_network() {
  local plugins
  plugins=$(printf ', %s' '{"type": "tuning", "capabilities": {"mac": true}, "sysctl": {"net.core.somaxconn": "77"}}' "$@")
  cat >"$NETCONFPATH/10-side.conflist" <<JSON
{"cniVersion": "1.0.0", "name": "side", "plugins": [
  {"type": "bridge", "bridge": "cni-side", "isGateway": true, "ipMasq": true, "hairpinMode": true,
   "dns": {"nameservers": ["192.0.2.53"]}, "capabilities": {"ips": true},
   "ipam": {"type": "host-local", "dataDir": "$WORK/host-local", "ranges": [[{"subnet": "10.77.0.0/24"}]],
            "routes": [{"dst": "0.0.0.0/0"}]}}$plugins
]}
JSON
}
portmap='{"type": "portmap", "capabilities": {"portMappings": true}}'

# What a container leaves on such a network: leases, what we keep, devices, rules, mounts.
left() {
  find "$WORK/host-local" -name '10.77*' 2>/dev/null
  find "$WORK/run/cni" -type f 2>/dev/null
  on_host ip -o link | grep veth
  # The plugins' own CNI-HOSTPORT chains stay, empty or not.
  on_host iptables-save -t nat | grep -E '^-A (CNI-[0-9a-f]|CNI-DN|POSTROUTING .*10\.77)'
  grep "$WORK/run" /proc/self/mountinfo
  true
}

@test "a container on a chain of Debian's plugins, found by its name, and nothing of it stays" {
  write_network
  run -0 gantry run --rm --name box --network side busybox sh -c 'ip addr show eth0
    cat /proc/sys/net/core/somaxconn /etc/hosts /etc/resolv.conf'
  contains "$output" "10.77.0.2/24"
  contains "$output" 77
  contains "$output" $'10.77.0.2\t'
  contains "$output" "nameserver 192.0.2.53"
  lacks "$output" 127.0.1.1
  server web --network side
  run -0 ask on_host "10.77.0.3:80"
  run -0 ask_from side "10.77.0.3:80"
  contains "$output" 10.77.0.4
  equal "$(address web side)" 10.77.0.3
  gantry rm -f web >/dev/null
  equal "$(left)" ""
}

@test "published ports, wished-for addresses and MAC addresses reach the plugins that declare them" {
  write_network "$portmap"
  server web --network side:ip=10.77.0.77,mac=02:11:22:33:44:55 -p 8080:80
  run -0 ask on_host "10.77.0.1:8080"
  run -0 gantry exec web ip addr show eth0
  contains "$output" 10.77.0.77/24
  contains "$output" 02:11:22:33:44:55
  run -0 gantry port web 80
  equal "$output" 0.0.0.0:8080
  run -125 gantry run --rm -p 8080:80 busybox true
  contains "$output" "taken by container 'web'"
  gantry rm -f web >/dev/null
  equal "$(left)" ""
}

@test "one of ours and one of CNI beside each other" {
  write_network
  run -0 gantry run --rm --network gantry --network side busybox ip -o -4 addr
  contains "$output" "eth0    inet 10.64.0.2/16"
  contains "$output" "eth1    inet 10.77.0.2/24"
  equal "$(left)" ""
}

@test "a monitor that is killed: the next command gives everything back" {
  write_network "$portmap"
  server web --network side -p 8080:80
  # The network's file may be gone by then.
  rm "$NETCONFPATH/10-side.conflist"
  local init
  init=$(gantry inspect web | jq '.[0].State.Pid')
  kill -9 "$(awk '{print $4}' "/proc/$init/stat")" "$init"
  gantry rm -f web >/dev/null
  equal "$(left)" ""
}

@test "killed while plugins work: nothing is left" {
  write_network "$portmap"
  local i pid
  for i in $(seq 15); do
    nsenter --net="$WORK/host" "$GANTRY_BIN/gantry" --root "$WORK/root" --runroot "$WORK/run" \
      run --rm --network side -p 8080:80 busybox true >/dev/null 2>&1 3>&- &
    pid=$!
    sleep "0.0$((RANDOM % 100 + 10))"
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  eventually no_monitors
  gantry system check --repair >/dev/null
  gantry rm -f --all >/dev/null
  equal "$(left)" ""
}
no_monitors() { [[ -z $(find /proc/[0-9]*/fd -maxdepth 1 -lname "$WORK/r*" 2>/dev/null) ]]; }

@test "network inspect has the plugins look at each container; prune --cni has them collect" {
  write_network
  server web --network side
  run -0 gantry network inspect side
  equal "$(jq -r '.[0].plugins | join(" ")' <<<"$output")" "bridge tuning"
  equal "$(jq -r '.[0].containers[].check' <<<"$output")" ok
  nsenter --net="/proc/$(gantry inspect web | jq '.[0].State.Pid')/ns/net" ip addr flush dev eth0
  run -0 gantry network inspect side
  contains "$(jq -r '.[0].containers[].check' <<<"$output")" "CNI plugin bridge (CHECK)"
  # What nobody has any more: as after a crash that took the run folder with it.
  cp "$WORK/run/cni/side:$(gantry inspect --format '{{.Id}}' web):eth0" "$WORK/run/cni/side:gone:eth0"
  echo -n gone >"$WORK/host-local/side/10.77.0.99"
  gantry network prune --force --cni >/dev/null
  [[ ! -e $WORK/run/cni/side:gone:eth0 ]]
  run -0 gantry ps -q
  equal "$(wc -l <<<"$output")" 1
}

@test "networks of CNI are listed, and removed with their file when nobody is on them" {
  write_network
  gantry network create lan >/dev/null
  run -0 gantry network ls --format '{{.Name}} {{.Driver}}'
  equal "$output" $'lan bridge\nside cni'
  equal "$(gantry network ls --filter driver=cni --format json | jq -r '.[0].plugins[0]')" bridge
  gantry run -d --name web --network side busybox sleep 600 >/dev/null
  run -2 gantry network rm side
  contains "$output" "container 'web'"
  gantry network rm --force side >/dev/null
  [[ ! -e $NETCONFPATH/10-side.conflist ]]
  equal "$(gantry ps -aq)$(left)" ""
}

@test "the highest version that all plugins know is spoken; STATUS and GC of 1.1.0 beside those that do not know it" {
  write_network
  # Debian's know 1.0.0, gantry-cni 1.1.0 too.
  sed -i 's/"cniVersion": "1.0.0"/&, "cniVersions": ["1.0.0", "1.1.0", "9.9.9"]/' "$NETCONFPATH/10-side.conflist"
  run -0 gantry run --rm --network side busybox true
  equal "$(gantry network inspect side | jq -r '.[0].cni_version')" 1.0.0
  cat >"$NETCONFPATH/20-new.conflist" <<JSON
{"cniVersion": "1.0.0", "cniVersions": ["1.1.0"], "name": "new", "plugins": [
  {"type": "gantry-cni", "bridge": "new0", "dataDir": "$WORK/new", "runDir": "$WORK/new-run",
   "ipam": {"ranges": [[{"subnet": "10.78.0.0/24"}]]}}]}
JSON
  export CNI_PATH=$GANTRY_BIN:/usr/lib/cni
  run -0 gantry run --rm --network new busybox true
  equal "$(gantry network inspect new | jq -r '.[0] | .cni_version + " " + .status')" "1.1.0 ok"
  # One that does not know the version is not asked, and inspect says why.
  sed 's/"cniVersions": \["1.1.0"\], "name": "new"/"name": "mixed"/; s/"1.0.0"/"1.1.0"/; s/}]}$/}, {"type": "tuning"}]}/' \
    "$NETCONFPATH/20-new.conflist" >"$NETCONFPATH/30-mixed.conflist"
  contains "$(gantry network inspect mixed | jq -r '.[0].status')" "unknown"
  gantry network prune --force --cni >/dev/null
}

@test "errors are the plugin's words in one sentence" {
  refused() {
    local piece=$1
    shift
    run -125 "$@"
    one_sentence "$output"
    contains "$output" "$piece"
  }
  echo '{"cniVersion":"1.0.0","name":"side","plugins":[{"type":"no-such-plugin"}]}' >"$NETCONFPATH/10-side.conflist"
  refused no-such-plugin gantry run --rm --network side busybox true
  write_network
  refused "portmap" gantry run --rm -p 8080:80 --network side busybox true
  refused "there is no network 'nowhere'" gantry run --rm --network nowhere busybox true
  gantry run -d --name web busybox sleep 600 >/dev/null
  refused "is one of CNI" gantry network connect side web
  gantry rm -f web >/dev/null
  sed -i 's/cni-side/lo/' "$NETCONFPATH/10-side.conflist"
  refused "CNI plugin bridge (ADD)" gantry run --rm --network side busybox true
}
