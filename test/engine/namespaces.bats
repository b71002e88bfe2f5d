# Which namespaces a container shares, with the host and with other containers; users.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  gantry image bootstrap busybox >/dev/null
}

in_box() { gantry run --rm "$@"; }

refused() {
  local piece=$1
  shift
  run -125 --separate-stderr "$@"
  one_sentence "$stderr"
  contains "$stderr" "$piece"
}

# ns_of KIND: ours.
ns_of() { readlink "/proc/self/ns/$1"; }

@test "the host's namespaces, one by one" {
  local kind option
  for kind in pid ipc uts cgroup; do
    option=$kind
    [[ $kind != cgroup ]] || option=cgroupns
    run -0 in_box "--$option" host busybox readlink "/proc/self/ns/$kind"
    equal "$output" "$(ns_of "$kind")"
    run -0 in_box "--$option" private busybox readlink "/proc/self/ns/$kind"
    [[ $output != "$(ns_of "$kind")" ]]
  done
  run -0 in_box --uts host busybox hostname
  equal "$output" "$(hostname)"
}

@test "another container's namespaces, by name, by path, and after a start of it" {
  gantry run -d --name base busybox sleep 60
  local pid
  pid=$(gantry inspect -f '{{.State.Pid}}' base)
  run -0 in_box --pid container:base busybox ps
  contains "$output" "sleep 60"
  run -0 in_box --ipc container:base --uts container:base busybox sh -c 'for n in ipc uts; do readlink /proc/self/ns/$n; done'
  equal "$output" "$(readlink "/proc/$pid/ns/ipc" "/proc/$pid/ns/uts")"
  run -0 in_box --uts "ns:/proc/$pid/ns/uts" busybox readlink /proc/self/ns/uts
  equal "$output" "$(readlink "/proc/$pid/ns/uts")"
  gantry create --name late --pid container:base busybox ps
  gantry stop -t 0 base
  run -0 gantry start -a late
  contains "$output" "sleep 60"
  gantry rm -f -a
  refused "no container 'base'" gantry run --rm --pid container:base busybox true
}

@test "--ipc none has no /dev/shm, --shm-size 0 no limit" {
  run -0 in_box --ipc none busybox sh -c 'grep -c " /dev/shm " /proc/mounts || true'
  equal "$output" 0
  run -0 in_box --shm-size 0 busybox grep ' /dev/shm ' /proc/mounts
  lacks "$output" size=
}

@test "root's containers have no users of their own" {
  refused "option --userns" gantry run --rm --uidmap 0:100000:65536 busybox true
  refused "option --userns" gantry run --rm --userns private busybox true
}

@test "an ordinary user keeps his id, or has maps of his own" {
  need_user
  need_user_namespaces
  as_user gantry image bootstrap busybox
  run -0 as_user gantry run --rm --userns keep-id busybox id -u
  equal "$output" $USER_ID
  run -0 as_user gantry run --rm --userns keep-id:uid=1000,gid=1000 busybox sh -c 'id -u; id -g'
  equal "$output" "1000"$'\n'"1000"
  refused "your own id $USER_ID" as_user gantry run --rm --uidmap 0:4711000:1000 busybox true
  run -0 as_user gantry run --rm --uidmap "0:4711000:1000,1000:$USER_ID:1" --gidmap "0:$USER_ID:1" busybox cat /proc/self/uid_map
  contains "$output" "$USER_ID"
  run -0 as_user sh -c 'gantry run -d --name base busybox sleep 60 >/dev/null; gantry run --rm --pid container:base busybox ps; gantry rm -f base >/dev/null'
  contains "$output" "sleep 60"
  run -0 as_user gantry run --rm --pid host busybox true
  run -0 as_user gantry run --rm --ipc host busybox true
}

@test "bad modes name the option and what it accepts" {
  refused "option --pid" gantry run --rm --pid sideways busybox true
  refused "option --ipc" gantry run --rm --ipc sideways busybox true
  refused "option --uts" gantry run --rm --uts container: busybox true
  refused "option --cgroupns" gantry run --rm --cgroupns ns:here busybox true
  refused "option --userns" gantry run --rm --userns sideways busybox true
  refused "option --userns" gantry run --rm --userns keep-id busybox true
  refused "option --uidmap" gantry run --rm --uidmap 0:x busybox true
  refused "option --hostname" gantry run --rm --uts host --hostname x busybox true
}
