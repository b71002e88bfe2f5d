#!/usr/bin/env bats
# What config.json says about the container's world: namespaces, mounts, devices, users, limits.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

@test "all namespaces are new, or the host's where none is asked for" {
  local kinds=(mnt pid net ipc uts cgroup) kind inside
  inside=$(in_container . sh -c 'for kind in mnt pid net ipc uts cgroup user; do readlink /proc/self/ns/$kind; done')
  for kind in "${kinds[@]}"; do
    contains "$inside" "$kind:["
    lacks "$inside" "$(readlink "/proc/self/ns/$kind")"
  done
  equal "$(in_container '.linux.namespaces |= map(select(.type == "mount" or .type == "pid"))
    | .mounts |= map(select(.type != "sysfs" and .type != "mqueue")) | del(.hostname)' readlink /proc/self/ns/net)" \
    "$(readlink /proc/self/ns/net)"
}

@test "a namespace can be joined by its path" {
  need_root
  coproc KEEPER { exec unshare --net --uts sh -c 'hostname joined; echo ready; exec sleep 1000' 3>&-; }
  local word pid=$KEEPER_PID
  read -r word <&"${KEEPER[0]}"
  equal "$word" ready
  run -0 in_container "(.linux.namespaces[] | select(.type == \"network\")).path = \"/proc/$pid/ns/net\"
    | (.linux.namespaces[] | select(.type == \"uts\")).path = \"/proc/$pid/ns/uts\" | del(.hostname)" \
    sh -c 'hostname; readlink /proc/self/ns/net'
  equal "$output" "joined"$'\n'"$(readlink "/proc/$pid/ns/net")"
  kill "$pid"
}

@test "a user namespace with mapped ids" {
  need_root
  run -0 in_container '.linux.namespaces += [{"type": "user"}]
    | .linux.uidMappings = [{"containerID": 0, "hostID": 100000, "size": 65536}]
    | .linux.gidMappings = .linux.uidMappings | .root.readonly = false' \
    sh -c 'id -u; id -g; cat /proc/self/uid_map; ls -ln /dev/null | cut -c1'
  matches "$output" $'^0\n0\n +0 +100000 +65536\nc$'
}

@test "the container sees its own pid 1, host name, loopback and no other process" {
  run -0 in_container '.hostname = "inside" | .domainname = "example"' \
    sh -c 'echo $$; hostname; cat /proc/sys/kernel/domainname; ip -o addr show lo | grep -c 127.0.0.1; ls -d /proc/[0-9]* | wc -l'
  equal "$output" $'1\ninside\nexample\n1\n3'
}

@test "no path of the host is among the mounts" {
  run -0 in_container . cat /proc/self/mountinfo
  lacks "$output" "/sys/fs/cgroup/unified/user"
  # Mount points are all inside; the root of the bundle's file system is the one place that is named at all.
  local point
  while read -r _ _ _ _ point _; do
    [[ $point == / || $point == /proc* || $point == /dev* || $point == /sys* ]] || fail "$point in: $output"
  done <<<"$output"
  equal "$(in_container . ls /)" $'bin\ndev\netc\nproc\nroot\nrun\nsys\ntmp\nvar'
}

@test "masked paths are empty and read-only paths refuse writes" {
  # shellcheck disable=SC2016
  run -0 in_container '.linux.maskedPaths += ["/etc/passwd", "/var", "/not/there"] | .linux.readonlyPaths += ["/tmp"]
    | .root.readonly = false' \
    sh -c 'wc -c </etc/passwd; wc -c </proc/timer_list; ls /var; touch /tmp/x 2>&1; touch /run/x && echo written
      { echo 1 >/proc/sys/kernel/printk; } 2>&1; true'
  contains "$output" $'0\n0\n'
  contains "$output" "/tmp/x: Read-only file system"
  contains "$output" "/proc/sys/kernel/printk: Read-only file system"
  contains "$output" written
}

@test "a read-only root refuses writes, its mounts do not" {
  run -0 in_container '.root.readonly = true' sh -c 'touch /x 2>&1; touch /dev/shm/x && echo written'
  equal "$output" $'touch: /x: Read-only file system\nwritten'
}

@test "default devices and those of the config" {
  need_root
  # shellcheck disable=SC2016
  run -0 in_container '.linux.devices = [{"path": "/dev/made", "type": "c", "major": 1, "minor": 5, "fileMode": 416, "uid": 3, "gid": 4},
      {"path": "/dev/sub/fifo", "type": "p", "fileMode": 384}]' \
    sh -c 'cd /dev; stat -c "%n %t %T %a %u %g" null zero full random urandom tty made; for link in fd stdin stdout stderr ptmx; do readlink $link; done; stat -c %F sub/fifo; echo x >null'
  equal "$output" "null 1 3 666 0 0
zero 1 5 666 0 0
full 1 7 666 0 0
random 1 8 666 0 0
urandom 1 9 666 0 0
tty 5 0 666 0 0
made 1 5 640 3 4
/proc/self/fd
/proc/self/fd/0
/proc/self/fd/1
/proc/self/fd/2
pts/ptmx
fifo"
}

@test "user, groups and umask" {
  need_root
  run -0 in_container '.process.user = {"uid": 1234, "gid": 5678, "additionalGids": [7, 8], "umask": 63}' \
    sh -c 'id -u; id -G; umask; echo $HOME; touch /dev/stdout'
  equal "$output" $'1234\n5678 7 8\n0077\n/'
  # Without one, the caller's stays.
  equal "$(umask 0027 && in_container . sh -c umask)" 0027
}

@test "capabilities: exactly the ones asked for, and nothing inheritable" {
  run -0 in_container '.process.capabilities = (["bounding", "effective", "permitted"] | map({(.): ["CAP_KILL", "CAP_CHOWN"]}) | add)' \
    grep Cap /proc/self/status
  equal "$output" "CapInh:	0000000000000000
CapPrm:	0000000000000021
CapEff:	0000000000000021
CapBnd:	0000000000000021
CapAmb:	0000000000000000"
}

@test "capabilities that nobody can grant are a warning" {
  need_root
  run -0 in_container '.process.capabilities.bounding += ["CAP_MAGIC"]' echo ran
  contains "$output" "warning: /process/capabilities: there is no capability 'CAP_MAGIC'"
  contains "$output" ran
  edit_config "$WORK/b" '.process.args = ["grep", "CapEff", "/proc/self/status"]
    | .process.capabilities = (["bounding", "effective", "permitted"] | map({(.): ["CAP_KILL", "CAP_SYS_TIME"]}) | add)'
  run -0 setpriv --bounding-set=-sys_time --inh-caps=-sys_time gantry-runtime run --bundle "$WORK/b" c
  contains "$output" "cannot grant CAP_SYS_TIME"
  contains "$output" "0000000000000020"
}

@test "another user has only the ambient capabilities" {
  need_root
  run -0 in_container '.process.user.uid = 1000 | .process.capabilities = (["bounding", "effective", "permitted", "inheritable", "ambient"]
    | map({(.): ["CAP_NET_RAW"]}) | add)' grep -E 'Cap(Eff|Amb)' /proc/self/status
  equal "$output" "CapEff:	0000000000002000
CapAmb:	0000000000002000"
  run -0 in_container '.process.user.uid = 1000' grep CapEff /proc/self/status
  equal "$output" "CapEff:	0000000000000000"
}

