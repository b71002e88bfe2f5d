#!/usr/bin/env bats
# `features` tells the truth: what it claims is tried.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

feature() { gantry-runtime features | jq -r "$1"; }

# tried CLAIM JQ: whether a config that is changed by JQ is refused as not supported is what the claim says.
tried() {
  make_bundle "$WORK/$NAME-f" true
  edit_config "$WORK/$NAME-f" "$2"
  run gantry-runtime run --bundle "$WORK/$NAME-f" f
  if [[ $(feature "$1") == true ]]; then
    lacks "$output" "is not supported"
  else
    contains "$output" "is not supported"
  fi
  rm -rf "$WORK/$NAME-f"
}

@test "the document has the form of the specification" {
  equal "$(feature '[.ociVersionMin, .ociVersionMax] | join(" ")')" "1.0.0 $(gantry-runtime --version | sed -n 's/^spec: //p')"
  equal "$(feature '.hooks | join(" ")')" "prestart createRuntime createContainer startContainer poststart poststop"
  equal "$(feature '.linux.namespaces | sort | join(" ")')" "cgroup ipc mount network pid time user uts"
  equal "$(feature '.linux.capabilities | index("CAP_CHOWN")')" 0
  equal "$(feature '.linux.seccomp | [.operators, .archs, .knownFlags] | map(length > 0) | all')" true
  equal "$(feature '.linux.seccomp | .supportedFlags - .knownFlags | length')" 0
  equal "$(feature '.potentiallyUnsafeConfigAnnotations | index("run.gantry.landlock") != null')" true
}

@test "switches say whether their member is taken" {
  tried .linux.apparmor.enabled '.process.apparmorProfile = "unconfined"'
  tried .linux.selinux.enabled '.process.selinuxLabel = "system_u:system_r:container_t:s0"'
  tried .linux.intelRdt.enabled '.linux.intelRdt = {"closID": "gantry-test"}'
  tried .linux.netDevices.enabled '.linux.netDevices = {"gantry-none": {}}'
  tried .linux.mountExtensions.idmap.enabled '.mounts += [{"destination": "/run", "type": "bind", "source": "/tmp",
    "options": ["bind", "idmap"], "uidMappings": [{"containerID": 0, "hostID": 0, "size": 1}],
    "gidMappings": [{"containerID": 0, "hostID": 0, "size": 1}]}]'
  make_bundle "$WORK/b" true
  edit_config "$WORK/b" 'del(.linux.cgroupsPath)'
  run gantry-runtime --systemd-cgroup run --bundle "$WORK/b" c
  if [[ $(feature .linux.cgroup.systemd) == true ]]; then
    lacks "$output" "is not installed"
  else
    contains "$output" "is not installed"
  fi
}

@test "seccomp actions are taken, and others are refused" {
  local action
  make_bundle "$WORK/b" true
  cp "$WORK/b/config.json" "$WORK/config.json"
  for action in $(feature '.linux.seccomp.actions - ["SCMP_ACT_NOTIFY"] | .[]'); do
    edit_config "$WORK/b" --arg action "$action" '.linux.seccomp = {"defaultAction": "SCMP_ACT_ALLOW",
      "syscalls": [{"names": ["swapoff"], "action": $action}]}'
    gantry-runtime run --bundle "$WORK/b" c
    cp "$WORK/config.json" "$WORK/b/config.json"
  done
  tried '.linux.seccomp.actions | index("SCMP_ACT_NOTIFY") != null' '.linux.seccomp =
    {"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/not/there",
      "syscalls": [{"names": ["swapoff"], "action": "SCMP_ACT_NOTIFY"}]}'
}

@test "mount options are taken" {
  local option options
  make_bundle "$WORK/b" true
  cp "$WORK/b/config.json" "$WORK/config.json"
  options=$(feature '.mountOptions - ["bind", "rbind", "idmap", "ridmap", "remount", "mand", "nomand"] | .[]')
  for option in $options; do
    edit_config "$WORK/b" --arg option "$option" \
      '.mounts += [{"destination": "/run", "type": "tmpfs", "source": "tmpfs", "options": [$option]}]'
    gantry-runtime run --bundle "$WORK/b" c || fail "mount option $option"
    cp "$WORK/config.json" "$WORK/b/config.json"
  done
}
