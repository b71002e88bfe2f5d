# --security-opt, --device and its kin.
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

@test "paths are masked, unmasked and all unconfined" {
  run -0 in_box --security-opt mask=/etc/passwd busybox cat /etc/passwd
  equal "$output" ""
  run -0 in_box --security-opt unmask=/proc/sys busybox sh -c 'grep -c " /proc/sys " /proc/mounts || true'
  equal "$output" 0
  run -0 in_box --security-opt systempaths=unconfined busybox sh -c 'grep -c " /proc/" /proc/mounts || true'
  equal "$output" 0
}

@test "labels: nothing to do without SELinux, and no type of one's own" {
  run -0 in_box --security-opt label=disable -v "$WORK:/work:z" busybox true
  refused "SELinux" gantry run --rm --security-opt label=type:spc_t busybox true
}

@test "devices by rule and by node" {
  run -0 in_box --device /dev/null:/dev/nothing:rw busybox sh -c 'echo x >/dev/nothing'
  run -1 in_box --cap-add MKNOD busybox sh -c 'mknod /dev/x c 10 237 && head -c 0 /dev/x'
  run -0 in_box --cap-add MKNOD --device-cgroup-rule 'c 10:237 rwm' busybox sh -c 'mknod /dev/x c 10 237 && head -c 0 /dev/x'
}

@test "bad values name the option and what it accepts" {
  refused "--security-opt" gantry run --rm --security-opt colour=red busybox true
  refused "--device-cgroup-rule" gantry run --rm --device-cgroup-rule 'c 1' busybox true
  refused "--device" gantry run --rm --device nothing busybox true
  refused "--gpus" gantry run --rm --gpus some busybox true
  refused "--sysctl" gantry run --rm --sysctl kernel busybox true
}
