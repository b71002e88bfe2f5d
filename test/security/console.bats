#!/usr/bin/env bats
# The terminal, and the devices by which it is made, as links of the image or swapped (CVE-2025-52565, CVE-2026-88264,
# CVE-2026-88265); input that a container types for its caller (CVE-2017-5226), and the caller's keys.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common
load attack

setup() {
  make_world
  need python3
  make_host
}

TERMINAL_OF_IMAGE=".process.terminal = true | $IMAGE_DEV"

with_terminal() { timeout 60 python3 "$GANTRY_SOURCE/test/runtime/terminal.py" "$WORK/console" -- "$@" | tr -d '\r'; }

run_with_terminal() {
  rm -f "$WORK/console"
  run with_terminal gantry-runtime run --detach --console-socket "$WORK/console" --bundle "$WORK/b" "$1"
}

@test "/dev/console of the image as a link: the terminal is bound nowhere else (CVE-2025-52565)" {
  need_root
  local target number=0
  for target in "$WORK/host/secret" "$WORK/host/dir/new" /proc/sys/kernel/core_pattern /etc/passwd; do
    number=$((number + 1))
    attacker "$TERMINAL_OF_IMAGE" sh -c 'stat -c %F /etc/passwd; echo typed >/dev/console'
    ln -s "$target" "$WORK/b/rootfs/dev/console"
    run_with_terminal "c$number"
    lacks "$output" "character special file"
    host_untouched
    gantry-runtime delete --force "c$number" || true
  done
}

@test "/dev/console is swapped for a link while the terminal is set up (CVE-2025-52565)" {
  need_root
  mkdir "$WORK/dev"
  mknod -m 666 "$WORK/dev/null" c 1 3
  : >"$WORK/dev/console"
  ln -s "$WORK/host/secret" "$WORK/dev/link"
  attacker "$TERMINAL_OF_IMAGE | .mounts += [{\"destination\": \"/dev\", \"type\": \"bind\", \"source\": \"$WORK/dev\", \"options\": [\"bind\"]}]" true
  exchanging "$WORK/dev/console" "$WORK/dev/link"
  local number
  for number in {1..15}; do
    run_with_terminal "c$number"
    host_untouched
    gantry-runtime delete --force "c$number" || true
  done
  stop_exchanging
}

@test "/dev/ptmx and /dev/pts of the image as links give no terminal of the host (CVE-2026-88265)" {
  need_root
  attacker "$TERMINAL_OF_IMAGE" sh -c 'test -t 0 && echo terminal'
  mkdir "$WORK/b/rootfs/dev/pts"
  ln -s "$WORK/host/secret" "$WORK/b/rootfs/dev/ptmx"
  ln -s "$WORK/host/secret" "$WORK/b/rootfs/dev/pts/0"
  run_with_terminal c
  equal "$output" terminal
  host_untouched
}

@test "exec --tty takes its terminal from a devpts and from nothing else (CVE-2026-88264)" {
  need_root
  attacker '.process.capabilities |= map_values(. + ["CAP_SYS_ADMIN"]) | .linux.resources.devices = [{"allow": true, "access": "rwm"}]' \
    sh -c '"$@"; touch /tmp/ready; sleep 1000' sh
  local trick
  local -a tricks=('mount -t tmpfs none /dev/pts && mknod /dev/pts/ptmx c 5 2' 'mount -t tmpfs none /dev/pts && ln -s /dev/zero /dev/pts/ptmx'
    'umount /dev/pts && rmdir /dev/pts && ln -s /proc /dev/pts' 'mount --bind /dev/zero /dev/pts/ptmx' 'mkfifo /tmp/f && mount --bind /tmp/f /dev/pts/ptmx'
    'mount --bind /etc/passwd /dev/pts/ptmx')
  local number=0
  for trick in "${tricks[@]}"; do
    number=$((number + 1))
    rm -f "$WORK/b/rootfs/tmp/"{ready,f} "$WORK/console"
    edit_config "$WORK/b" --arg trick "$trick" '.process.args = ["sh", "-c", ($trick + " && touch /tmp/ready; sleep 1000")]'
    gantry-runtime run --detach --bundle "$WORK/b" "c$number" >/dev/null 2>&1
    eventually test -e "$WORK/b/rootfs/tmp/ready"
    run ! timeout 20 script --quiet --return --command "gantry-runtime exec --tty c$number echo entered" /dev/null
    lacks "$output" entered
    contains "$output" "gantry-runtime: "
    gantry-runtime delete --force "c$number"
  done
}

# The caller's terminal is a pty of this program; what comes out of its slave side was typed.
pushes_input() {
  python3 - "$@" <<'PYTHON'
import os, pty, select, sys, termios, tty
pid, master = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
seen = b""
while True:
    try:
        data = os.read(master, 4096)
    except OSError:
        break
    if not data:
        break
    seen += data
os.waitpid(pid, 0)
sys.stdout.write(seen.decode())
PYTHON
}

@test "a container cannot type into the terminal of its caller (CVE-2017-5226)" {
  need_root
  [[ $(cat /proc/sys/dev/tty/legacy_tiocsti 2>/dev/null || echo 1) == 1 ]] || skip "this kernel has no TIOCSTI any more"
  # TIOCSTI (0x5412) works only on one's controlling terminal. The host's python does the call, from inside a root of
  # the host's folders.
  attacker '.mounts += (["/usr", "/lib", "/lib64"] | map({"destination": ., "type": "bind", "source": ., "options": ["rbind", "ro"]}))
    | .process.args = ["/usr/bin/python3", "-c", "import fcntl\nfor c in b\"evil\\n\":\n    fcntl.ioctl(0, 0x5412, bytes([c]))"]'
  run pushes_input sh -c "gantry-runtime run --bundle '$WORK/b' c 2>&1; echo; timeout 0.5 head -1"
  lacks "$output" evil
  contains "$output" "Operation not permitted"
}

@test "the session keyring of the caller is not the container's" {
  need_root
  need keyctl
  attacker . sh -c 'grep -c gantry-secret /proc/keys; true'
  edit_config "$WORK/b" '.linux.maskedPaths = []'
  run -0 keyctl session - sh -c "keyctl add user gantry-secret text @s >/dev/null; gantry-runtime run --bundle '$WORK/b' c"
  contains "$output" $'\n0'
  # With --no-new-keyring it is, so the test can fail.
  run -0 keyctl session - sh -c "keyctl add user gantry-secret text @s >/dev/null; gantry-runtime run --no-new-keyring --bundle '$WORK/b' d"
  contains "$output" $'\n1'
}
