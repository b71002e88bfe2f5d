#!/usr/bin/env bats
# Mount targets and files of ours that an image turns elsewhere by a link (CVE-2019-18837, CVE-2024-45310, CVE-2025-24965).

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common
load attack

# links_out FOLDER: links in the image that lead to the host in every way.
links_out() {
  ln -s "$WORK/host/dir" "$1/absolute"
  ln -s "../../../../../../../../$WORK/host/dir" "$1/relative"
  ln -s "$WORK/host/dir/new" "$1/dangling"
  ln -s /proc/self/root/../../../../../"$WORK/host/dir" "$1/procfs"
  ln -s /proc/1/cwd "$1/magic"
  mkdir "$1/deep"
  ln -s "../../../../../$WORK/host" "$1/deep/link"
}

@test "a mount target behind a link stays inside, and makes nothing on the host (CVE-2019-18837, CVE-2024-45310)" {
  echo volume >"$WORK/volume"
  mkdir "$WORK/folder"
  local target kind
  for target in absolute relative dangling procfs magic deep/link absolute/x/y dangling/x magic/x deep/link/../dir/z ../../../../../../..$WORK/host/dir/w; do
    for kind in volume folder tmpfs; do
      if [[ $kind == tmpfs ]]; then
        attacker ".mounts += [{\"destination\": \"/$target\", \"type\": \"tmpfs\", \"source\": \"tmpfs\"}]" true
      else
        attacker ".mounts += [{\"destination\": \"/$target\", \"type\": \"bind\", \"source\": \"$WORK/$kind\", \"options\": [\"bind\"]}]" true
      fi
      links_out "$WORK/b/rootfs"
      run gantry-runtime run --bundle "$WORK/b" c
      refused_or_harmless
    done
  done
}

@test "tmpcopyup copies nothing of the host" {
  run attack '.mounts += [{"destination": "/absolute", "type": "tmpfs", "source": "tmpfs", "options": ["tmpcopyup"]},
    {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["tmpcopyup"]}]' true
  attacker '.mounts += [{"destination": "/hostlink", "type": "tmpfs", "source": "tmpfs", "options": ["tmpcopyup"]},
    {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["tmpcopyup"]}]' sh -c 'cat /hostlink/secret /tmp/link; true'
  ln -s "$WORK/host" "$WORK/b/rootfs/hostlink"
  ln -s "$WORK/host/secret" "$WORK/b/rootfs/tmp/link"
  run gantry-runtime run --bundle "$WORK/b" c
  refused_or_harmless
}

@test "a working directory behind a link is made inside" {
  local cwd
  for cwd in absolute/made relative/made dangling deep/link/made ../../../../../../$WORK/host/made; do
    attacker ".process.cwd = \"/$cwd\"" sh -c 'pwd; cat ../secret 2>/dev/null; true'
    links_out "$WORK/b/rootfs"
    run gantry-runtime run --bundle "$WORK/b" c
    refused_or_harmless
  done
}

@test "gantry: a volume's target behind a link" {
  mkdir "$WORK/folder"
  echo volume >"$WORK/volume"
  links_out "$(rootfs)"
  local target source
  for target in absolute relative dangling procfs magic deep/link absolute/x dangling/x; do
    for source in folder volume; do
      run gantry run --rm -v "$WORK/$source:/$target" --rootfs "$WORK/rootfs" true
      ((status == 0)) || one_sentence "$output"
      host_untouched
    done
  done
}

@test "gantry: hosts, hostname and resolv.conf as links of the image" {
  local file
  for file in hosts hostname resolv.conf; do ln -s "$WORK/host/secret" "$(rootfs)/etc/$file"; done
  run gantry run --rm --network host --rootfs "$WORK/rootfs" sh -c 'cat /etc/hosts; echo spoiled >/etc/hosts; echo spoiled >/etc/resolv.conf; true'
  refused_or_harmless
  rm -rf "$WORK/rootfs/etc"
  ln -s "$WORK/host/dir" "$WORK/rootfs/etc"
  run gantry run --rm --network host --rootfs "$WORK/rootfs" true
  refused_or_harmless
  rm "$WORK/rootfs/etc"
  mkdir "$WORK/rootfs/etc"
  ln -s "$WORK/host/dir/new" "$WORK/rootfs/etc/hosts"
  run gantry run --rm --network host --rootfs "$WORK/rootfs" true
  refused_or_harmless
}

@test "gantry: passwd and group as links, fifos or huge files of the image" {
  mkdir -p "$WORK/host/etc"
  echo 'attacker:x:0:0:evil:/hacked:/bin/sh' >"$WORK/host/etc/passwd"
  snapshot_host >"$WORK/host.before"
  ln -sf "$WORK/host/etc/passwd" "$(rootfs)/etc/passwd"
  run ! gantry run --rm --user attacker --rootfs "$WORK/rootfs" id
  one_sentence "$output"
  rm "$WORK/rootfs/etc/passwd"
  mkfifo "$WORK/rootfs/etc/passwd"
  run ! timeout 10 gantry run --rm --user attacker --rootfs "$WORK/rootfs" id
  ((status != 124)) || fail "it hangs on a fifo"
  one_sentence "$output"
  rm "$WORK/rootfs/etc/passwd"
  truncate --size 100G "$WORK/rootfs/etc/passwd"
  run timeout 10 gantry run --rm --rootfs "$WORK/rootfs" true
  ((status != 124)) || fail "it reads a huge file"
  host_untouched
}

@test "gantry --init: /sbin/init and the like of the image are not written to (CVE-2025-24965)" {
  mkdir -p "$(rootfs)"/{dev,run,sbin}
  local path
  for path in run/gantry-init run/podman-init dev/init sbin/docker-init; do ln -s "$WORK/host/dir/init" "$WORK/rootfs/$path"; done
  run -0 gantry run --rm --init --rootfs "$WORK/rootfs" true
  refused_or_harmless
}
