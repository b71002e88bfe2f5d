# `gantry import` and `gantry image bootstrap`.

load ../support/common
load peers

setup() {
  make_world
  need skopeo jq
}

make_root_tar() {
  make_rootfs "$WORK/tree"
  tar -C "$WORK/tree" -cf "$WORK/root.tar" .
}

@test "a root file system with changes" {
  make_root_tar
  run -0 gantry import -c 'CMD ["sh"]' -c 'ENV A=1 B=2' -c 'EXPOSE 80' -c 'WORKDIR /tmp' -m 'by hand' "$WORK/root.tar" small:1
  matches "$output" '^sha256:[0-9a-f]{64}$'
  local config
  config=$(skopeo inspect --config "oci:$WORK/root:localhost/small:1")
  equal "$(jq -c .config <<<"$config")" \
    '{"ExposedPorts":{"80/tcp":{}},"Env":["A=1","B=2"],"Cmd":["sh"],"WorkingDir":"/tmp"}'
  equal "$(jq -r '.history[0].comment' <<<"$config")" 'by hand'
}

@test "every compression, from a file and from a pipe" {
  make_root_tar
  local program
  for program in cat gzip zstd xz bzip2 lz4; do
    command -v $program >/dev/null || continue
    $program <"$WORK/root.tar" >"$WORK/packed"
    gantry import -q "$WORK/packed" "file-$program"
    cat "$WORK/packed" | gantry import -q - "pipe-$program"
    equal "$(layer_folders "localhost/file-$program:latest")" "$(layer_folders localhost/file-cat:latest)"
    equal "$(layer_folders "localhost/pipe-$program:latest")" "$(layer_folders localhost/file-cat:latest)"
  done
}

@test "busybox of this machine" {
  run -0 gantry image bootstrap busybox
  equal "$output" "Made image: localhost/busybox:latest"
  local root
  root=$(layer_folders localhost/busybox:latest)
  equal "$("$root/bin/busybox" echo hello)" hello
  equal "$(readlink "$root/bin/sh")" /bin/busybox
  equal "$(stat -c %a "$root/tmp")" 1777
  contains "$(cat "$root/etc/passwd")" 'root:x:0:0:'
  equal "$(skopeo inspect --config "oci:$WORK/root:localhost/busybox:latest" | jq -c .config.Cmd)" '["sh"]'
}

@test "the same tree gives the same image everywhere" {
  make_rootfs "$WORK/tree"
  ln "$WORK/tree/etc/passwd" "$WORK/tree/etc/again"
  cp -a "$WORK/tree" "$WORK/other"
  local tree ids=() options=(--sort=name --mtime=@1000 --owner=0 --group=0 --numeric-owner)
  for tree in tree other; do
    mkdir -p "$WORK/$tree-place"
    tar -C "$WORK/$tree" "${options[@]}" -cf "$WORK/$tree-place/root.tar" .
    ids+=("$(SOURCE_DATE_EPOCH=1000 gantry --root "$WORK/root-$tree" import -c 'ENV A=1' "$WORK/$tree-place/root.tar" app)")
    gantry --root "$WORK/root-$tree" save --format oci-archive -o "$WORK/$tree.tar" app
  done
  equal "${ids[0]}" "${ids[1]}"
  cmp "$WORK/tree.tar" "$WORK/other.tar"
  equal "$(skopeo inspect --config oci-archive:"$WORK/tree.tar" | jq -r '.created, .history[0].created')" \
    $'1970-01-01T00:16:40Z\n1970-01-01T00:16:40Z'
  run -125 env SOURCE_DATE_EPOCH=soon "$WORK/bin/gantry" import "$WORK/tree-place/root.tar" app
  one_sentence "$output"
  contains "$output" SOURCE_DATE_EPOCH
}
