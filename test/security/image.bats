#!/usr/bin/env bats
# Labels and annotations of an image that would switch handlers, systemd properties or hooks.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common
load attack

# What users of crun, podman, CRI-O and systemd switch by annotations.
SWITCHES='{"run.oci.handler": "krun", "run.oci.hooks.stdout": "HOST/out", "run.oci.hooks.stderr": "HOST/out", "run.oci.keep_original_groups": "1",
  "run.oci.pidfd_receiver": "HOST/socket", "run.oci.seccomp.receiver": "HOST/socket", "run.oci.mount_context_type": "context",
  "run.oci.systemd.subgroup": "x", "run.oci.delegate-cgroup": "x", "run.oci.no_proc_sys": "1", "org.systemd.property.ExecStartPost": "[\"/bin/touch\", \"HOST/out\"]",
  "io.podman.annotations.privileged": "TRUE", "io.podman.annotations.seccomp": "unconfined", "io.podman.annotations.userns": "host",
  "io.gantry.privileged": "true", "org.opencontainers.image.stopSignal": "KILL", "seccomp.security.alpha.kubernetes.io/pod": "unconfined"}'


@test "labels and annotations of an image change nothing of a container" {
  local switches=${SWITCHES//HOST/$WORK/host/dir} key value
  gantry image bootstrap busybox >/dev/null
  make_rootfs "$WORK/tree"
  tar -C "$WORK/tree" -cf "$WORK/root.tar" .
  local -a changes=()
  while IFS=$'\t' read -r key value; do changes+=(-c "LABEL $key=$value"); done < <(jq -r 'to_entries[] | [.key, (.value | @json)] | join("\t")' <<<"$switches")
  gantry import "${changes[@]}" "$WORK/root.tar" switched >/dev/null
  make_rootfs "$WORK/tree2"
  gantry import "$WORK/root.tar" plain >/dev/null
  local query='cat /proc/self/status | grep -E "^(Cap|Seccomp|NoNew|Groups|Uid|Gid)"; cut -d" " -f5- /proc/self/mountinfo | sed "s/,\(lower\|upper\|work\)[^ ]*//g; s/ - overlay.*//" | sort'
  local plain
  plain=$(gantry run --rm plain sh -c "$query" | tail -n +1)
  run -0 gantry run --rm switched sh -c "$query"
  equal "$output" "$plain"
  host_untouched
}

@test "an image's labels do not become annotations of the runtime's config" {
  make_rootfs "$WORK/tree"
  tar -C "$WORK/tree" -cf "$WORK/root.tar" .
  gantry import -c 'LABEL run.oci.handler=krun' "$WORK/root.tar" switched >/dev/null
  gantry run --detach --name c switched sleep 1000
  local config
  config=$(find "$WORK/run" "$WORK/root" -name config.json -path '*runtime*' | head -1)
  [[ -n $config ]] || config=$(grep -rl ociVersion "$WORK/run" --include=config.json | head -1)
  [[ -n $config ]] || fail "no config of the container below $WORK/run"
  equal "$(jq -r '.annotations // {} | keys[]' "$config" | grep -c run.oci)" 0
}