@test "no_new_privs as the config has it" {
  equal "$(in_container '.process.noNewPrivileges = true' grep NoNewPrivs /proc/self/status)" $'NoNewPrivs:\t1'
  equal "$(in_container '.process.noNewPrivileges = false' grep NoNewPrivs /proc/self/status)" $'NoNewPrivs:\t0'
}

@test "a seccomp filter holds, also in exec" {
  local filter='.linux.seccomp = {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
    "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95}]}'
  run ! in_container "$filter" mkdir /tmp/x
  contains "$output" "Operation not supported"
  equal "$(in_container "$filter" grep 'Seccomp:' /proc/self/status)" $'Seccomp:\t2'
  equal "$(in_container "$filter | .process.noNewPrivileges = false" grep 'Seccomp:' /proc/self/status)" $'Seccomp:\t2'
  edit_config "$WORK/b" '.process.args = ["sleep", "1000"]'
  gantry-runtime run --detach --bundle "$WORK/b" d
  run ! gantry-runtime exec d mkdir /tmp/x
  contains "$output" "Operation not supported"
}

@test "resource limits" {
  run -0 in_container '.process.rlimits = [{"type": "RLIMIT_NOFILE", "soft": 100, "hard": 200}, {"type": "RLIMIT_CORE", "soft": 0, "hard": 0}]' \
    sh -c 'ulimit -n; ulimit -H -n; ulimit -c'
  equal "$output" $'100\n200\n0'
  run ! in_container '.process.rlimits = [{"type": "RLIMIT_NOFILE", "soft": 200, "hard": 100}]' true
  one_sentence "$output"
}

@test "bind mounts: folders, files, read-only, recursively" {
  mkdir -p "$WORK/source/sub"
  echo text >"$WORK/source/file"
  run -0 in_container ".mounts += [
      {\"destination\": \"/data\", \"type\": \"bind\", \"source\": \"$WORK/source\", \"options\": [\"rbind\", \"ro\"]},
      {\"destination\": \"/etc/a/b/one\", \"type\": \"bind\", \"source\": \"$WORK/source/file\", \"options\": [\"bind\"]}]" \
    sh -c 'cat /data/file /etc/a/b/one; touch /data/x 2>&1; echo more >>/etc/a/b/one'
  equal "$output" $'text\ntext\ntouch: /data/x: Read-only file system'
  equal "$(cat "$WORK/source/file")" $'text\nmore'
}

@test "tmpcopyup keeps what a tmpfs covers" {
  run -0 in_container '.mounts += [{"destination": "/etc", "type": "tmpfs", "options": ["tmpcopyup", "size=1m"]}]' \
    sh -c 'head -1 /etc/passwd; stat -f -c %T /etc; stat -c %a /etc'
  equal "$output" $'root:x:0:0:root:/root:/bin/sh\ntmpfs\n755'
}

@test "sysctls are the container's own" {
  need_root
  local outside
  outside=$(cat /proc/sys/net/ipv4/ip_forward)
  equal "$(in_container '.linux.sysctl = {"net.ipv4.ip_forward": "1", "kernel.msgmax": "9000"}' \
    cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax)" $'1\n9000'
  equal "$(cat /proc/sys/net/ipv4/ip_forward)" "$outside"
}

@test "a working directory is made when it is missing" {
  equal "$(in_container '.process.cwd = "/made/for/you" | .root.readonly = false' pwd)" /made/for/you
}

@test "oomScoreAdj and time offsets" {
  need_root
  equal "$(in_container '.process.oomScoreAdj = 500' cat /proc/self/oom_score_adj)" 500
  [[ -e /proc/self/ns/time ]] || skip "this kernel has no time namespaces"
  run -0 in_container '.linux.namespaces += [{"type": "time"}] | .linux.timeOffsets = {"boottime": {"secs": 100000000, "nanosecs": 0}}' \
    cut -d. -f1 /proc/uptime
  ((output > 100000000)) || fail "$output"
}
