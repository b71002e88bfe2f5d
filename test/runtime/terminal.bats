#!/usr/bin/env bats
# Terminals: by a console socket for engines, and in the foreground for people.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

# with_socket [INPUT] -- COMMAND…
with_socket() { timeout 30 python3 "$BATS_TEST_DIRNAME/terminal.py" "$WORK/console" "$@" | tr -d '\r'; }

@test "the console socket gets the master of the terminal" {
  # shellcheck disable=SC2016
  make_bundle "$WORK/b" sh -c 'tty; test -t 0 && test -t 1 && test -t 2 && echo all; echo x >/dev/tty; stty size; stat -c %F /dev/console; read line; echo "got $line"'
  edit_config "$WORK/b" '.process.terminal = true | .process.consoleSize = {"width": 91, "height": 27}'
  run -0 with_socket $'hello\n' -- gantry-runtime run --detach --console-socket "$WORK/console" --bundle "$WORK/b" c
  # The terminal's echo of the input comes when it comes.
  equal "$(grep -vx hello <<<"$output")" $'/dev/pts/0\nall\nx\n27 91\ncharacter special file\ngot hello'
}

@test "exec with a terminal, by socket" {
  make_bundle "$WORK/b" sleep 1000
  gantry-runtime run --detach --bundle "$WORK/b" c
  run -0 with_socket -- gantry-runtime exec --detach --tty --console-socket "$WORK/console" c tty
  equal "$output" /dev/pts/0
}

@test "a terminal in the foreground" {
  need script
  # shellcheck disable=SC2016
  make_bundle "$WORK/b" sh -c 'tty; exit 9'
  edit_config "$WORK/b" '.process.terminal = true'
  run -9 script --quiet --return --command "gantry-runtime run --bundle '$WORK/b' c" /dev/null
  contains "$output" /dev/pts/0
}

@test "exec --tty in the foreground" {
  need script
  make_bundle "$WORK/b" sleep 1000
  gantry-runtime run --detach --bundle "$WORK/b" c
  run -4 script --quiet --return --command "gantry-runtime exec --tty c sh -c 'tty; exit 4'" /dev/null
  contains "$output" /dev/pts/0
}

@test "the terminal belongs to the user" {
  need_root
  make_bundle "$WORK/b" sh -c 'stat -c %u $(tty); echo x >$(tty)'
  edit_config "$WORK/b" '.process.terminal = true | .process.user.uid = 1000'
  run -0 with_socket -- gantry-runtime run --detach --console-socket "$WORK/console" --bundle "$WORK/b" c
  equal "$output" $'1000\nx'
}

@test "a terminal that nobody takes is refused" {
  make_bundle "$WORK/b" true
  edit_config "$WORK/b" '.process.terminal = true'
  run ! gantry-runtime create --bundle "$WORK/b" c
  contains "$output" "use --console-socket"
  run ! gantry-runtime run --detach --bundle "$WORK/b" c
  contains "$output" "use --console-socket"
  run ! gantry-runtime create --console-socket "$WORK/nobody" --bundle "$WORK/b" c
  one_sentence "$output"
  equal "$(gantry-runtime list --quiet)" ""
}
