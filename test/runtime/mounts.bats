#!/usr/bin/env bats
# Mount options of config.md, each by what it does: attributes, recursion, propagation, remounts, id maps, labels.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

setup() {
  make_world
  need_root
}

# with_mounts MOUNTS COMMAND…: runs it in a container that has the JSON array MOUNTS as well.
with_mounts() {
  local mounts=$1
  shift
  rm -rf "$WORK/b"
  make_bundle "$WORK/b" "$@"
  edit_config "$WORK/b" --argjson mounts "$mounts" --arg work "$WORK" \
    '.root.readonly = false | .mounts += ($mounts | walk(if type == "string" then gsub("WORK"; $work) else . end))'
  gantry-runtime run --bundle "$WORK/b" c
}

# options_of TARGET OPTION…: what /proc/self/mountinfo says of a bind mount of $WORK/source with these options.
options_of() {
  local target=$1
  shift
  with_mounts "[{\"destination\": \"$target\", \"source\": \"WORK/source\", \"options\": $(jq -cn '["bind"] + $ARGS.positional' --args "$@")}]" \
    awk -v target="$target" '$5 == target { print $6 }' /proc/self/mountinfo
}

@test "each attribute and its opposite" {
  mkdir "$WORK/source"
  local flag
  for flag in ro nosuid nodev noexec nodiratime nosymfollow; do
    contains ",$(options_of /data "$flag")," ",$flag,"
  done
  contains ",$(options_of /data noatime)," ,noatime,
  contains ",$(options_of /data relatime)," ,relatime,
  lacks "$(options_of /data strictatime)" atime
  lacks "$(options_of /data norelatime)" relatime
  equal "$(options_of /data ro rw nosuid suid nodev dev noexec exec noatime atime nodiratime diratime nosymfollow symfollow)" rw,relatime
  # Words of mount(8) that a bind mount takes without an effect.
  options_of /data sync async dirsync lazytime nolazytime mand nomand iversion noiversion silent loud defaults nostrictatime >/dev/null
}

@test "plain options are of one mount, recursive ones of all below" {
  mkdir -p "$WORK/source/below"
  mount -t tmpfs tmpfs "$WORK/source/below"
  local kind
  for kind in ro:rw rro:ro; do
    run -0 with_mounts "[{\"destination\": \"/data\", \"source\": \"WORK/source\", \"options\": [\"rbind\", \"${kind%:*}\"]}]" \
      sh -c 'for mount in /data /data/below; do awk -v m=$mount "\$5 == m { print \$6 }" /proc/self/mountinfo | cut -d, -f1; done'
    equal "$output" "ro"$'\n'"${kind#*:}"
  done
  run -0 with_mounts '[{"destination": "/data", "source": "WORK/source", "options": ["rbind", "rnosuid", "rnodev", "rnoexec", "rnoatime", "rnodiratime", "rnosymfollow"]}]' \
    awk '$5 == "/data/below" { print $6 }' /proc/self/mountinfo
  for kind in nosuid nodev noexec noatime nodiratime nosymfollow; do contains ",$output," ",$kind,"; done
  run -0 with_mounts '[{"destination": "/t", "type": "tmpfs", "options": ["rro", "rnoexec"]}]' \
    awk '$5 == "/t" { print $6 }' /proc/self/mountinfo
  equal "$output" ro,noexec,relatime
  # A bind that is not recursive leaves the mount below out.
  run -0 with_mounts '[{"destination": "/data", "source": "WORK/source", "options": ["bind"]}]' grep -c /data /proc/self/mountinfo
  equal "$output" 1
  umount "$WORK/source/below"
}

# propagation_of OPTION…: the optional fields of mountinfo for a bind of $WORK/source, which the host shares.
propagation_of() {
  with_mounts "[{\"destination\": \"/data\", \"source\": \"WORK/source\", \"options\": $(jq -cn '["rbind"] + $ARGS.positional' --args "$@")}]" \
    awk '$5 == "/data" { print $7 }' /proc/self/mountinfo
}

