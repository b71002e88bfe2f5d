#!/usr/bin/env bats
# Cgroups that are more than the container's own (CVE-2023-25809, CVE-2022-0492), and devices (mknod and open).

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common
load attack

WRITABLE='(.mounts[] | select(.destination == "/sys/fs/cgroup")).options -= ["ro"]'
NO_NAMESPACE='.linux.namespaces |= map(select(.type != "cgroup"))'

@test "no release_agent is within reach (CVE-2022-0492)" {
  need_root
  local program
  for program in . "$WRITABLE" "$WRITABLE | $NO_NAMESPACE"; do
    run -0 attack "$program" sh -c 'find /sys/fs/cgroup -name release_agent; mkdir /tmp/m; for t in memory cpu pids rdma; do mount -t cgroup -o $t none /tmp/m 2>/dev/null && echo mounted; done; true'
    equal "$output" ""
  done
}

@test "without a cgroup namespace the container sees its own cgroup, not the host's (CVE-2023-25809)" {
  need_root
  local seen
  for program in "$NO_NAMESPACE" "$NO_NAMESPACE | $WRITABLE"; do
    run -0 attack "$program" sh -c 'for f in /sys/fs/cgroup/*/cgroup.procs /sys/fs/cgroup/cgroup.procs; do [ ! -e $f ] || cat $f; done | sort -u; find /sys/fs/cgroup -type d -name "gantry*"'
    for seen in "${lines[@]}"; do [[ $seen =~ ^[0-9]+$ && $seen -gt 0 && $seen -le 50 ]] || fail "sees $seen"; done
  done
}

@test "the caller's cgroups are read-only for a container that has none (CVE-2023-25809)" {
  need_user
  # A view with cgroup2 alone, where the user may not make cgroups.
  run -0 cgroup2_view "$BASH" -c "source '$GANTRY_SOURCE/test/support/world.bash'; source '$GANTRY_SOURCE/test/support/user.bash'
    source '$GANTRY_SOURCE/test/support/bundle.bash'
    make_bundle '$WORK/rootless' sh -c 'mkdir /sys/fs/cgroup/made 2>&1; echo 1 2>&1 >/sys/fs/cgroup/cgroup.procs; true'
    cd '$WORK/rootless' && rm config.json && gantry-runtime spec --rootless
    jq '.process.terminal = false | .process.args = [\"sh\", \"-c\", \"grep cgroup /proc/self/mountinfo; mkdir /sys/fs/cgroup/made; true\"]
      | .mounts += [{\"destination\": \"/sys/fs/cgroup\", \"type\": \"cgroup\", \"source\": \"cgroup\", \"options\": [\"rw\"]}]
      | .linux.namespaces |= map(select(.type != \"cgroup\"))
      | .linux.uidMappings[0].hostID = $USER_ID | .linux.gidMappings[0].hostID = $USER_ID' config.json >new && mv new config.json
    chown -R $USER_ID:$USER_ID '$WORK/rootless'
    as_lone_user gantry-runtime run --bundle '$WORK/rootless' c 2>&1; end_users"
  matches "$output" " /sys/fs/cgroup ro,"
  contains "$output" "Read-only file system"
}

# disk_of_host: "MAJOR MINOR" of a block device that this host has.
disk_of_host() {
  local numbers
  numbers=$(cat /sys/block/*/dev 2>/dev/null | head -1)
  [[ -n $numbers ]] || skip "this host has no block device"
  echo "${numbers/:/ }"
}

@test "the disk of the host cannot be opened, with or without mknod (v1)" {
  need_root
  need_cgroup devices
  local disk
  disk=$(disk_of_host)
  # shellcheck disable=SC2016
  run -0 attack . sh -c 'mknod /tmp/disk b $1 $2 && head -c 1 /tmp/disk 2>&1; mknod /tmp/mem c 1 1 && head -c 1 /tmp/mem 2>&1; head -c 1 /dev/zero | wc -c; true' \
    sh "${disk% *}" "${disk#* }"
  equal "$output" $'head: /tmp/disk: Operation not permitted\nhead: /tmp/mem: Operation not permitted\n1'
}

@test "the disk of the host cannot be opened (v2)" {
  need_root
  local disk
  disk=$(disk_of_host)
  # shellcheck disable=SC2016
  attacker . sh -c 'mknod /tmp/disk b $1 $2 && head -c 1 /tmp/disk 2>&1; head -c 1 /dev/zero | wc -c; true' sh "${disk% *}" "${disk#* }"
  edit_config "$WORK/b" 'del(.linux.resources.memory, .linux.resources.pids, .linux.resources.cpu)'
  run -0 cgroup2_view gantry-runtime run --bundle "$WORK/b" c
  equal "$output" $'head: /tmp/disk: Operation not permitted\n1'
}

@test "exec is under the same device rules" {
  need_root
  local disk
  disk=$(disk_of_host)
  attacker . sleep 1000
  gantry-runtime run --detach --bundle "$WORK/b" c
  # shellcheck disable=SC2016
  run -0 gantry-runtime exec c sh -c 'mknod /tmp/disk b $1 $2 && head -c 1 /tmp/disk 2>&1; true' sh "${disk% *}" "${disk#* }"
  equal "$output" "head: /tmp/disk: Operation not permitted"
}

@test "gantry: the disk of the host cannot be opened" {
  need_root
  local disk
  disk=$(disk_of_host)
  # shellcheck disable=SC2016
  run -0 gantry run --rm --rootfs "$(rootfs)" sh -c 'mknod /tmp/disk b $1 $2 && head -c 1 /tmp/disk 2>&1; true' sh "${disk% *}" "${disk#* }"
  contains "$output" "/tmp/disk: Operation not permitted"
}
