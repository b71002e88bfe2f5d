#!/usr/bin/env bats
# Limits by cgroups, on whatever this host has.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

setup() {
  make_world
  need_root
}

# value CONTROLLER FILE PID: what a v1 controller's file says about the cgroup of a process.
value() {
  local path
  path=$(awk -F: -v controller="$1" '{ split($2, names, ","); for (i in names) if (names[i] == controller) print $3 }' "/proc/$3/cgroup")
  cat "/sys/fs/cgroup/$1$path/$2"
}

need_v1() { [[ -d /sys/fs/cgroup/$1 ]] || skip "no v1 hierarchy $1 here"; }

@test "v1 gets the numbers of the config, and update changes them" {
  need_v1 memory
  make_bundle "$WORK/b" sleep 1000
  edit_config "$WORK/b" '.linux.resources += {"memory": {"limit": 67108864, "reservation": 33554432},
    "cpu": {"shares": 512, "quota": 20000, "period": 100000, "cpus": "0"}, "pids": {"limit": 17}}'
  gantry-runtime run --detach --bundle "$WORK/b" --pid-file "$WORK/pid" c
  local pid
  pid=$(cat "$WORK/pid")
  equal "$(value memory memory.limit_in_bytes "$pid")" 67108864
  equal "$(value memory memory.soft_limit_in_bytes "$pid")" 33554432
  equal "$(value cpu cpu.shares "$pid")" 512
  equal "$(value cpu cpu.cfs_quota_us "$pid")" 20000
  equal "$(value cpuset cpuset.cpus "$pid")" 0
  equal "$(value pids pids.max "$pid")" 17
  equal "$(gantry-runtime exec c sh -c 'cat /sys/fs/cgroup/pids/pids.max')" 17

  echo '{"pids": {"limit": 23}, "memory": {"limit": 134217728}}' | gantry-runtime update --resources - c
  equal "$(value pids pids.max "$pid")" 23
  equal "$(value memory memory.limit_in_bytes "$pid")" 134217728
  equal "$(value cpu cpu.shares "$pid")" 512
  echo '{"pids": {"limit": "many"}}' >"$WORK/limits.json"
  run ! gantry-runtime update --resources "$WORK/limits.json" c
  one_sentence "$output"
  run ! gantry-runtime update c
  contains "$output" "--resources"
}

@test "the memory limit kills, and the pids limit stops forks" {
  need_cgroup memory
  # shellcheck disable=SC2016  # for the container's shell
  make_bundle "$WORK/b" sh -c '(dd if=/dev/zero of=/dev/null bs=64M count=1 2>/dev/null); echo "status $?"'
  edit_config "$WORK/b" '.linux.resources += {"memory": {"limit": 16777216, "swap": 16777216}}'
  run gantry-runtime run --bundle "$WORK/b" c
  contains "$output" "status 137"
  edit_config "$WORK/b" '.process.args = ["sh", "-c", "sleep 1 & sleep 1 & sleep 1 & sleep 1 & wait"]
    | .linux.resources = {"pids": {"limit": 3}}'
  run gantry-runtime run --bundle "$WORK/b" c
  contains "$output" "can't fork"
}

@test "a small memory limit still starts" {
  need_cgroup memory
  make_bundle "$WORK/b" echo started
  edit_config "$WORK/b" '.linux.resources += {"memory": {"limit": 6291456}}'
  equal "$(gantry-runtime run --bundle "$WORK/b" c)" started
}

@test "where only cgroup2 is, a container runs, and a limit without its controller is refused" {
  make_bundle "$WORK/b" cat /proc/self/cgroup
  run -0 cgroup2_view gantry-runtime run --bundle "$WORK/b" c
  contains "$output" "0::/"
  grep -qw memory /sys/fs/cgroup/cgroup.controllers 2>/dev/null && skip "this host has the controller"
  edit_config "$WORK/b" '.linux.resources += {"memory": {"limit": 67108864}}'
  run ! cgroup2_view gantry-runtime run --bundle "$WORK/b" c
  one_sentence "$output"
  contains "$output" memory
  equal "$(gantry-runtime list --quiet)" ""
}

@test "pause, resume, ps and kill work with cgroup2 alone" {
  make_bundle "$WORK/b" sleep 1000
  cgroup2_view gantry-runtime run --detach --bundle "$WORK/b" c
  cgroup2_view gantry-runtime pause c
  equal "$(cgroup2_view gantry-runtime state c | jq -r .status)" paused
  cgroup2_view gantry-runtime resume c
  equal "$(cgroup2_view gantry-runtime ps --format json c | jq length)" 1
  cgroup2_view gantry-runtime delete --force c
}