@test "propagation" {
  mkdir "$WORK/source"
  mount -t tmpfs tmpfs "$WORK/source"
  mount --make-shared "$WORK/source"
  local group
  group=$(awk -v target="$WORK/source" '$5 == target { print $7 }' /proc/self/mountinfo)
  equal "$(propagation_of)" -
  equal "$(propagation_of private)" -
  equal "$(propagation_of rprivate)" -
  equal "$(propagation_of unbindable)" unbindable
  equal "$(propagation_of rslave)" "${group/shared/master}"
  equal "$(propagation_of slave)" "${group/shared/master}"
  equal "$(propagation_of rshared)" "$group"
  umount "$WORK/source"
}

@test "a shared bind mounts on the host, a slave sees what the host mounts" {
  mkdir "$WORK/source"
  mount -t tmpfs tmpfs "$WORK/source"
  mount --make-shared "$WORK/source"
  mkdir "$WORK/source/a" "$WORK/source/b"
  local kind
  for kind in slave shared; do
    # shellcheck disable=SC2016  # for the container's shell
    make_bundle "$WORK/$kind" sh -c 'while [ ! -e /data/b/file ]; do sleep 0.02; done
      mkdir -p /data/a; mount -t tmpfs tmpfs /data/a && touch /data/a/inside; exec sleep 1000'
    edit_config "$WORK/$kind" --arg source "$WORK/source" --arg kind "r$kind" '.mounts += [{"destination": "/data", "source": $source, "options": ["rbind", $kind]}]
      | .process.capabilities = (["bounding", "effective", "permitted"] | map({(.): ["CAP_SYS_ADMIN"]}) | add) | .root.readonly = false'
    gantry-runtime run --detach --bundle "$WORK/$kind" "$kind"
    mount -t tmpfs tmpfs "$WORK/source/b"
    touch "$WORK/source/b/file"
    eventually gantry-runtime exec "$kind" test -e /data/a/inside
    if [[ $kind == shared ]]; then [[ -e $WORK/source/a/inside ]]; else [[ ! -e $WORK/source/a/inside ]]; fi
    gantry-runtime delete --force "$kind"
    umount "$WORK/source/b"
  done
  umount "$WORK/source/a"
  umount "$WORK/source"
}

@test "rootfsPropagation" {
  make_bundle "$WORK/b" awk '$5 == "/" { print $7 }' /proc/self/mountinfo
  mount --bind "$WORK/b/rootfs" "$WORK/b/rootfs"
  mount --make-shared "$WORK/b/rootfs"
  local kind
  for kind in private: rprivate: unbindable:unbindable slave:master shared:shared rshared:shared; do
    edit_config "$WORK/b" --arg kind "${kind%:*}" '.linux.rootfsPropagation = $kind'
    run -0 gantry-runtime run --bundle "$WORK/b" c
    if [[ $kind == *private: ]]; then equal "$output" -; else contains "$output" "${kind#*:}"; fi
    # Nothing of the container's came to the host's mount.
    run ! grep -c "$WORK/b/rootfs/" /proc/self/mountinfo
  done
  umount "$WORK/b/rootfs"
}

@test "a remount changes what is there" {
  mkdir "$WORK/source"
  run -0 with_mounts '[{"destination": "/data", "source": "WORK/source", "options": ["bind", "nosuid"]},
      {"destination": "/data", "options": ["bind", "remount", "ro"]},
      {"destination": "/t", "type": "tmpfs", "options": ["size=64k", "noexec"]},
      {"destination": "/t", "type": "tmpfs", "options": ["remount", "size=128k", "ro"]}]' \
    awk '$5 == "/data" { print $6 } $5 == "/t" { print $6, $NF }' /proc/self/mountinfo
  contains "$output" $'ro,nosuid,relatime\nro,noexec,relatime rw'
  contains "$output" size=128k
  run ! with_mounts '[{"destination": "/var", "type": "tmpfs", "options": ["remount", "ro"]}]' true
  one_sentence "$output"
}

