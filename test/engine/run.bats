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
