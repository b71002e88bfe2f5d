#!/usr/bin/env bats
# How the kernel runs the process: scheduler, I/O priority, processors, memory policy, personality.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

setup() {
  make_world
  need_root
}

@test "scheduler: policy and nice value" {
  # Fields 19 and 41 of proc_pid_stat(5).
  local fields="awk '{ print \$19, \$41 }' /proc/self/stat"
  equal "$(in_container '.process.scheduler = {"policy": "SCHED_BATCH", "nice": 7}' sh -c "$fields")" "7 3"
  equal "$(in_container '.process.scheduler = {"policy": "SCHED_IDLE"}' sh -c "$fields")" "$(nice) 5"
  equal "$(in_container '.process.scheduler = {"policy": "SCHED_OTHER", "nice": -3, "flags": ["SCHED_FLAG_RESET_ON_FORK"]}' \
    awk '{ print $19, $41 }' /proc/self/stat)" "-3 0"
  run ! in_container '.process.scheduler = {"policy": "SCHED_ISO"}' true
  one_sentence "$output"
  contains "$output" /process/scheduler
  run ! in_container '.process.scheduler = {"policy": "SCHED_FIFO"}' true
  contains "$output" "/process/scheduler: priority 0"
}

@test "scheduler: real time" {
  # Without a share of real time for v1 cgroups there is none to have.
  chrt -f 5 true 2>/dev/null || skip "no real-time scheduling here"
  run in_container '.process.scheduler = {"policy": "SCHED_FIFO", "priority": 5} | del(.linux.resources) | .linux.cgroupsPath = ""' \
    awk '{ print $40, $41 }' /proc/self/stat
  [[ $status -eq 0 ]] || { contains "$output" "/process/scheduler" && skip "cgroups have no real time here"; }
  equal "$output" "5 1"
}

@test "ioPriority" {
  equal "$(in_container '.process.ioPriority = {"class": "IOPRIO_CLASS_BE", "priority": 6}' ionice -p 1)" "best-effort: prio 6"
  equal "$(in_container '.process.ioPriority = {"class": "IOPRIO_CLASS_IDLE", "priority": 0}' sh -c 'ionice -p $$')" idle
  run ! in_container '.process.ioPriority = {"class": "IOPRIO_CLASS_BE", "priority": 8}' true
  contains "$output" /process/ioPriority
}

@test "personality" {
  equal "$(in_container '.linux.personality = {"domain": "LINUX32"}' cat /proc/self/personality)" 00000008
  equal "$(in_container '.linux.personality = {"domain": "LINUX"}' cat /proc/self/personality)" 00000000
  run ! in_container '.linux.personality = {"domain": "LINUX", "flags": ["ADDR_NO_RANDOMIZE"]}' true
  contains "$output" /linux/personality/flags
  make_bundle "$WORK/d" sleep 1000
  edit_config "$WORK/d" '.linux.personality = {"domain": "LINUX32"}'
  gantry-runtime run --detach --bundle "$WORK/d" d
  equal "$(gantry-runtime exec d cat /proc/self/personality)" 00000008
}

@test "memoryPolicy" {
  [[ -e /proc/self/numa_maps ]] || skip "this kernel has no NUMA"
  equal "$(in_container '.linux.memoryPolicy = {"mode": "MPOL_BIND", "nodes": "0"}' sh -c 'cut -d" " -f2 /proc/self/numa_maps | sort -u')" bind:0
  matches "$(in_container '.linux.memoryPolicy = {"mode": "MPOL_INTERLEAVE", "nodes": "0", "flags": ["MPOL_F_STATIC_NODES"]}' \
    cut '-d ' -f2 /proc/self/numa_maps)" "interleave=static:0"
  run ! in_container '.linux.memoryPolicy = {"mode": "MPOL_BIND", "nodes": "1000"}' true
  contains "$output" /linux/memoryPolicy
  run ! in_container '.linux.memoryPolicy = {"mode": "MPOL_BIND"}' true
  contains "$output" /linux/memoryPolicy/nodes
}

@test "execCPUAffinity is of exec alone" {
  (($(nproc) > 1)) || skip "needs two processors"
  make_bundle "$WORK/d" sh -c 'grep Cpus_allowed_list /proc/self/status >/tmp/init; exec sleep 1000'
  edit_config "$WORK/d" '.process.execCPUAffinity = {"initial": "0", "final": "1"} | .root.readonly = false'
  gantry-runtime run --detach --bundle "$WORK/d" d
  equal "$(gantry-runtime exec d grep Cpus_allowed_list /proc/self/status)" $'Cpus_allowed_list:\t1'
  eventually test -s "$WORK/d/rootfs/tmp/init"
  equal "$(cat "$WORK/d/rootfs/tmp/init")" "$(grep Cpus_allowed_list /proc/self/status)"
  local all
  all=$(gantry-runtime exec --process <(jq '{cwd: "/", args: ["grep", "Cpus_allowed_list", "/proc/self/status"], env: .process.env,
    execCPUAffinity: {initial: "0"}}' "$WORK/d/config.json") d)
  equal "$all" "$(grep Cpus_allowed_list /proc/self/status)"
  run ! gantry-runtime exec --process <(echo '{"cwd": "/", "args": ["true"], "execCPUAffinity": {"initial": "8000"}}') d
  contains "$output" execCPUAffinity
}