@test "what a mount cannot have is refused" {
  mkdir "$WORK/source"
  run ! with_mounts '[{"destination": "/data", "source": "WORK/source", "options": ["bind", "size=1m"]}]' true
  contains "$output" "'size' is an option of a file system"
  run ! with_mounts '[{"destination": "/data", "source": "WORK/source", "options": ["bind", "tmpcopyup"]}]' true
  contains "$output" tmpcopyup
  run ! with_mounts '[{"destination": "/data", "type": "bind", "source": "WORK/source", "options": ["idmap"]}]' true
  contains "$output" "/mounts/"
}

@test "a mountLabel needs SELinux" {
  [[ ! -e /sys/fs/selinux/enforce ]] || skip "this kernel runs SELinux"
  make_bundle "$WORK/b" true
  edit_config "$WORK/b" '.linux.mountLabel = "system_u:object_r:container_file_t:s0"'
  run ! gantry-runtime run --bundle "$WORK/b" c
  contains "$output" "/linux/mountLabel: this kernel does not run SELinux"
}

@test "an id-mapped mount shows other owners, and writes as them" {
  mkdir -p "$WORK/source/below"
  mount -t tmpfs tmpfs "$WORK/source/below"
  touch "$WORK/source/zero" "$WORK/source/five" "$WORK/source/below/five"
  chown 5:6 "$WORK/source/five" "$WORK/source/below/five"
  local maps='"uidMappings": [{"containerID": 0, "hostID": 1000, "size": 10}], "gidMappings": [{"containerID": 0, "hostID": 2000, "size": 10}]'
  run -0 with_mounts "[{\"destination\": \"/data\", \"source\": \"WORK/source\", \"options\": [\"rbind\", \"idmap\"], $maps}]" \
    sh -c 'stat -c %u:%g /data/zero /data/five /data/below/five'
  equal "$output" $'1000:2000\n1005:2006\n5:6'
  run -0 with_mounts "[{\"destination\": \"/data\", \"source\": \"WORK/source\", \"options\": [\"rbind\", \"ridmap\"], $maps}]" \
    sh -c 'stat -c %u:%g /data/five /data/below/five'
  equal "$output" $'1005:2006\n1005:2006'
  run -0 with_mounts "[{\"destination\": \"/t\", \"type\": \"tmpfs\", \"options\": [\"idmap\"], $maps}]" stat -c %u:%g /t
  equal "$output" 1000:2000
  umount "$WORK/source/below"
}

@test "an id-mapped mount takes the maps of the container's user namespace" {
  mkdir "$WORK/source"
  touch "$WORK/source/zero" "$WORK/source/five"
  chown 5:6 "$WORK/source/five"
  make_bundle "$WORK/b" sh -c 'stat -c %u:%g /data/zero /data/five && touch /data/new'
  edit_config "$WORK/b" --arg source "$WORK/source" '.linux.namespaces += [{"type": "user"}]
    | .linux.uidMappings = [{"containerID": 0, "hostID": 100000, "size": 65536}] | .linux.gidMappings = .linux.uidMappings
    | .root.readonly = false | .mounts += [{"destination": "/data", "source": $source, "options": ["bind", "idmap"]}]'
  mkdir "$WORK/b/rootfs/data"
  run -0 gantry-runtime run --bundle "$WORK/b" c
  equal "$output" $'0:0\n5:6'
  equal "$(stat -c %u:%g "$WORK/source/new")" 0:0
}

@test "the cgroup mount is the container's own, read-only when asked for" {
  need_cgroup memory
  run -0 with_mounts '[]' sh -c 'ls /sys/fs/cgroup; cat /sys/fs/cgroup/memory/cgroup.procs; mkdir /sys/fs/cgroup/memory/x 2>&1; true'
  contains "$output" memory
  contains "$output" $'\n1\n'
  contains "$output" "Read-only file system"
  make_bundle "$WORK/rw" sh -c 'mkdir /sys/fs/cgroup/memory/x && rmdir /sys/fs/cgroup/memory/x && echo made'
  edit_config "$WORK/rw" '(.mounts[] | select(.type == "cgroup")).options |= map(select(. != "ro"))
    | .linux.namespaces |= map(select(.type != "cgroup"))'
  run -0 gantry-runtime run --bundle "$WORK/rw" c
  equal "$output" made
}
