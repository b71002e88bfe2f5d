# Ordinary users for tests that run as root. They exist only in a mount namespace of their own, which has its own
# /etc/passwd, /etc/group, /etc/subuid and /etc/subgid; the host's files stay as they are.

USER_ID=47110
USER_SUBIDS=4711000:65536

# as_user COMMAND…: as a user with 65536 subordinate ids.
# as_lone_user COMMAND…: as a user who has only the one id.
# The state of `gantry` and `gantry-runtime` is in the usual places below $HOME and $XDG_RUNTIME_DIR.
as_user() { in_user_world user "gantry-test:$USER_SUBIDS" "$@"; }
as_lone_user() { in_user_world lone-user "" "$@"; }

# need_user: as_user works here. When the tests themselves run as an ordinary user, that is the user.
need_user() {
  if ((EUID == 0)); then
    need newuidmap setpriv nsenter
  else
    need newuidmap
    grep -q "^$(id -un):" /etc/subuid || skip "$(id -un) has no line in /etc/subuid"
  fi
  need_user_namespaces
}

in_user_world() {
  local kind=$1 subids=$2
  shift 2
  local home=$WORK/$kind
  [[ -d $home ]] || make_user "$home" "$subids"
  local -a environment=(env --ignore-environment "HOME=$home/home" "XDG_RUNTIME_DIR=$home/run" "TMPDIR=$home/tmp"
    "PATH=$home/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin" "LC_ALL=C.UTF-8" "TERM=${TERM:-dumb}"
    "GANTRY_TEST_WORLD=$WORK" "GANTRY_NETWORK=${GANTRY_NETWORK:-}" "ASAN_OPTIONS=$ASAN_OPTIONS" "UBSAN_OPTIONS=$UBSAN_OPTIONS"
    "LSAN_OPTIONS=$LSAN_OPTIONS" --chdir="$home/home")
  if ((EUID == 0)); then
    nsenter --mount="/proc/$(cat "$home/holder")/ns/mnt" \
      setpriv --reuid $USER_ID --regid $USER_ID --clear-groups --inh-caps=-all "${environment[@]}" "$@"
  else
    "${environment[@]}" "$@"
  fi
}

make_user() {
  local home=$1 subids=$2 folder
  mkdir -p "$home"/{home,run,tmp,etc}
  chmod 700 "$home"/{home,run}
  bind_program "$home/bin" gantry
  bind_program "$home/bin" gantry-runtime
  ((EUID == 0)) || return 0
  chown $USER_ID:$USER_ID "$home" "$home"/{home,run,tmp}
  (cat /etc/passwd && echo "gantry-test:x:$USER_ID:$USER_ID::$home/home:/bin/sh") >"$home/etc/passwd"
  (cat /etc/group && echo "gantry-test:x:$USER_ID:") >"$home/etc/group"
  for folder in subuid subgid; do
    printf '%s' "${subids:+$subids$'\n'}" >"$home/etc/$folder"
  done
  hold_namespace "$home"
}

# A sleeping process keeps the namespace for all commands of the user, so that they see one another as in real life.
# It holds no output of ours open: `run` would wait for its end.
hold_namespace() {
  local home=$1
  coproc HOLDER {
    exec unshare --mount --propagation private sh -c '
      for file in passwd group subuid subgid; do
        [ -e "/etc/$file" ] || continue
        mount --bind "$1/etc/$file" "/etc/$file"
      done
      echo ready
      exec sleep infinity 2>/dev/null' sh "$home" 3>&-
  }
  local word pid=$HOLDER_PID
  read -r word <&"${HOLDER[0]}"
  [[ $word == ready ]] || fail "no mount namespace for $home"
  echo "$pid" >"$home/holder"
}

end_users() {
  local home
  for home in "$WORK/user" "$WORK/lone-user"; do
    [[ -d $home ]] || continue
    in_user_world "${home##*/}" "" sh -c '[ ! -d "$HOME/.local" ] || gantry rm --all --force' >/dev/null || true
    in_user_world "${home##*/}" "" sh -c 'for id in $(gantry-runtime list --quiet); do gantry-runtime delete --force "$id"; done' || true
    [[ ! -e $home/holder ]] || kill "$(cat "$home/holder")"
  done
}
