#!/usr/bin/env bats
# Annotations that are orders to the runtime: crun's, and ours.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

# annotate NAME VALUE
annotate() { edit_config "$WORK/b" --arg name "$1" --arg value "$2" '.annotations[$name] = $value'; }

@test "those of others pass, and orders that are not offered are refused" {
  make_bundle "$WORK/b" echo runs
  annotate org.opencontainers.image.title "A title"
  annotate io.podman.annotations.init FALSE
  equal "$(gantry-runtime run --bundle "$WORK/b" c)" runs
  local name
  for name in run.oci.handler run.oci.seccomp_bpf_data run.oci.systemd.force_cgroup_v1; do
    annotate "$name" 1
    run ! gantry-runtime run --bundle "$WORK/b" c
    one_sentence "$output"
    contains "$output" "/annotations/$name is not supported"
    edit_config "$WORK/b" --arg name "$name" 'del(.annotations[$name])'
  done
  equal "$(gantry-runtime list --quiet)" ""
  annotate run.oci.unheard-of 1
  run -0 gantry-runtime run --bundle "$WORK/b" c
  contains "$output" runs
  contains "$output" "/annotations/run.oci.unheard-of is not known"
}

@test "the output of hooks goes to files" {
  make_bundle "$WORK/b" true
  edit_config "$WORK/b" '.hooks = (["createRuntime", "createContainer", "startContainer", "poststart", "poststop"]
    | map({(.): [{"path": "/bin/sh", "args": ["sh", "-c", "echo out of \(.); echo err of \(.) >&2"]}]}) | add)'
  annotate run.oci.hooks.stdout "$WORK/out"
  annotate run.oci.hooks.stderr "$WORK/err"
  gantry-runtime run --bundle "$WORK/b" c
  equal "$(cat "$WORK/out")" "$(printf 'out of %s\n' createRuntime createContainer startContainer poststart poststop)"
  equal "$(cat "$WORK/err")" "$(printf 'err of %s\n' createRuntime createContainer startContainer poststart poststop)"
  annotate run.oci.hooks.stdout /not/there/out
  run ! gantry-runtime run --bundle "$WORK/b" c
  one_sentence "$output"
}

@test "the caller's groups are kept" {
  need_root
  make_bundle "$WORK/b" sleep 1000
  edit_config "$WORK/b" '.process.user.additionalGids = [7]'
  setpriv --groups 41,42 gantry-runtime run --detach --bundle "$WORK/b" c
  equal "$(gantry-runtime exec c id -G)" "0 7"
  gantry-runtime delete --force c
  annotate run.oci.keep_original_groups 1
  edit_config "$WORK/b" '.process.args = ["id", "-G"]'
  equal "$(setpriv --groups 41,42 gantry-runtime run --bundle "$WORK/b" c)" "0 41 42"
}

@test "a socket gets the pidfd of the process" {
  need python3
  make_bundle "$WORK/b" sleep 1000
  annotate run.oci.pidfd_receiver "$WORK/receiver"
  python3 - "$WORK/receiver" >"$WORK/pid" <<'PYTHON' &
import re, socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
listener.bind(sys.argv[1])
listener.listen()
peer, _ = listener.accept()
_, fds, _, _ = socket.recv_fds(peer, 1, 1)
print(re.search(r"^Pid:\s*(\d+)", open(f"/proc/self/fdinfo/{fds[0]}").read(), re.M)[1])
PYTHON
  local receiver=$!
  eventually test -S "$WORK/receiver"
  gantry-runtime run --detach --bundle "$WORK/b" --pid-file "$WORK/other" c
  wait "$receiver"
  equal "$(cat "$WORK/pid")" "$(cat "$WORK/other")"
  gantry-runtime delete --force c
  rm "$WORK/receiver"
  run ! gantry-runtime run --bundle "$WORK/b" c
  one_sentence "$output"
  equal "$(gantry-runtime list --quiet)" ""
}

@test "an unknown system call in the seccomp section is an error when asked for" {
  make_bundle "$WORK/b" echo runs
  edit_config "$WORK/b" '.linux.seccomp = {"defaultAction": "SCMP_ACT_ALLOW",
    "syscalls": [{"names": ["no_such_call"], "action": "SCMP_ACT_ERRNO"}]}'
  equal "$(gantry-runtime run --bundle "$WORK/b" c)" runs
  annotate run.oci.seccomp_fail_unknown_syscall 1
  run ! gantry-runtime run --bundle "$WORK/b" c
  one_sentence "$output"
  contains "$output" no_such_call
}

@test "Landlock holds the process, and those that exec adds, to the paths of the annotation" {
  grep -qw landlock /sys/kernel/security/lsm 2>/dev/null || [[ ! -e /sys/kernel/security/lsm ]] || skip "no Landlock here"
  local script='cat /etc/passwd >/dev/null && echo read; cat /etc/secret; echo x >/tmp/new && echo wrote; echo x >/etc/new'
  make_bundle "$WORK/b" sh -c "$script; sleep 1000"
  echo secret >"$WORK/b/rootfs/etc/secret"
  edit_config "$WORK/b" '.root.readonly = false'
  annotate run.gantry.landlock '{"read": ["/bin", "/etc/passwd"], "write": ["/tmp", "/dev"]}'
  gantry-runtime run --detach --bundle "$WORK/b" c >"$WORK/out" 2>"$WORK/err" || skip "$(cat "$WORK/err")"
  eventually grep -q /etc/new "$WORK/err"
  equal "$(cat "$WORK/out")" $'read\nwrote'
  equal "$(grep -c 'Permission denied' "$WORK/err")" 2
  run gantry-runtime exec c sh -c "$script"
  equal "$(grep -c 'Permission denied' <<<"$output")" 2
  gantry-runtime delete --force c
  annotate run.gantry.landlock '{"read": ["/not/there"]}'
  run ! gantry-runtime run --bundle "$WORK/b" c
  one_sentence "$output"
  contains "$output" "/annotations/run.gantry.landlock"
}