@test "the container's user may divide a cgroup v2 that is mounted writable" {
  need_root
  # shellcheck disable=SC2016
  make_bundle "$WORK/b" sh -c 'cd /sys/fs/cgroup && mkdir own && echo $$ >own/cgroup.procs && cat /proc/self/cgroup && rmdir -p other 2>/dev/null
    echo 5 >pids.max; stat -c "%n %u" . cgroup.procs cgroup.subtree_control cgroup.type cgroup.max.depth'
  edit_config "$WORK/b" '(.mounts[] | select(.type == "cgroup") | .options) -= ["ro"] | .process.capabilities = {}
    | .linux.namespaces += [{"type": "user"}, {"type": "cgroup"}] | .linux.namespaces |= unique_by(.type)
    | .linux.uidMappings = [{"containerID": 0, "hostID": 200000, "size": 1000}] | .linux.gidMappings = .linux.uidMappings
    | .process.user = {"uid": 7, "gid": 7}'
  chown -R 200000:200000 "$WORK/b/rootfs"
  chmod 711 "$WORK"
  run cgroup2_view gantry-runtime run --bundle "$WORK/b" c
  contains "$output" "0::/own"
  contains "$output" $'. 7\ncgroup.procs 7\ncgroup.subtree_control 7\ncgroup.type 65534\ncgroup.max.depth 65534'
  lacks "$output" "Permission denied: own"
  # Read-only, as the usual mount is: nobody's but the host's.
  edit_config "$WORK/b" '(.mounts[] | select(.type == "cgroup") | .options) += ["ro"]'
  run cgroup2_view gantry-runtime run --bundle "$WORK/b" c
  contains "$output" $'. 65534\ncgroup.procs 65534'
}

@test "limits that this host's cgroups cannot express are refused by name" {
  make_bundle "$WORK/b" true
  cp "$WORK/b/config.json" "$WORK/plain.json"
  local limit
  for limit in 'network = {"classID": 1}' 'unified = {"nosuch.file": "1"}' 'rdma = {"mlx5_1": {"hcaHandles": 3}}' \
    'blockIO = {"leafWeight": 10}' 'hugepageLimits = [{"pageSize": "3MB", "limit": 1}]'; do
    cp "$WORK/plain.json" "$WORK/b/config.json"
    edit_config "$WORK/b" ".linux.resources.$limit"
    run ! gantry-runtime run --bundle "$WORK/b" c
    one_sentence "$output"
    contains "$output" "/linux/resources/${limit%% *}"
  done
}

@test "v1: unified is for cgroup v2 alone" {
  need_v1 memory
  make_bundle "$WORK/b" true
  edit_config "$WORK/b" '.linux.resources.unified = {"memory.swappiness": "1"}'
  run ! gantry-runtime run --bundle "$WORK/b" c
  contains "$output" "/linux/resources/unified: memory.swappiness is a file of cgroup v2"
}

@test "v1: what memory and cpu have besides sizes" {
  need_v1 memory
  make_bundle "$WORK/b" sleep 1000
  edit_config "$WORK/b" '.linux.resources += {"memory": {"swappiness": 7, "disableOOMKiller": true, "useHierarchy": true, "kernel": -1, "kernelTCP": 1048576},
    "cpu": {"period": 50000, "quota": 20000}}'
  gantry-runtime run --detach --bundle "$WORK/b" --pid-file "$WORK/pid" c
  local pid
  pid=$(cat "$WORK/pid")
  equal "$(value memory memory.swappiness "$pid")" 7
  contains "$(value memory memory.oom_control "$pid")" "oom_kill_disable 1"
  equal "$(value memory memory.kmem.tcp.limit_in_bytes "$pid")" 1048576
  equal "$(value cpu cpu.cfs_period_us "$pid")" 50000
  # Neither of the two fits before the other has changed.
  echo '{"cpu": {"period": 1000000, "quota": 900000}}' | gantry-runtime update --resources - c
  equal "$(value cpu cpu.cfs_period_us "$pid") $(value cpu cpu.cfs_quota_us "$pid")" "1000000 900000"
  echo '{"cpu": {"quota": 1000}, "memory": {"disableOOMKiller": false}, "pids": {}}' | gantry-runtime update --resources - c
  equal "$(value cpu cpu.cfs_quota_us "$pid")" 1000
  contains "$(value memory memory.oom_control "$pid")" "oom_kill_disable 0"
}

@test "huge pages, in the v2 tree of a hybrid host too" {
  local size
  grep -qw hugetlb /sys/fs/cgroup/unified/cgroup.controllers 2>/dev/null || skip "no hugetlb controller in a v2 tree here"
  size=$(basename /sys/kernel/mm/hugepages/hugepages-2048kB) && [[ -d /sys/kernel/mm/hugepages/$size ]] || skip "no pages of 2 MB"
  make_bundle "$WORK/b" sleep 1000
  edit_config "$WORK/b" '.linux.resources.hugepageLimits = [{"pageSize": "2MB", "limit": 4194304}]'
  gantry-runtime run --detach --bundle "$WORK/b" --pid-file "$WORK/pid" c
  local folder
  folder=/sys/fs/cgroup/unified$(awk -F: '$1 == 0 { print $3 }' "/proc/$(cat "$WORK/pid")/cgroup")
  equal "$(cat "$folder/hugetlb.2MB.max")" 4194304
  equal "$(cat "$folder/hugetlb.2MB.rsvd.max")" 4194304
}
