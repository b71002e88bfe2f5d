#!/usr/bin/env bats
# The completion scripts, and what the program offers them.

load ../support/common

# bash_completes LINE: what bash would offer at the end of LINE, a word a line.
bash_completes() {
  bash -c '
    source <(gantry completion bash)
    compopt() { :; }
    COMP_LINE=$1 COMP_POINT=${#1}
    _gantry
    printf "%s\n" "${COMPREPLY[@]}"' bash "$1"
}

@test "the scripts are valid in their shells" {
  local shell
  for shell in bash zsh fish; do
    gantry completion "$shell" >"$WORK/$shell"
    [[ -s $WORK/$shell ]]
    command -v "$shell" >/dev/null || continue
    "$shell" -n "$WORK/$shell"
  done
  run -125 gantry completion csh
  one_sentence "$output"
}

@test "bash completes commands, options and values" {
  equal "$(bash_completes "gantry ver")" version
  equal "$(bash_completes "gantry image insp")" inspect
  equal "$(bash_completes "gantry run --cidf")" --cidfile
  equal "$(bash_completes "gantry run --pull ")" $'missing\nalways\nnever\nnewer'
  equal "$(bash_completes "gantry run --pull=a")" always
  equal "$(bash_completes "gantry --log-level deb")" debug
  equal "$(bash_completes "gantry nonsense ")" ""
}

@test "bash completes files where an option takes one" {
  touch "$WORK/one.env"
  equal "$(cd "$WORK" && bash_completes "gantry run --env-file on")" one.env
  equal "$(cd "$WORK" && bash_completes "gantry run --env-file=on")" one.env
}

@test "fish completes through the program" {
  need fish
  gantry completion fish >"$WORK/gantry.fish"
  run -0 fish --no-config -c "source $WORK/gantry.fish; complete --do-complete 'gantry run --cidf'"
  contains "$output" --cidfile
  run -0 fish --no-config -c "source $WORK/gantry.fish; complete --do-complete 'gantry '"
  contains "$output" "inspect"
}

@test "zsh completes through the program" {
  need zsh
  gantry completion zsh >"$WORK/_gantry"
  run -0 zsh -f -c '
    compdef() { :; }
    _describe() { print -rl -- $found; }
    source $1
    words=(gantry run --cidf) CURRENT=3
    _gantry' zsh "$WORK/_gantry"
  contains "$output" "--cidfile:Write"
}

@test "names of containers complete" {
  gantry create --name web-one --rootfs "$(rootfs)" true
  gantry create --name web-two --rootfs "$(rootfs)" true
  equal "$(bash_completes "gantry rm web-" | sort)" $'web-one\nweb-two'
  equal "$(bash_completes "gantry stop web-")" ""
}
