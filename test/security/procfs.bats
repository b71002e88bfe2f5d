#!/usr/bin/env bats
# Writes to procfs that an image tries to turn elsewhere, and sysctls that are more than they say (CVE-2025-52881,
# CVE-2019-16884, CVE-2019-19921, CVE-2023-27561, CVE-2023-28642, CVE-2022-0811).

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common
load attack

@test "/proc and /sys of the image as a link are refused (CVE-2019-19921, CVE-2023-27561)" {
  attacker . true
  local folder target
  for folder in proc sys; do
    for target in "$WORK/host/dir" tmp /tmp; do
      rmdir "$WORK/b/rootfs/$folder"
      ln -s "$target" "$WORK/b/rootfs/$folder"
      run ! gantry-runtime run --bundle "$WORK/b" c
      one_sentence "$output"
      contains "$output" "/$folder"
      refused_or_harmless
      rm "$WORK/b/rootfs/$folder"
      mkdir "$WORK/b/rootfs/$folder"
    done
  done
}

# fake_proc: a folder that looks like /proc where the runtime writes.
fake_proc() {
  mkdir -p "$WORK/fake"/{self,sys/kernel,sys/net/ipv4,1} "$WORK/fake/self/attr"
  local file
  for file in self/oom_score_adj self/uid_map self/gid_map self/setgroups self/timens_offsets self/attr/exec \
    sys/kernel/msgmax sys/net/ipv4/ip_forward; do
    echo untouched >"$WORK/fake/$file"
  done
}
fake_untouched() { equal "$(find "$WORK/fake" -type f -exec cat {} + | sort -u)" untouched; }

@test "another file system at /proc gets nothing that is meant for procfs (CVE-2019-16884, CVE-2025-52881)" {
  need_root
  fake_proc
  local before after
  before=$(cat /proc/sys/kernel/msgmax /proc/sys/net/ipv4/ip_forward)
  attacker "(.mounts[] | select(.destination == \"/proc\")) = {\"destination\": \"/proc\", \"type\": \"bind\", \"source\": \"$WORK/fake\", \"options\": [\"rbind\"]}
    | .linux.sysctl = {\"kernel.msgmax\": \"9000\", \"net.ipv4.ip_forward\": \"1\"} | .process.oomScoreAdj = 500 | .linux.maskedPaths = [] | .linux.readonlyPaths = []
    | .linux.namespaces += [{\"type\": \"time\"}] | .linux.timeOffsets = {\"boottime\": {\"secs\": 1000, \"nanosecs\": 0}}" \
    sh -c 'mount -t proc proc /proc 2>/dev/null; cat /proc/sys/kernel/msgmax; sleep 1000'
  gantry-runtime run --detach --bundle "$WORK/b" c >"$WORK/out" 2>&1
  fake_untouched
  after=$(cat /proc/sys/kernel/msgmax /proc/sys/net/ipv4/ip_forward)
  equal "$after" "$before"
  # It did take effect, where it belongs.
  local pid
  pid=$(gantry-runtime state c | jq .pid)
  equal "$(cat "/proc/$pid/oom_score_adj")" 500
  equal "$(nsenter --target "$pid" --ipc cat /proc/sys/kernel/msgmax)" 9000
  equal "$(nsenter --target "$pid" --net cat /proc/sys/net/ipv4/ip_forward)" 1
  run -0 gantry-runtime exec c true
  fake_untouched
}

@test "id maps are written through the host's procfs, whatever is at /proc inside (CVE-2025-52881)" {
  need_root
  fake_proc
  chmod -R a+rwX "$WORK/fake"
  run -0 attack "(.mounts[] | select(.destination == \"/proc\")) = {\"destination\": \"/proc\", \"type\": \"bind\", \"source\": \"$WORK/fake\", \"options\": [\"rbind\"]}
    | .linux.maskedPaths = [] | .linux.readonlyPaths = []
    | .linux.namespaces += [{\"type\": \"user\"}] | .linux.uidMappings = [{\"containerID\": 0, \"hostID\": 100000, \"size\": 1000}] | .linux.gidMappings = .linux.uidMappings" \
    id -u
  equal "$output" 0
  fake_untouched
}

@test "a sysctl is reached through no link and no mount (CVE-2025-52881)" {
  need_root
  # net.ipv4.conf.<x> takes any name; one that leads out of the procfs is none.
  local key
  for key in kernel.msgmax/../../../etc net.ipv4.conf....x kernel..msgmax net/../kernel/msgmax net.ipv4.conf.lo.../x; do
    attacker ".linux.sysctl = {\"$key\": \"1\"}" true
    run ! gantry-runtime run --bundle "$WORK/b" c
    one_sentence "$output"
    contains "$output" sysctl
  done
}

@test "sysctl smuggling: values and keys are one each, and only those of the container (CVE-2022-0811)" {
  need_root
  local pattern sysctl
  pattern=$(cat /proc/sys/kernel/core_pattern)
  for sysctl in '"kernel.core_pattern": "|/bin/evil"' '"kernel.shm_rmid_forced+kernel.core_pattern": "1"' \
    '"kernel.shm_rmid_forced": "1+kernel.core_pattern=|/evil"' '"kernel.shm_rmid_forced=1\nkernel.core_pattern": "1"' \
    '"kernel.shm_rmid_forced": "1\nkernel.core_pattern=|/evil"' '"kernel.core_pattern ": "x"' '"vm.overcommit_memory": "1"' \
    '"kernel/core_pattern": "x"' '"": "1"' '"net": "1"' '"net.": "1"' '".net.ipv4.ip_forward": "1"'; do
    attacker ".linux.sysctl = {$sysctl}" true
    run ! gantry-runtime run --bundle "$WORK/b" c
    one_sentence "$output"
    contains "$output" sysctl
    equal "$(cat /proc/sys/kernel/core_pattern)" "$pattern"
  done
}

@test "sysctls of a namespace that the container does not have of its own are refused" {
  need_root
  local before
  before=$(cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax)
  local space sysctl
  for space in network:net.ipv4.ip_forward ipc:kernel.msgmax uts:kernel.domainname; do
    sysctl=${space#*:}
    attacker ".linux.namespaces |= map(select(.type != \"${space%:*}\")) | .mounts |= map(select(.type != \"sysfs\" and .type != \"mqueue\"))
      | del(.hostname) | .linux.sysctl = {\"$sysctl\": \"1\"}" true
    run ! gantry-runtime run --bundle "$WORK/b" c
    one_sentence "$output"
    contains "$output" "$sysctl"
  done
  equal "$(cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax)" "$before"
}

@test "a label is never silently dropped: without the security module it is refused (CVE-2023-28642)" {
  # Neither AppArmor nor SELinux may be there to test the dodge itself, so this is about what must never happen: a
  # container that asked for a label and runs without one.
  [[ ! -d /sys/kernel/security/apparmor && ! -d /sys/fs/selinux/booleans ]] || skip "this kernel has a security module"
  fake_proc
  local member
  for member in apparmorProfile selinuxLabel; do
    attacker ".process.$member = \"confined\"" true
    rmdir "$WORK/b/rootfs/proc"
    ln -s "$WORK/fake" "$WORK/b/rootfs/proc"
    run ! gantry-runtime run --bundle "$WORK/b" c
    one_sentence "$output"
    fake_untouched
  done
}
