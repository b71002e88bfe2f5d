#!/usr/bin/env bats
# Help, man pages and what is said about wrong words: for every command there is, found through the help itself.

load ../support/common

# commands [COMMAND…]: the full name of every command below, a line each.
commands() {
  local name
  for name in $(gantry "$@" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
    echo "$*${1:+ }$name"
    commands "$@" "$name"
  done
}

@test "every command has a summary, a usage line and no line over 80 columns" {
  local name
  local -a words
  while read -r name; do
    read -ra words <<<"$name"
    run -0 gantry "${words[@]}" --help
    contains "${lines[0]}" "Usage: gantry $name"
    ((${#lines[@]} > 3)) || fail "little help on '$name': $output"
    run ! grep -E '.{81,}' <<<"$output"
  done < <(commands)
}

@test "every command has a man page without warnings" {
  need man
  local name page
  local -a words
  while read -r name; do
    read -ra words <<<"$name"
    page=$WORK/page.1
    gantry man "${words[@]}" >"$page"
    run -0 --separate-stderr env LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -l -P cat "$page"
    # shellcheck disable=SC2154 # set by run
    equal "$stderr" ""
    contains "$output" "gantry-${name// /-}"
    contains "$output" "SYNOPSIS"
  done < <(
    echo run
    commands
  )
  gantry man >"$WORK/page.1"
  run -0 env LC_ALL=C.UTF-8 man --warnings -l -P cat "$WORK/page.1"
  contains "$output" "gantry-run(1)"
}

@test "help is printed in every spelling" {
  local expected
  expected=$(gantry ps --help)
  equal "$(gantry help ps)" "$expected"
  equal "$(gantry --help ps)" "$expected"
  equal "$(gantry ps -h)" "$expected"
  equal "$(gantry ps -a --help)" "$expected"
  matches "$expected" "^Usage: gantry ps "
  run -0 gantry --help
  contains "$output" "Commands:"
}

@test "the version is printed in every spelling" {
  run -0 gantry version --format '{{.Version}}'
  local version=$output
  matches "$version" '^[0-9]+\.[0-9]+\.[0-9]+$'
  equal "$(gantry --version)" "gantry version $version"
  equal "$(gantry version --format json | jq -r .Client.Version)" "$version"
  equal "$(gantry version --format '{{.Client.Version}}')" "$version"
  contains "$(gantry version)" "Version:  $version"
}

@test "an unknown option is one sentence with a suggestion and exit code 125" {
  run -125 gantry run --evn A=1 busybox
  equal "$output" "gantry: 'gantry run' has no option '--evn'; did you mean '--env'? (see 'gantry run --help')"
  run -125 gantry ps --xylophone
  equal "$output" "gantry: 'gantry ps' has no option '--xylophone' (see 'gantry ps --help')"
}

@test "an unknown command is one sentence with a suggestion and exit code 125" {
  run -125 gantry rnu busybox
  equal "$output" "gantry: 'gantry' has no command 'rnu'; did you mean 'run'? (see 'gantry --help')"
  run -125 gantry image lss
  equal "$output" "gantry: 'gantry image' has no command 'lss'; did you mean 'ls'? (see 'gantry image --help')"
  run -125 gantry image
  equal "$output" "gantry: 'gantry image' needs a command (see 'gantry image --help')"
}

@test "bad values name their option" {
  local -a call
  while read -ra call; do
    run -125 gantry "${call[@]}"
    one_sentence "$output"
    contains "$output" "option ${call[1]%%=*}"
  done <<'END'
run --memory=lots busybox
run --cpus=-1 busybox
run --pids-limit=many busybox
run --stop-timeout=-5 busybox
run --network=../x busybox
run --pull=sometimes busybox
run --volume=data:only busybox
run --mount=type=nfs busybox
run --ulimit=nofile busybox
run --env-file=/nowhere busybox
run --rm=perhaps busybox
logs --tail=few web
logs --since=yesterday web
kill --signal=NOSUCH web
ps --last=few
ps --filter=web
images --filter=colour=red
END
}

@test "too few and too many words are refused" {
  run -125 gantry container exists
  equal "$output" "gantry: 'gantry container exists' needs one CONTAINER (see 'gantry container exists --help')"
  run -125 gantry exec web
  one_sentence "$output"
  run -125 gantry ps web
  equal "$output" "gantry: 'gantry ps' takes no arguments (see 'gantry ps --help')"
  run -125 gantry run
  contains "$output" "no image is named"
  run -125 gantry rm
  contains "$output" "no container is named"
}

@test "a closed stdout is an error, a broken pipe a quiet end" {
  run -125 bash -c 'gantry version >/dev/full'
  contains "$output" "cannot write to standard output"
  run -0 bash -c 'gantry run --help | true'
  equal "$output" ""
}
