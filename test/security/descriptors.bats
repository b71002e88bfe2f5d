#!/usr/bin/env bats
# Descriptors of the host that leak into a container (CVE-2024-21626).

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common
load attack

# In these tests the caller of the runtime has a folder of the host open as 7, without close-on-exec: what a careless
# engine does. runc before 1.1.12 leaked one of its own.
leaking() { "$@" 7<"$WORK/host"; }

# A working directory outside the root shows in what getcwd(2) says, or by the host's file in it.
stays_inside() {
  lacks "$output" "secret of the host"
  lacks "$output" "(unreachable)"
}

@test "a working directory of /proc/self/fd/N is no way out (CVE-2024-21626)" {
  need_root
  local fd
  for fd in 3 4 5 6 7 8 9 10 11 12 13 14; do
    attacker ".process.cwd = \"/proc/self/fd/$fd\"" sh -c '/bin/pwd; cat secret ./host/secret ../secret 2>/dev/null; true'
    run leaking gantry-runtime run --bundle "$WORK/b" "c$fd"
    ((status == 0)) || one_sentence "$output"
    stays_inside
  done
}

@test "nor is it by way of a link of the image" {
  attacker '.process.cwd = "/link"' sh -c '/bin/pwd; cat secret 2>/dev/null; true'
  ln -s /proc/self/fd/7 "$WORK/b/rootfs/link"
  run leaking gantry-runtime run --bundle "$WORK/b" c
  ((status == 0)) || one_sentence "$output"
  stays_inside
}

@test "nor for exec (CVE-2024-21626)" {
  attacker . sleep 1000
  leaking gantry-runtime run --detach --bundle "$WORK/b" c >/dev/null 2>&1
  local fd
  for fd in 3 4 5 6 7 8 9 10 11 12 13 14; do
    run leaking gantry-runtime exec --cwd "/proc/self/fd/$fd" c sh -c '/bin/pwd; cat secret ./host/secret 2>/dev/null; true'
    ((status == 0)) || one_sentence "$output"
    stays_inside
  done
}

@test "a program is not found by way of a descriptor of the host (CVE-2024-21626)" {
  printf '#!/bin/sh\necho outside\n' >"$WORK/host/program"
  chmod 755 "$WORK/host/program"
  attacker '.process.args = ["/proc/self/fd/7/program"]'
  run -127 leaking gantry-runtime run --bundle "$WORK/b" c
  lacks "$output" outside
  edit_config "$WORK/b" '.process.args = ["sleep", "1000"]'
  leaking gantry-runtime run --detach --bundle "$WORK/b" d >/dev/null 2>&1
  run -127 leaking gantry-runtime exec d /proc/self/fd/7/program
  lacks "$output" outside
}

@test "the process has 0, 1, 2 and the preserved descriptors, and no other" {
  # The fourth is the one by which ls reads the folder.
  attacker . ls /proc/self/fd
  run -0 leaking gantry-runtime run --bundle "$WORK/b" c
  equal "$output" $'0\n1\n2\n3'
  run -0 leaking gantry-runtime run --preserve-fds 1 --bundle "$WORK/b" d 3<"$WORK/host/secret"
  equal "$output" $'0\n1\n2\n3\n4'
  edit_config "$WORK/b" '.process.args = ["sleep", "1000"]'
  leaking gantry-runtime run --detach --bundle "$WORK/b" e >/dev/null 2>&1
  run -0 leaking gantry-runtime exec e ls /proc/self/fd
  equal "$output" $'0\n1\n2\n3'
  run -0 leaking gantry-runtime exec --preserve-fds 1 e ls /proc/self/fd 3<"$WORK/host/secret"
  equal "$output" $'0\n1\n2\n3\n4'
}

@test "a process that waits for its start holds nothing of the host open" {
  need_root
  attacker . sleep 1000
  leaking gantry-runtime create --bundle "$WORK/b" c >/dev/null 2>&1
  local pid fd target
  pid=$(gantry-runtime state c | jq .pid)
  for fd in "/proc/$pid/fd/"*; do
    target=$(readlink "$fd")
    # The socket of the start, and the order in memory.
    [[ ${fd##*/} -le 2 || $target == socket:* || $target == /memfd:* ]] || fail "$fd is $target"
  done
}

@test "gantry's own containers have no descriptor of the host either" {
  run -0 leaking gantry run --rm --rootfs "$(rootfs)" ls /proc/self/fd
  equal "$output" $'0\n1\n2\n3'
}
