# What the options of `gantry run` do to the container.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  gantry image bootstrap busybox >/dev/null
}

in_box() { gantry run --rm "$@"; }

@test "environment: -e, from ours, --env-file" {
  echo 'C=three' >"$WORK/env"
  B=two run -0 in_box -e A=one -e B --env-file "$WORK/env" busybox sh -c 'echo $A $B $C'
  equal "$output" "one two three"
}

@test "volumes: read-write, read-only, a missing source" {
  mkdir "$WORK/data"
  in_box -v "$WORK/data:/data" busybox sh -c 'echo written >/data/file'
  equal "$(cat "$WORK/data/file")" written
  run -1 in_box -v "$WORK/data:/data:ro" busybox sh -c 'echo again >/data/file'
  run -0 in_box --mount "type=bind,source=$WORK/data,target=/mnt,readonly" busybox cat /mnt/file
  equal "$output" written
  run -125 --separate-stderr in_box -v "$WORK/missing:/data" busybox true
  one_sentence "$stderr"
  contains "$stderr" "$WORK/missing"
}

@test "working directory, user, entrypoint, hostname" {
  run -0 in_box -w /tmp busybox pwd
  equal "$output" /tmp
  run -0 in_box -u 12:34 busybox id
  contains "$output" "uid=12"
  contains "$output" "gid=34"
  run -0 in_box --entrypoint echo busybox hello
  equal "$output" hello
  run -0 in_box --hostname box busybox hostname
  equal "$output" box
}

@test "a read-only root, and a tmpfs in it" {
  run -1 in_box --read-only busybox touch /file
  run -0 in_box --read-only --tmpfs /scratch busybox touch /scratch/file
}

