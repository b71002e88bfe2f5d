#!/usr/bin/env bats
# gantry task: tasks of a file in containers, cached by content; and stacker.yaml.

load ../support/common

setup() {
  make_world
  need busybox jq skopeo
  folder=$WORK/folder
  mkdir -p "$folder/src"
  echo one >"$folder/src/a"
  echo no >"$folder/src/skipped"
  gantry image bootstrap busybox >/dev/null
  cat >"$folder/toast.yml" <<'EOT'
image: busybox
default: report
tasks:
  compile:
    description: Make the program
    input_paths: [src]
    excluded_input_paths: [src/skipped]
    output_paths: [out]
    environment:
      MODE: plain
    command: |
      echo compiling >&2
      cat src/* >out
      echo $MODE >>out
  report:
    dependencies: [compile]
    command: wc -l out && rm out
  always:
    cache: false
    command: echo always runs
  broken:
    command: exit 9
EOT
}

task() { gantry task --progress plain --file "$folder/toast.yml" "$@"; }

@test "tasks run after those they depend on, and bring their files" {
  run -0 task
  contains "$output" compiling
  contains "$output" "2 out"
  equal "$(xargs <"$folder/out")" "one plain"
  [[ $(stat -c %u "$folder/out") == "$(id -u)" ]]
}

@test "what has not changed is not run again" {
  run -0 task
  run -0 task
  lacks "$output" "| compiling"
  echo changed >"$folder/src/skipped"
  run -0 task
  lacks "$output" "| compiling"
  echo two >"$folder/src/a"
  run -0 task
  contains "$output" "| compiling"
  MODE=fast run -0 task
  contains "$output" "| compiling"
  run -0 task --force compile
  contains "$output" "| compiling"
  run -0 task always
  run -0 task always
  contains "$output" "always runs"
}

@test "tasks that fail, are not there, or are listed" {
  run -9 task broken
  contains "$output" "ended with status 9"
  run -125 task nowhere
  contains "$output" nowhere
  run -0 task --list
  contains "$output" "Make the program"
  run -125 gantry task --file "$WORK/none"
}

@test "an ordinary user runs tasks" {
  need_user
  as_user gantry image bootstrap busybox >/dev/null
  as_user mkdir -p "$WORK/user/tmp/folder"
  as_user cp -r "$folder/." "$WORK/user/tmp/folder"
  run -0 as_user gantry task --file "$WORK/user/tmp/folder/toast.yml"
  [[ $(stat -c %u "$WORK/user/tmp/folder/out") == "$USER_ID" ]]
}

@test "a stacker.yaml builds" {
  cat >"$folder/stacker.yaml" <<'EOT'
tool:
  from:
    type: docker
    url: docker://busybox
  build_only: true
  import:
    - src/a
  run: |
    cp /stacker/imports/a /made 2>/dev/null || cp /stacker/a /made
    echo ${{WORD:nothing}} >>/made
app:
  from:
    type: scratch
  imports:
    - path: stacker://tool/made
      dest: /made
  cmd: /made
  labels:
    a: b
EOT
  run -0 gantry build --progress plain -f "$folder/stacker.yaml" --build-arg WORD=something -t app "$folder"
  gantry save --quiet --format oci-archive --output "$WORK/app.tar" app
  equal "$(skopeo inspect --config "oci-archive:$WORK/app.tar" | jq -rc '[.config.Labels, .config.Cmd]')" \
    '[{"a":"b"},["/made"]]'
  gantry build --quiet -f "$folder/stacker.yaml" --build-arg WORD=something --output "$WORK/files" "$folder"
  equal "$(xargs <"$WORK/files/made")" "one something"
}
