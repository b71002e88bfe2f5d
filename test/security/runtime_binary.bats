#!/usr/bin/env bats
# Overwriting the runtime through its own image (CVE-2019-5736): the host's program stays what it is, whatever a
# container executes, opens and writes.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common
load attack

# The programs under test are copies: should an attack work, it spoils nothing but them.
setup() {
  make_world
  need_root
  mkdir "$WORK/programs"
  cp "$GANTRY_BIN"/gantry{,-runtime,-init,-monitor} "$WORK/programs/"
  GANTRY_BIN=$WORK/programs
  bind_program "$WORK/bin" gantry --root "$WORK/root" --runroot "$WORK/run"
  bind_program "$WORK/bin" gantry-runtime --root "$WORK/runtime"
  (cd "$WORK/programs" && sha256sum -- *) >"$WORK/sums"
}

programs_untouched() { (cd "$WORK/programs" && sha256sum --check --quiet "$WORK/sums") || fail "a program was overwritten"; }

# Should an attack work out as a circle of processes, the machine outlives it.
FEW_PROCESSES='.linux.resources.pids = {"limit": 100}'

# Opens whatever program it sees by /proc/<pid>/exe, and tries to write to it until that goes (a program that runs is
# ETXTBSY), from the descriptor that it keeps. Its own programs are told by their names.
# shellcheck disable=SC2016
OVERWRITE='
  while :; do
    for exe in /proc/[0-9]*/exe /proc/self/exe; do
      target=$(readlink $exe 2>/dev/null) || continue
      case $target in /bin/*|/memfd:*|"") continue ;; esac
      echo "$target" >>/tmp/seen
      ( { n=0; until echo spoiled 2>/dev/null >/proc/self/fd/9 || [ $n = 2000 ]; do n=$((n+1)); done; } 9<$exe ) 2>/dev/null &
    done
  done'

@test "the entrypoint /proc/self/exe executes nothing of the host's (CVE-2019-5736)" {
  attacker ".process.args = [\"/proc/self/exe\"] | $FEW_PROCESSES"
  run -126 gantry-runtime run --bundle "$WORK/b" c
  programs_untouched
  edit_config "$WORK/b" '.process.args = ["/proc/self/exe", "--version"]'
  run -126 gantry-runtime run --bundle "$WORK/b" d
  lacks "$output" version
  printf '#!/proc/self/exe\n' >"$WORK/b/rootfs/bin/script"
  chmod 755 "$WORK/b/rootfs/bin/script"
  edit_config "$WORK/b" '.process.args = ["/bin/script"]'
  run -126 gantry-runtime run --bundle "$WORK/b" e
  programs_untouched
}

@test "/proc/<init>/exe cannot be written to while the container waits for its start (CVE-2019-5736)" {
  attacker . sleep 1000
  gantry-runtime create --bundle "$WORK/b" c >/dev/null 2>&1
  local pid
  pid=$(gantry-runtime state c | jq .pid)
  matches "$(readlink "/proc/$pid/exe")" "^/memfd:"
  # Not even root of the host can: it is sealed.
  run ! sh -c "echo spoiled >>/proc/$pid/exe"
  programs_untouched
}

@test "exec into a container that waits for a program to overwrite (CVE-2019-5736)" {
  attacker "$FEW_PROCESSES" sh -c "$OVERWRITE"
  gantry-runtime run --detach --bundle "$WORK/b" c >/dev/null 2>&1
  for _ in {1..30}; do gantry-runtime exec c true || true; done
  run gantry-runtime exec c /proc/self/exe
  programs_untouched
  [[ ! -e $WORK/b/rootfs/tmp/seen ]] || fail "it saw $(sort "$WORK/b/rootfs/tmp/seen" | uniq -c)"
}

@test "the same with CAP_SYS_PTRACE, which sees what the process that enters executes" {
  attacker ".process.capabilities |= map_values(. + [\"CAP_SYS_PTRACE\"]) | $FEW_PROCESSES" sh -c "$OVERWRITE"
  gantry-runtime run --detach --bundle "$WORK/b" c >/dev/null 2>&1
  for _ in {1..60}; do gantry-runtime exec c true || true; done
  echo "saw: $(sort "$WORK/b/rootfs/tmp/seen" 2>/dev/null | uniq -c)"
  programs_untouched
}

@test "gantry exec: the same" {
  gantry run --detach --name c --pids-limit 100 --rootfs "$(rootfs)" sh -c "$OVERWRITE" >/dev/null
  for _ in {1..20}; do gantry exec c true || true; done
  programs_untouched
}

@test "a container with a memory limit of 1 MB starts: no copy of the runtime is charged to it" {
  attacker '.linux.resources.memory = {"limit": 1048576}' true
  run -0 gantry-runtime run --bundle "$WORK/b" c
}
