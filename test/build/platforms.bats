#!/usr/bin/env bats
# Builds for several platforms: indexes, and commands of other machines by QEMU.
# shellcheck disable=SC2030,SC2031  # each test exports for itself

load ../support/common
load ../support/registry

setup() {
  make_world
  need jq python3
  context=$WORK/context
  mkdir -p "$context"
}
teardown() {
  end_servers
  end_world
}

dockerfile() { printf '%s\n' "$@" >"$context/Dockerfile"; }

# hello FILE: a program of arm64 that prints a line.
hello() {
  python3 - "$1" <<'EOF'
import os, struct, sys
text = b"hello from arm64\n"
code = [0xD2800020, 0x100000E1, 0xD2800002 | len(text) << 5, 0xD2800808, 0xD4000001, 0xD2800000, 0xD2800BA8, 0xD4000001]
body = b"".join(struct.pack("<I", one) for one in code) + text
base, head = 0x400000, 64 + 56
elf = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 183, 1, base + head, 64, 0, 0, 64, 56, 1, 0, 0, 0)
load = struct.pack("<IIQQQQQQ", 1, 5, 0, base, base, head + len(body), head + len(body), 0x1000)
with open(sys.argv[1], "wb") as file:
    file.write(elf + load + body)
os.chmod(sys.argv[1], 0o755)
EOF
}

# make_user_namespace: with root's ids, held by the process HOLDER.
make_user_namespace() {
  unshare --user --mount sleep infinity 3>&- &
  HOLDER=$!
  eventually bash -c "[[ ! /proc/$HOLDER/ns/mnt -ef /proc/self/ns/mnt ]]"
  echo '0 0 65536' >"/proc/$HOLDER/uid_map"
  echo '0 0 65536' >"/proc/$HOLDER/gid_map"
}

@test "an index of two platforms, each with its own arguments" {
  dockerfile 'FROM scratch' 'ARG TARGETARCH' 'COPY $TARGETARCH /file' 'LABEL arch=$TARGETARCH'
  echo a >"$context/amd64"
  echo b >"$context/arm64"
  run -0 gantry build --quiet --platform linux/amd64,linux/arm64 -t app --metadata-file "$WORK/meta" "$context"
  run -0 gantry build --quiet --platform linux/amd64 --platform linux/arm64 --output "type=local,dest=$WORK/out" "$context"
  equal "$(cat "$WORK/out/linux_amd64/file" "$WORK/out/linux_arm64/file" | xargs)" "a b"
  run -125 gantry build --quiet --platform linux/amd64,linux/arm64 --output "type=tar,dest=$WORK/tar" "$context"
  contains "$output" "one platform"
}

@test "the index goes to a registry whole" {
  need skopeo
  start_registry
  printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$REGISTRY" >"$WORK/registries.conf"
  export CONTAINERS_REGISTRIES_CONF=$WORK/registries.conf
  dockerfile 'FROM scratch' 'ARG TARGETARCH' 'COPY $TARGETARCH /file'
  echo a >"$context/amd64"
  echo b >"$context/arm64"
  run -0 gantry build --quiet --platform linux/amd64,linux/arm64 --output "type=registry,name=$REGISTRY/app:1" "$context"
  equal "$(skopeo inspect --tls-verify=false --raw "docker://$REGISTRY/app:1" \
    | jq -rc '[.manifests[].platform | .architecture]')" '["amd64","arm64"]'
  equal "$(skopeo --override-arch arm64 inspect --tls-verify=false --config "docker://$REGISTRY/app:1" \
    | jq -r .architecture)" arm64
}

@test "binfmt: what is known, and what is missing" {
  run -0 gantry binfmt ls
  contains "$output" riscv64
  contains "$output" "this machine"
  run -125 gantry binfmt install pdp11
  contains "$output" "no machine that is known"
}

# A user namespace has handlers of its own, so that those of the machine stay as they are.
@test "commands of another machine run by QEMU" {
  need_root
  need qemu-aarch64-static unshare
  hello "$context/hello"
  dockerfile 'FROM scratch' 'COPY hello /hello' 'RUN ["/hello"]'
  make_user_namespace
  run nsenter --user --mount --target "$HOLDER" sh -e -c '
    mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
    gantry binfmt install arm64
    gantry binfmt install arm64
    gantry binfmt ls
    gantry build --network host --progress plain --platform linux/arm64 "$1"
    gantry binfmt rm arm64
    gantry build --network host --no-cache --progress plain --platform linux/arm64 "$1" || echo failed' - "$context"
  kill "$HOLDER"
  equal "$status" 0
  contains "$output" "qemu-aarch64-static"
  contains "$output" "hello from arm64"
  contains "$output" failed
}
