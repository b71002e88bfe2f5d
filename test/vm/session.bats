#!/usr/bin/env bats
# An ordinary user in a session of systemd: limits without root, in the cgroups that systemd has delegated.

load ../support/common
load cgroup2
load session

setup() { make_user_world; }

# in_session COMMAND…: as the user, in a scope of the user's systemd that is delegated, with a cgroup of its own for
# the caller: beside processes, no controllers can be given to cgroups below.
in_session() {
  # shellcheck disable=SC2016  # for the shell in the scope
  as_session_user systemd-run --user --scope --quiet --property=Delegate=yes sh -c '
      scope=$(sed -n "s/^0:://p" /proc/self/cgroup)
      mkdir "/sys/fs/cgroup$scope/caller" && echo 0 >"/sys/fs/cgroup$scope/caller/cgroup.procs" || exit
      export scope
      exec "$@"' sh "$@"
}

# For in_session: the container's cgroup is below the scope's.
# shellcheck disable=SC2016  # for the shell in the scope
RUN_BELOW='jq --arg path "$scope/c" ".linux.cgroupsPath = \$path" <config.json >placed.json && exec gantry-runtime run --config placed.json c'

@test "a rootless container has limits in a delegated scope" {
  rootless_bundle sh -c '(dd if=/dev/zero of=/dev/null bs=64M count=1 2>/dev/null); echo "status $?"; cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max'
  edit_config "$WORK/b" '.linux.resources = {"memory": {"limit": 16777216, "swap": 16777216}, "pids": {"limit": 20}}'
  run -0 in_session sh -c "$RUN_BELOW"
  contains "$output" $'status 137\n16777216\n20'
}

@test "a rootless container may make cgroups below its own" {
  rootless_bundle sh -c 'mkdir /sys/fs/cgroup/below && echo made'
  run -0 in_session sh -c "$RUN_BELOW"
  contains "$output" made
}

@test "a controller that was not delegated is named" {
  rootless_bundle true
  edit_config "$WORK/b" '.linux.resources = {"hugepageLimits": [{"pageSize": "2MB", "limit": 2097152}]}'
  run ! in_session sh -c "$RUN_BELOW"
  contains "$output" "/linux/resources/hugepageLimits"
  contains "$output" hugetlb
}
