#!/usr/bin/env bats
# Limits that the controllers of cgroup v2 enforce: not what is in the files, but what happens.

load ../support/common
load cgroup2

# shellcheck disable=SC2016  # for the container's shell
EAT='(dd if=/dev/zero of=/dev/null bs=64M count=1 2>/dev/null); echo "status $?"; cat /sys/fs/cgroup/memory.events'

@test "memory.max: what needs more is killed, and the kill is counted" {
  make_bundle "$WORK/b" sh -c "$EAT"
  edit_config "$WORK/b" '.linux.resources.memory = {"limit": 16777216, "swap": 16777216}'
  run -0 gantry-runtime run --bundle "$WORK/b" c
  contains "$output" "status 137"
  contains "$output" "oom_kill 1"
  edit_config "$WORK/b" '.linux.resources.memory = {"limit": 134217728}'
  run -0 gantry-runtime run --bundle "$WORK/b" c
  contains "$output" "status 0"
}

@test "memory: what each member of the config becomes" {
  start_container c '.linux.resources += {"memory": {"limit": 67108864, "reservation": 33554432, "swap": 100663296},
    "unified": {"memory.high": "50331648"}}' sleep 1000
  equal "$(cat "$CGROUP"/memory.{max,low,high})" $'67108864\n33554432\n50331648'
  [[ ! -e $CGROUP/memory.swap.max ]] || equal "$(cat "$CGROUP/memory.swap.max")" 33554432
}

@test "pids.max: a fork too many fails, and is counted" {
  start_container c '.linux.resources.pids.limit = 3' sleep 1000
  run ! gantry-runtime exec c sh -c 'sleep 0.1 & sleep 0.1 & sleep 0.1 & wait'
  contains "$output" "can't fork"
  at_least "$CGROUP/pids.events" max 1
}

@test "cpu.max: a busy loop gets its share and no more" {
  local before after
  start_container c '.linux.resources.cpu = {"quota": 20000, "period": 100000}' sh -c 'while :; do :; done'
  equal "$(cat "$CGROUP/cpu.max")" "20000 100000"
  before="${EPOCHREALTIME/./} $(number "$CGROUP/cpu.stat" usage_usec)"
  eventually at_least "$CGROUP/cpu.stat" nr_throttled 15
  after="${EPOCHREALTIME/./} $(number "$CGROUP/cpu.stat" usage_usec)"
  # A fifth of the time that went by, and one period's quota of tolerance.
  ((${after#* } - ${before#* } <= (${after% *} - ${before% *}) / 5 + 20000 + 20000)) || fail "from $before to $after"
}

@test "cpu.weight and cpu.idle have the values of the config" {
  start_container c '.linux.resources.cpu = {"shares": 2048}' sleep 1000
  equal "$(cat "$CGROUP/cpu.weight")" 79
  gantry-runtime update --cpu-idle 1 c
  equal "$(cat "$CGROUP/cpu.idle")" 1
}

@test "cpuset: the process may run on those processors only" {
  start_container c '.linux.resources.cpu = {"cpus": "1", "mems": "0"}' sleep 1000
  equal "$(gantry-runtime exec c grep Cpus_allowed_list /proc/self/status | tr -d '\t')" "Cpus_allowed_list:1"
  gantry-runtime update --cpuset-cpus 0 c
  equal "$(gantry-runtime exec c grep Cpus_allowed_list /proc/self/status | tr -d '\t')" "Cpus_allowed_list:0"
}

@test "io.max: writing takes as long as the limit says" {
  local disk start took
  disk=$(mountpoint --fs-devno /)
  make_bundle "$WORK/b" dd if=/dev/zero of=/written bs=1M count=3 oflag=direct
  edit_config "$WORK/b" --argjson major "${disk%:*}" --argjson minor "${disk#*:}" '.root.readonly = false |
    .linux.resources.blockIO.throttleWriteBpsDevice = [{"major": $major, "minor": $minor, "rate": 1048576}]'
  start=${EPOCHREALTIME/./}
  gantry-runtime run --bundle "$WORK/b" c
  took=$((${EPOCHREALTIME/./} - start))
  ((took > 1500000)) || fail "3 MB at 1 MB/s took $took us"
}

@test "hugetlb: pages beyond the limit cannot be had" {
  [[ -e /proc/sys/vm/nr_hugepages ]] || skip "this kernel has no huge pages"
  echo 4 >/proc/sys/vm/nr_hugepages
  start_container c '.linux.resources.hugepageLimits = [{"pageSize": "2MB", "limit": 2097152}]' sleep 1000
  equal "$(cat "$CGROUP/hugetlb.2MB.max")" 2097152
  run -0 sh -c 'echo $$ >"$1/cgroup.procs" && exec python3 -c "
import mmap
def pages(n):
    try: return len(mmap.mmap(-1, n << 21, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40000)) >> 21
    except OSError as error: return error.strerror
print(pages(1), pages(2))"' sh "$CGROUP"
  echo 0 >/proc/sys/vm/nr_hugepages
  equal "$output" "1 Cannot allocate memory"
}

@test "update changes what is enforced" {
  start_container c '.linux.resources += {"memory": {"limit": 134217728}, "pids": {"limit": 100}}' sleep 1000
  gantry-runtime exec c dd if=/dev/zero of=/dev/null bs=64M count=1
  gantry-runtime update --memory 16m --memory-swap 16m --pids-limit 2 c
  run -137 gantry-runtime exec c dd if=/dev/zero of=/dev/null bs=64M count=1
  run ! gantry-runtime exec c sh -c 'sleep 0.1 & wait'
  contains "$output" "can't fork"
}

@test "events reports what the controllers count" {
  start_container c '.linux.resources += {"memory": {"limit": 67108864}, "pids": {"limit": 10}}' sleep 1000
  run -0 gantry-runtime events --stats c
  equal "$(jq -r '.data.memory.usage.limit, .data.pids.limit, .data.pids.current' <<<"$output" | xargs)" "67108864 10 1"
  (($(jq .data.cpu.usage.total <<<"$output") > 0)) || fail "$output"
}

@test "pause stops the processes, and resume lets them go on" {
  local before
  start_container c . sh -c 'while :; do :; done'
  gantry-runtime pause c
  equal "$(number "$CGROUP/cgroup.events" frozen)" 1
  before=$(number "$CGROUP/cpu.stat" usage_usec)
  equal "$(gantry-runtime state c | jq -r .status)" paused
  run ! gantry-runtime exec c true
  contains "$output" paused
  equal "$(number "$CGROUP/cpu.stat" usage_usec)" "$before"
  gantry-runtime resume c
  eventually at_least "$CGROUP/cpu.stat" usage_usec $((before + 1000))
}

@test "a killed paused container ends" {
  start_container c . sleep 1000
  gantry-runtime pause c
  gantry-runtime kill c KILL
  eventually sh -c "gantry-runtime state c | grep -q stopped"
}