@test "capabilities are dropped and added, and none are inheritable" {
  run -0 in_box busybox grep -E '^Cap(Inh|Amb)' /proc/self/status
  lacks "$(tr -d '0\n' <<<"${output//Cap???:/}" | tr -d '\t ')" 1
  run -1 in_box --cap-drop CHOWN busybox chown 5 /etc/passwd
  run -0 in_box --cap-drop ALL busybox grep CapEff /proc/self/status
  equal "${output##*[[:space:]]}" 0000000000000000
}

@test "seccomp and no_new_privs" {
  run -0 in_box busybox grep -E '^Seccomp:' /proc/self/status
  equal "${output##*[[:space:]]}" 2
  run -0 in_box --security-opt seccomp=unconfined busybox grep -E '^Seccomp:' /proc/self/status
  equal "${output##*[[:space:]]}" 0
  run -0 in_box --security-opt no-new-privileges busybox grep NoNewPrivs /proc/self/status
  equal "${output##*[[:space:]]}" 1
}

@test "no network has a loopback device alone, the host's has the host's" {
  run -0 in_box --network none busybox sh -c 'ls /sys/class/net; ping -c 1 127.0.0.1 >/dev/null 2>&1 || true'
  equal "$output" lo
  run -0 in_box --network host busybox readlink /proc/self/ns/net
  equal "$output" "$(readlink /proc/self/ns/net)"
}

@test "--init reaps orphans as PID 1" {
  # shellcheck disable=SC2016  # for the container's shell
  run -0 in_box --init busybox sh -c 'tr "\0" " " </proc/1/cmdline; (sleep 0.01 &); sleep 0.3; cat /proc/[0-9]*/stat | grep -c " Z " || true'
  contains "$output" gantry-init
  equal "${output: -1}" 0
}

@test "--cidfile and --label" {
  gantry run -d --cidfile "$WORK/cid" --label colour=blue busybox sleep 60
  run -0 gantry inspect "$(cat "$WORK/cid")"
  equal "$(jq -r '.[0].Config.Labels.colour' <<<"$output")" blue
  gantry rm -f "$(cat "$WORK/cid")"
}

@test "limits of memory and processes are written" {
  need_cgroup memory
  need_cgroup pids
  gantry run -d --name limited --memory 64m --pids-limit 33 busybox sleep 60
  local id file
  id=$(gantry inspect limited | jq -r '.[0].Id')
  file=$(find /sys/fs/cgroup -path "*$id*" \( -name memory.limit_in_bytes -o -name memory.max \) | head -1)
  equal "$(cat "$file")" $((64 << 20))
  file=$(find /sys/fs/cgroup -path "*$id*" -name pids.max | head -1)
  equal "$(cat "$file")" 33
  gantry rm -f limited
}

@test "a plain folder, and the host's own /usr, serve as root" {
  run -0 gantry run --rm --rootfs "$(rootfs)" echo plain
  equal "$output" plain
  run -0 gantry run --rm --host-root sh -c 'echo from the host; touch /usr/file 2>/dev/null || echo read-only'
  contains "$output" "from the host"
  contains "$output" read-only
}

@test "a user by name, and one that the container does not know" {
  run -0 in_box -u nobody busybox id -un
  equal "$output" nobody
  run -0 in_box -u 4321 busybox id -u
  equal "$output" 4321
  run -0 in_box -u nobody --group-add 77 busybox id -G
  contains " $output " " 77 "
}

@test "a capability can be had back, also by another user" {
  run -0 in_box --cap-drop ALL --cap-add CHOWN busybox sh -c 'chown 5 /etc/passwd && ! chroot / true 2>/dev/null'
  run -0 in_box -u nobody --cap-add NET_BIND_SERVICE busybox grep CapEff /proc/self/status
  equal "${output##*[[:space:]]}" 0000000000000400
}

@test "a tmpfs has its size" {
  run -0 in_box --mount type=tmpfs,dst=/cache,tmpfs-size=4m busybox df -k /cache
  equal "$(awk 'END {print $2}' <<<"$output")" 4096
  run -1 in_box --tmpfs /cache:size=64k busybox dd if=/dev/zero of=/cache/file bs=1k count=100
  run -0 in_box --shm-size 1m busybox df -k /dev/shm
  equal "$(awk 'END {print $2}' <<<"$output")" 1024
}

@test "no mount of a container shows on the host" {
  gantry run -d --name held -v "$WORK:/data" --tmpfs /scratch busybox sleep 60
  lacks "$(cut -d' ' -f5 /proc/self/mountinfo)" "$WORK"
  gantry rm -f held
}

@test "a limit of processors is written" {
  need_cgroup cpu
  gantry run -d --name limited --cpus 0.5 busybox sleep 60
  local id file
  id=$(gantry inspect -f '{{.Id}}' limited)
  file=$(find /sys/fs/cgroup -path "*$id*" \( -name cpu.cfs_quota_us -o -name cpu.max \) | head -1)
  equal "$(cut -d' ' -f1 "$file")" 50000
  gantry rm -f limited
}

@test "more memory than the limit ends the container, and inspect says why" {
  need_cgroup memory
  run -137 gantry run --name greedy --memory 16m --tmpfs /fill busybox dd if=/dev/zero of=/fill/file bs=1M count=64
  run -0 gantry inspect -f '{{.State.OOMKilled}}' greedy
  equal "$output" true
}

@test "more processes than the limit are refused" {
  need_cgroup pids
  run in_box --pids-limit 5 busybox sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 1 & done'
  contains "$output" "can't fork"
}

@test "--ulimit and --sysctl" {
  run -0 in_box --ulimit nofile=100:200 busybox sh -c 'ulimit -Sn; ulimit -Hn'
  equal "$output" "100"$'\n'"200"
  run -0 in_box --sysctl net.ipv4.ip_forward=1 busybox cat /proc/sys/net/ipv4/ip_forward
  equal "$output" 1
}

@test "processes, host names and users of the host are out of sight" {
  run -0 in_box busybox sh -c 'ls -d /proc/[0-9]*'
  ((${#lines[@]} <= 2)) || fail "sees $output"
  run -1 in_box busybox sh -c 'echo 1 >/proc/sys/kernel/sysrq'
  run -1 in_box busybox mount -t tmpfs none /mnt
}

@test "stdin reaches the command with -i alone" {
  run -0 in_box -i busybox cat <<<"from outside"
  equal "$output" "from outside"
  run -0 in_box busybox cat <<<"from outside"
  equal "$output" ""
}

@test "output is kept apart and whole" {
  run -0 --separate-stderr in_box busybox sh -c 'echo out; echo err >&2'
  equal "$output" out
  equal "$stderr" err
  equal "$(in_box busybox head -c 5000000 /dev/zero | wc -c)" 5000000
}
