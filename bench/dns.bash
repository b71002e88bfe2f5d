# gantry-dns beside dnsmasq with the same 200 names in a file: answers a second, by dnsperf on the same processors, in a
# network namespace of the benchmark's own. The goal is 20,000.
# shellcheck disable=SC2154  # work: bench/common.bash

: "${SECONDS_EACH:=3}"

in_dns_space() { nsenter --net="/proc/$DNS_SPACE/ns/net" "$@"; }

# The servers and the namespace's holder end with the benchmark.
end_servers() {
  local pid
  for pid in $(cat "$work"/dns/.pids 2>/dev/null); do
    kill "$pid" 2>/dev/null || true
  done
}

write_names() {
  local i
  mkdir -p "$work/dns/net"
  echo '{"listen":["10.1.0.1"],"subnets":["10.1.0.0/16"]}' >"$work/dns/net/network"
  for i in {1..200}; do
    echo "{\"names\":[\"box$i\"],\"addresses\":[\"10.1.1.$i\"]}" >"$work/dns/net/id$i"
    echo "10.1.1.$i box$i" >>"$work/dns-hosts"
    echo "box$i A" >>"$work/dns-queries"
  done
}

# answers_per_second ADDRESS
answers_per_second() {
  in_dns_space dnsperf -s "$1" -a 10.1.0.9 -d "$work/dns-queries" -l "$SECONDS_EACH" -c 4 -T 1 -q 100 2>/dev/null |
    sed -n 's/.*Queries per second: *\([0-9]*\).*/\1/p'
}

bench_dns() {
  write_names
  unshare --net sleep infinity &
  DNS_SPACE=$!
  echo "$DNS_SPACE" >"$work/dns/.pids"
  until [[ $(readlink "/proc/$DNS_SPACE/ns/net") != "$(readlink /proc/self/ns/net)" ]]; do :; done
  in_dns_space ip link set lo up
  local address ours theirs
  for address in 10.1.0.1 10.1.0.2 10.1.0.9; do in_dns_space ip address add "$address/16" dev lo; done
  in_dns_space "$GANTRY_BIN/gantry-dns" "$work/dns"
  pgrep --full "^$GANTRY_BIN/gantry-dns $work/dns\$" >>"$work/dns/.pids"
  in_dns_space dnsmasq --keep-in-foreground --no-resolv --no-hosts --bind-interfaces --listen-address=10.1.0.2 \
    --except-interface=none --addn-hosts="$work/dns-hosts" --user=root --pid-file= &
  echo $! >>"$work/dns/.pids"
  until [[ -n $(in_dns_space dig +short +tries=1 +time=1 @10.1.0.2 box1) ]]; do :; done
  ours=$(answers_per_second 10.1.0.1)
  theirs=$(answers_per_second 10.1.0.2)
  # As times, so that less is better everywhere in the table.
  row "names: µs an answer" dnsmasq "$(awk -v n="$theirs" 'BEGIN { print 1e6 / n }')" \
    "$(awk -v n="$ours" 'BEGIN { print 1e6 / n }')" us
  limit "names: µs an answer" "$(awk -v n="$ours" 'BEGIN { print 1e6 / n }')" us 50
}
