#!/usr/bin/env bats
# Words and numbers that are read as others than they are (CVE-2026-30892, CVE-2021-43784).

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common
load attack

@test "exec --user takes numbers and nothing that looks like some (CVE-2026-30892)" {
  need_root
  attacker '.process.user.uid = 1000' sleep 1000
  gantry-runtime run --detach --bundle "$WORK/b" c
  local user
  for user in ":0" "1000:" ":" "root" "nobody" "root:root" "4294967295" "4294967296" "1000:4294967296" " 0" "0 " "+0" "-1" "0x0" \
    "0:0:0" "1000:0:" "1e3" "99999999999999999999999" $'0\n' "1000:-1" "1000,0"; do
    run ! gantry-runtime exec --user "$user" c id -u
    contains "$output" gantry-runtime:
    lacks "$output" "uid="
    matches "${lines[0]}" "^gantry-runtime:"
  done
  equal "$(gantry-runtime exec --user 4294967294:7 c sh -c 'id -u; id -g')" $'4294967294\n7'
  equal "$(gantry-runtime exec --user 1001 c sh -c 'id -u; id -G')" $'1001\n0'
  local group
  for group in 4294967296 -1 4294967295 wheel ""; do
    run ! gantry-runtime exec --additional-gids "$group" c id -G
    one_sentence "$output"
  done
}

@test "gantry: a user that is none" {
  local user
  for user in ":0" "0:" ":" "4294967295" "4294967296" "-1" "+0" " 0" "0 " "0x0" "nobody-like-this" "0:0:0"; do
    run ! gantry run --rm --user "$user" --rootfs "$(rootfs)" id -u
    one_sentence "$output"
  done
}

# long N: that many letters.
long() { head -c "$1" /dev/zero | tr '\0' a; }

@test "what is longer than 64 KiB is taken whole or refused (CVE-2021-43784)" {
  need_root
  long 70000 >"$WORK/long"
  # Annotations have no limit.
  attacker . sleep 1000
  edit_config "$WORK/b" --rawfile text "$WORK/long" '.annotations = {"a": $text}'
  gantry-runtime run --detach --bundle "$WORK/b" c
  equal "$(gantry-runtime state c | jq '.annotations.a | length')" 70000
  gantry-runtime delete --force c
  # An environment has room.
  edit_config "$WORK/b" --rawfile text "$WORK/long" 'del(.annotations) | .process.env += ["LONG=" + $text] | .process.args = ["sh", "-c", "echo ${#LONG}; id -u"]'
  run -0 gantry-runtime run --bundle "$WORK/b" c
  equal "$output" $'70000\n0'
  # Paths have not.
  local program
  for program in '.mounts += [{"destination": "/x", "type": "bind", "source": ("/" + $text), "options": ["bind"]}]' \
    '.mounts += [{"destination": ("/" + $text), "type": "tmpfs", "source": "tmpfs"}]' '.process.cwd = "/" + $text' \
    '.process.args = ["/" + $text]' '.root.path = "/" + $text' '.linux.maskedPaths = ["/" + $text]' '.linux.cgroupsPath = "/" + $text' \
    '.hostname = $text' '.linux.sysctl = {"kernel.domainname": $text}' '.mounts += [{"destination": "/x", "type": $text}]' \
    '.mounts += [{"destination": "/x", "type": "tmpfs", "source": "tmpfs", "options": [$text]}]' '(.linux.namespaces[] | select(.type == "network")).path = "/" + $text'; do
    attacker . id -u
    edit_config "$WORK/b" --rawfile text "$WORK/long" "$program"
    run gantry-runtime run --bundle "$WORK/b" c
    ((status != 0)) || fail "taken: $program"
    equal "${#lines[@]}" 1
    matches "${lines[0]:0:40}" "^gantry-runtime:"
    equal "$(gantry-runtime list --quiet)" ""
  done
}

@test "id maps of more than a page are refused, not cut off (CVE-2021-43784)" {
  need_root
  attacker '.linux.namespaces += [{"type": "user"}]
    | .linux.uidMappings = [range(2000) | {"containerID": ., "hostID": (100000 + . * 2), "size": 1}] | .linux.gidMappings = .linux.uidMappings' \
    sh -c 'id -u; wc -l </proc/self/uid_map'
  run ! gantry-runtime run --bundle "$WORK/b" c
  one_sentence "$output"
  contains "$output" /linux/uidMappings
  # The kernel takes 340, and no more than a page of text.
  edit_config "$WORK/b" '.linux.uidMappings |= .[:340] | .linux.gidMappings |= .[:340]'
  run ! gantry-runtime run --bundle "$WORK/b" c
  one_sentence "$output"
  edit_config "$WORK/b" '.linux.uidMappings |= .[:280] | .linux.gidMappings |= .[:280]'
  run gantry-runtime run --bundle "$WORK/b" c
  equal "$output" $'0\n280'
}

@test "numbers of the config that do not fit are refused" {
  need_root
  local program
  for program in '.process.user.uid = 4294967296' '.process.user.gid = -1' '.process.user.additionalGids = [4294967296]' \
    '.linux.uidMappings = [{"containerID": 0, "hostID": 4294967295, "size": 2}]' '.process.oomScoreAdj = 99999999999' \
    '.linux.devices = [{"path": "/dev/x", "type": "c", "major": 4294967297, "minor": 3}]' \
    '.linux.devices = [{"path": "/dev/x", "type": "c", "major": -1, "minor": 3}]' '.process.rlimits = [{"type": "RLIMIT_CORE", "soft": -1, "hard": 0}]'; do
    attacker "$program" true
    run ! gantry-runtime run --bundle "$WORK/b" c
    one_sentence "$output"
  done
}
