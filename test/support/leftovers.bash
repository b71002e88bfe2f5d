# What a test may leave behind on the host: processes, mounts and cgroups.

# Processes that belong to this world: started in it, or holding a file, a folder or a mount below $WORK.
world_processes() {
  local found pid namespace
  namespace=$(readlink /proc/self/ns/mnt)
  # The searches have ended when the loop looks at what they found, so they do not find themselves.
  found=$(
    for pid in $(grep -lsF "$WORK" /proc/[0-9]*/mountinfo | cut -d/ -f3); do
      [[ $(readlink "/proc/$pid/ns/mnt") == "$namespace" ]] || echo "$pid"
    done
    grep -lsaF "GANTRY_TEST_WORLD=$WORK" /proc/[0-9]*/environ | cut -d/ -f3
    find /proc/[0-9]*/fd /proc/[0-9]*/cwd -maxdepth 1 -lname "$WORK*" 2>/dev/null | cut -d/ -f3
  )
  for pid in $(sort -un <<<"$found"); do
    [[ $pid == "$$" || ! -e /proc/$pid/exe ]] || echo "$pid"
  done
}

world_mounts() { awk -v work="$WORK" 'index($5, work) == 1 { print $5 }' /proc/self/mountinfo; }

remember_cgroups() { find /sys/fs/cgroup -mindepth 2 -type d 2>/dev/null | sort >"$WORK/cgroups"; }

# Cgroups that came since the start and hold no process. Those of tests that run beside this one do hold some, or
# bear the name of a world.
world_cgroups() {
  local folder
  find /sys/fs/cgroup -mindepth 2 -type d 2>/dev/null | sort | comm -13 "$WORK/cgroups" - | while read -r folder; do
    [[ $folder != */gantry-test-* || $folder == */gantry-test-$NAME* ]] || continue
    [[ -n $(find "$folder" -name cgroup.procs -exec cat {} + 2>/dev/null) || ! -d $folder ]] || echo "$folder"
  done
}

# One line for each leftover. What is on its way out gets three seconds.
leftovers() {
  local deadline=$((SECONDS + 3)) left
  while left=$(list_leftovers) && [[ -n $left ]] && ((SECONDS < deadline)); do
    sleep 0.05
  done
  [[ -z $left ]] || printf '%s\n' "$left"
}

list_leftovers() {
  local item
  for item in $(world_processes); do
    echo "process $item: $(tr '\0' ' ' <"/proc/$item/cmdline" 2>/dev/null)"
  done
  for item in $(world_mounts); do echo "mount $item"; done
  ((EUID != 0)) || for item in $(world_cgroups); do echo "cgroup $item"; done
}

# So that one bad test does not spoil those that follow.
remove_leftovers() {
  local item
  for item in $(world_processes); do kill -KILL "$item" 2>/dev/null || true; done
  for item in $(world_mounts | tac); do umount --lazy "$item" || true; done
  for item in $(world_cgroups | tac); do rmdir "$item" 2>/dev/null || true; done
}
