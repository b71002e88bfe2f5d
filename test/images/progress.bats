#!/usr/bin/env bats
# bats file_tags=slow
# How pull, push, copy, load and save show how far they have come: on a terminal, elsewhere, and not at all.

load ../support/common
load peers
load remote

setup() {
  make_remote_world
  make_layout
  start_registry
  publish app
}
teardown() { end_remote_world; }

# The last picture that a terminal has shown, and all of them.
on_terminal() { python3 -B "$BATS_TEST_DIRNAME/terminal.py" "$@"; }
last_picture() { awk '/^-----/ { last = picture; picture = ""; next } { picture = picture $0 "\n" } END { printf "%s", last }'; }

# told TEXT: a line for each blob, and nothing that moves a cursor.
told() {
  equal "$(grep -c '^Copying blob sha256:[0-9a-f]\{64\} done ([0-9.]*[kM]*B)$' <<<"$1")" 3
  equal "$(grep -c '^Copying config sha256:[0-9a-f]\{64\} done' <<<"$1")" 1
  lacks "$1" $'\x1b'
  lacks "$1" $'\r'
}

@test "plain lines on standard error where there is no terminal" {
  run -0 --separate-stderr gantry pull --tls-verify=false "$REGISTRY/app"
  matches "$output" '^[0-9a-f]{64}$'
  # shellcheck disable=SC2154  # run sets it
  told "$stderr"
  run -0 --separate-stderr gantry image copy --tls-verify=false "docker://$REGISTRY/app" "oci:$WORK/copy:app"
  told "$stderr"
  run -0 --separate-stderr gantry save --format oci-archive -o "$WORK/app.tar" "$REGISTRY/app"
  equal "$output" ''
  told "$stderr"
  run -0 --separate-stderr gantry --root "$WORK/other" load -i "$WORK/app.tar"
  told "$stderr"
  local image=$REGISTRY/app
  start_small_registry
  run -0 --separate-stderr gantry push --tls-verify=false "$image" "$REGISTRY/app"
  matches "$output" '^sha256:[0-9a-f]{64}$'
  told "$stderr"
  contains "$stderr" 'Writing manifest sha256:'
}

@test "what is there already is told" {
  pull "$REGISTRY/app"
  run -0 --separate-stderr gantry pull --tls-verify=false "$REGISTRY/app"
  equal "$(grep -c 'skipped: already exists$' <<<"$stderr")" 3
  run -0 --separate-stderr gantry push --tls-verify=false "$REGISTRY/app" "$REGISTRY/app:2"
  equal "$(grep -c 'skipped: already exists$' <<<"$stderr")" 4
}

@test "--quiet prints the digest alone" {
  local digest
  digest=$(manifest_digest "oci:$WORK/layout:image")
  equal "$(gantry pull -q --tls-verify=false "$REGISTRY/app" 2>&1)" "$digest"
  equal "$(gantry push -q --tls-verify=false "$REGISTRY/app" "$REGISTRY/third" 2>&1)" ''
  equal "$(gantry image copy -q --tls-verify=false "docker://$REGISTRY/app" "oci:$WORK/copy:app" 2>&1)" ''
  equal "$(gantry save -q -o "$WORK/app.tar" "$REGISTRY/app" 2>&1)" ''
  equal "$(gantry --root "$WORK/other" load -q -i "$WORK/app.tar" 2>&1)" ''
}

@test "on a terminal a line for each layer, with bar and bytes, and one for all" {
  start_proxy "GET /blobs/ delay=0.5"
  on_terminal 24x80 gantry pull --tls-verify=false "$PROXY/app" >"$WORK/pictures"
  grep -E '^Copying blob [0-9a-f]{12} \[[=> ]+\] [0-9.]+k?M?B / [0-9.]+k?M?B' "$WORK/pictures"
  grep -E '^Total \[[=> ]+\] [0-9.]+k?M?B / [0-9.]+MB' "$WORK/pictures"
  last_picture <"$WORK/pictures" >"$WORK/last"
  equal "$(grep -c '^Copying blob [0-9a-f]\{12\} done (' "$WORK/last")" 3
  equal "$(grep -c '^Copying config [0-9a-f]\{12\} done (' "$WORK/last")" 1
  grep -E '^Total: [0-9.]+MB in [0-9.]+ s, [0-9.]+k?M?B/s$' "$WORK/last"
  equal "$(grep -cF '[' "$WORK/last")" 0
  # Nothing is left below but the image's id.
  matches "$(tail -n 1 "$WORK/last" | tr -d '\r')" '^([0-9a-f]{64})?$'
}

@test "in a window that is too small, and gets narrower" {
  start_proxy "GET /blobs/ delay=0.5"
  on_terminal 3x30 gantry pull --tls-verify=false "$PROXY/app" >"$WORK/pictures"
  grep -E '^Total' "$WORK/pictures"
  gantry rmi "$PROXY/app"
  start_proxy "GET /blobs/ delay=0.5"
  on_terminal 24x100,24x40 gantry pull --tls-verify=false "$PROXY/app" >"$WORK/pictures"
}

@test "an error takes the bars away and is one sentence" {
  start_proxy "GET /blobs/$BIG flip=2000000 delay=0.3"
  run -125 on_terminal 24x80 gantry pull --tls-verify=false "$PROXY/app"
  last_picture <<<"$output" >"$WORK/last"
  equal "$(grep -cF '[' "$WORK/last")" 0
  equal "$(grep -c '^gantry: layer 2 ' "$WORK/last")" 1
}
