# Every limit that `gantry run` takes arrives in the cgroup, or says why it cannot.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  gantry image bootstrap busybox >/dev/null
}

refused() {
  local piece=$1
  shift
  run -125 --separate-stderr "$@"
  one_sentence "$stderr"
  contains "$stderr" "$piece"
}

# in_cgroup V1-FILE V2-FILE OPTION…: what the file says for a container with these options.
in_cgroup() {
  local v1=$1 v2=$2 id file
  shift 2
  gantry rm -f limited >/dev/null
  gantry run -d --name limited "$@" busybox sleep 60 >/dev/null
  id=$(gantry inspect -f '{{.Id}}' limited)
  file=$(find /sys/fs/cgroup -path "*$id*" \( -name "$v1" -o -name "$v2" \) 2>/dev/null | head -1)
  [[ -n $file ]] || fail "neither $v1 nor $v2"
  cat "$file"
}

@test "memory: swap, reservation, swappiness" {
  need_cgroup memory
  equal "$(in_cgroup memory.soft_limit_in_bytes memory.low --memory 64m --memory-reservation 32m)" $((32 << 20))
  if [[ -e /sys/fs/cgroup/memory/memory.swappiness ]]; then
    equal "$(in_cgroup memory.swappiness none --memory 64m --memory-swappiness 7)" 7
    equal "$(in_cgroup memory.oom_control none --memory 64m --oom-kill-disable | head -1)" "oom_kill_disable 1"
  fi
  [[ ! -e /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes ]] ||
    equal "$(in_cgroup memory.memsw.limit_in_bytes none --memory 64m --memory-swap 80m)" $((80 << 20))
}

@test "processors: shares, quota, sets" {
  need_cgroup cpu
  local found
  found=$(in_cgroup cpu.shares cpu.weight --cpu-shares 512)
  [[ $found == 512 || $found == 20 || $found == 59 ]] || fail "$found"
  found=$(in_cgroup cpu.cfs_quota_us cpu.max --cpu-period 50000 --cpu-quota 25000)
  contains "$found" 25000
  need_cgroup cpuset
  equal "$(in_cgroup cpuset.cpus cpuset.cpus --cpuset-cpus 0)" 0
  equal "$(in_cgroup cpuset.mems cpuset.mems --cpuset-mems 0)" 0
}

@test "block devices: weights and rates" {
  need_cgroup blkio
  local disk
  disk=$(lsblk -dpno NAME 2>/dev/null | head -1)
  [[ -e /sys/fs/cgroup/blkio/blkio.throttle.read_bps_device || -e /sys/fs/cgroup/cgroup.controllers ]] ||
    skip "block devices cannot be throttled here"
  [[ -b $disk ]] || skip "no block device here"
  contains "$(in_cgroup blkio.throttle.read_bps_device io.max --device-read-bps "$disk:1m")" 1048576
  contains "$(in_cgroup blkio.throttle.write_iops_device io.max --device-write-iops "$disk:100")" 100
}

@test "the parent of its cgroup, and none at all" {
  need_cgroup pids
  gantry run -d --name child --cgroup-parent "/gantry-test-$NAME" busybox sleep 60
  local id
  id=$(gantry inspect -f '{{.Id}}' child)
  [[ -n $(find /sys/fs/cgroup -path "*/gantry-test-$NAME/$id" | head -1) ]]
  gantry rm -f child
  find /sys/fs/cgroup -depth -type d -path "*/gantry-test-$NAME" -exec rmdir {} +
  run -0 gantry run --rm --cgroups disabled busybox cat /proc/self/cgroup
  lacks "$output" gantry
  refused "no cgroup" gantry run --rm --cgroups disabled --memory 64m busybox true
}

@test "limits of each process: --ulimit host, --oom-score-adj" {
  run -0 bash -c 'ulimit -n 777; gantry run --rm --ulimit host busybox sh -c "ulimit -Sn"'
  equal "$output" 777
  run -0 gantry run --rm --oom-score-adj 300 busybox cat /proc/self/oom_score_adj
  equal "$output" 300
}

@test "inspect says what was asked for" {
  need_cgroup cpu
  gantry create --name one --cpu-shares 300 --cpuset-cpus 0 --memory 32m --memory-swap 48m busybox true
  run -0 gantry inspect -f '{{.HostConfig.CpuShares}} {{.HostConfig.CpusetCpus}} {{.HostConfig.MemorySwap}}' one
  equal "$output" "300 0 $((48 << 20))"
}

@test "bad values name the option and what it accepts" {
  local option
  for option in memory=much memory-swap=-2 memory-swappiness=101 memory-reservation=x oom-score-adj=5000 cpus=0 \
    cpu-shares=x cpu-period=1 cpu-quota=-5 cpuset-cpus=3-1 cpuset-mems=a blkio-weight=5 blkio-weight-device=/dev/sda \
    device-read-bps=sda:1m device-write-iops=/dev/sda:x pids-limit=-2 ulimit=nofile ulimit=nofile=5:3 \
    cgroup-parent=../up cgroup-conf=memory.high cgroups=split rdt-class=a/b; do
    refused "${option%%=*}" gantry run --rm "--$option" busybox true
  done
  refused "--memory" gantry run --rm --memory-swap 64m busybox true
  refused "exclude each other" gantry run --rm --cpus 1 --cpu-quota 5000 busybox true
  refused "not a block device" gantry run --rm --device-read-bps /dev/null:1m busybox true
}
