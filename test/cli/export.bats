#!/usr/bin/env bats
# The files of a container as a tar archive.

load ../support/common

setup() {
  make_world
  need_root
}

@test "export writes what a container sees, whether it runs or not" {
  gantry image bootstrap --quiet busybox
  gantry run --name web --network none busybox sh -c 'echo 1 >/new; rm /etc/group; ln /new /second; ln -s new /link; chown 5:6 /new'
  gantry export -o "$WORK/web.tar" web
  lacks "$(tar -tf "$WORK/web.tar")" etc/group
  equal "$(tar -xOf "$WORK/web.tar" new)" 1
  matches "$(tar -tvf "$WORK/web.tar" --numeric-owner new)" ' 5/6 '
  contains "$(tar -tvf "$WORK/web.tar" second)" 'second link to new'
  contains "$(tar -tvf "$WORK/web.tar" link)" 'link -> new'
  equal "$(tar -tf "$WORK/web.tar" | grep -c '^proc/.')" 0
  cmp <(gantry container export web) "$WORK/web.tar"
  gantry export web | gantry import -q - again
  equal "$(gantry run --rm --network none again cat /second)" 1
  gantry run -d --name runs --network none busybox sh -c 'echo 2 >/mine; sleep 1000'
  eventually has_written
  gantry rm -f runs
}

has_written() { [[ $(gantry export runs | tar -xO mine) == 2 ]]; }

@test "export of one's own containers by an ordinary user" {
  need_user
  as_user gantry image bootstrap --quiet busybox
  as_user gantry run --name web --network none busybox sh -c 'mkdir -m 700 /a; echo 1 >/a/b; chown -R 5:6 /a'
  as_user gantry export web >"$WORK/web.tar"
  equal "$(tar -xOf "$WORK/web.tar" a/b)" 1
  matches "$(tar -tvf "$WORK/web.tar" --numeric-owner a/b)" ' 5/6 '
}

@test "export of a folder, of nothing, and to a terminal" {
  mkdir -p "$WORK/folder/bin"
  cp "$(type -P busybox)" "$WORK/folder/bin/busybox"
  gantry create --name plain --network none --rootfs "$WORK/folder" /bin/busybox true
  equal "$(gantry export plain | tar -t)" $'bin/\nbin/busybox'
  run -125 gantry export missing
  one_sentence "$output"
  run -125 gantry export -o "$WORK/missing.tar" missing
  run ! compgen -G "$WORK/missing.tar*"
  run -125 script -qec "$WORK/bin/gantry export plain" /dev/null
  contains "$output" "name a file with -o"
}
