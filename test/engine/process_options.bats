# What a container's first process is given: variables, users, time zone, descriptors.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  gantry image bootstrap busybox >/dev/null
}

in_box() { gantry run --rm "$@"; }

refused() {
  local piece=$1
  shift
  run -125 --separate-stderr "$@"
  one_sentence "$stderr"
  contains "$stderr" "$piece"
}

@test "variables: of the host, merged, left out" {
  FROM_HOST=yes run -0 in_box --env-host -e HOME=/h busybox sh -c 'echo $FROM_HOST $HOME'
  equal "$output" "yes /h"
  run -0 in_box -e WORD=blue --env-merge 'LINE=a ${WORD} house' busybox sh -c 'echo $LINE'
  equal "$output" "a blue house"
  run -0 in_box --unsetenv HOSTNAME busybox env
  lacks "$output" HOSTNAME=
  run -0 in_box --unsetenv-all -e ONLY=this --entrypoint /bin/busybox busybox env
  contains "$output" ONLY=this
  lacks "$output" PATH=
  https_proxy=http://proxy run -0 in_box busybox sh -c 'echo $https_proxy'
  equal "$output" http://proxy
  https_proxy=http://proxy run -0 in_box --http-proxy=false busybox sh -c 'echo $https_proxy'
  equal "$output" ""
}

@test "a user without a name gets one, in the container's own words" {
  run -0 in_box -u 4321:4321 busybox sh -c 'id -un; id -gn'
  equal "$output" "4321"$'\n'"4321"
  run -0 in_box -u 4321 --passwd-entry 'cook:*:$UID:$GID::/kitchen:/bin/sh' busybox sh -c 'id -un; grep ^cook /etc/passwd'
  contains "$output" "cook:*:4321:0::/kitchen"
  run -1 in_box -u 4321 --passwd=false busybox id -un
  run -0 in_box --hostuser root busybox grep -c ^root: /etc/passwd
  equal "$output" 1
}

@test "umask, personality, working folder" {
  run -0 in_box --umask 0077 busybox sh -c 'touch /file; stat -c %a /file'
  equal "$output" 600
  run -0 in_box --personality LINUX32 busybox uname -m
  [[ $output != x86_64 || $(uname -m) != x86_64 ]]
}

@test "the time zone of --tz" {
  [[ -e /usr/share/zoneinfo/Asia/Tokyo ]] || skip "the host has no time zones"
  run -0 in_box --tz Asia/Tokyo busybox cat /etc/localtime
  contains "$output" JST
}

@test "descriptors are passed on" {
  echo "through three" >"$WORK/text"
  run -0 gantry run --rm --preserve-fds 1 busybox cat /proc/self/fd/3 3<"$WORK/text"
  equal "$output" "through three"
}

@test "an init of one's own, and systemd's folders" {
  run -0 in_box --systemd always busybox grep -c -E ' (/run|/run/lock|/tmp|/var/log/journal) tmpfs' /proc/mounts
  equal "$output" 4
  run -0 in_box busybox grep -c ' /run/lock ' /proc/mounts || true
  equal "$output" 0
}

@test "sdnotify: the container's own word, and the monitor's" {
  need socat
  coproc LISTENER { exec socat -u "UNIX-RECV:$WORK/notify" STDOUT; }
  eventually test -S "$WORK/notify"
  NOTIFY_SOCKET=$WORK/notify gantry run -d --name told --sdnotify conmon busybox sleep 60
  local line
  read -r -t 10 line <&"${LISTENER[0]}"
  equal "$line" READY=1
  read -r -t 10 line <&"${LISTENER[0]}"
  contains "$(cat "/proc/${line#MAINPID=}/comm")" gantry
  gantry rm -f told
  NOTIFY_SOCKET=$WORK/notify run -0 in_box busybox sh -c 'test -S "$NOTIFY_SOCKET"'
  NOTIFY_SOCKET=$WORK/notify run -0 in_box --sdnotify ignore busybox sh -c 'echo "$NOTIFY_SOCKET"'
  equal "$output" ""
  kill "$LISTENER_PID"
}

@test "--replace, --requires, --annotation, --pull" {
  gantry run --name same busybox true
  gantry run --name same --replace busybox true
  refused "--name" gantry run --rm --replace busybox true
  gantry create --name below busybox sleep 60
  gantry run -d --name above --requires below --annotation colour=red busybox sleep 60
  run -0 gantry ps --format '{{.Names}}'
  contains "$output" below
  equal "$(gantry inspect -f '{{.HostConfig.Annotations.colour}}' above)" red
  gantry rm -f above below
  refused "no-such" gantry run --rm --pull never no-such true
  refused "--platform" gantry run --rm --platform x/y/z/w busybox true
  refused "not for linux/s390x" gantry run --rm --pull never --arch s390x busybox true
}

@test "hooks of a folder run when their conditions hold" {
  mkdir "$WORK/hooks"
  cat >"$WORK/hooks/10-note.json" <<JSON
{"version": "1.0.0", "hook": {"path": "/bin/sh", "args": ["sh", "-c", "echo ran >>$WORK/note"]},
 "when": {"annotations": {"^note$": "yes"}}, "stages": ["createRuntime"]}
JSON
  in_box --hooks-dir "$WORK/hooks" busybox true
  [[ ! -e $WORK/note ]]
  in_box --hooks-dir "$WORK/hooks" --annotation note=yes busybox true
  equal "$(cat "$WORK/note")" ran
  echo '{"version": "9"}' >"$WORK/hooks/20-bad.json"
  refused "20-bad.json" gantry run --rm --hooks-dir "$WORK/hooks" busybox true
}

@test "bad values name the option" {
  refused "--umask" gantry run --rm --umask 9 busybox true
  refused "--personality" gantry run --rm --personality DOS busybox true
  refused "--tz" gantry run --rm --tz ../etc/passwd busybox true
  refused "--tz" gantry run --rm --tz Nowhere/Land busybox true
  refused "--systemd" gantry run --rm --systemd perhaps busybox true
  refused "--sdnotify" gantry run --rm --sdnotify loud busybox true
  refused "--env-merge" gantry run --rm --env-merge x busybox true
  refused "--hostuser" gantry run --rm --hostuser nobody-here busybox true
  refused "--init-path" gantry run --rm --init-path /no/init busybox true
  refused "--requires" gantry run --rm --requires nobody busybox true
  refused "keep-groups" gantry run --rm --group-add keep-groups,5 busybox true
}
