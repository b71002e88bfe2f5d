# The record of what has happened.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  need jq
  gantry image bootstrap busybox >/dev/null
}

past() { gantry events --stream=false "$@"; }

@test "a container's life is on record" {
  gantry run --name web --label tier=front busybox sh -c 'exit 4' || true
  gantry rm web
  run -0 past --filter container=web --format '{{.Status}}'
  equal "$output" $'create\nstart\ndied\nremove'
  run -0 past --filter event=died --format json
  equal "$(jq -r '"\(.Name) \(.Type) \(.ContainerExitCode) \(.Attributes.tier)"' <<<"$output")" "web container 4 front"
}

@test "events are chosen by type, label, image and time" {
  gantry create --name one --label a=b busybox true
  gantry create --name two busybox true
  equal "$(past --filter label=a=b --format '{{.Name}}')" one
  equal "$(past --filter image=busybox --format '{{.Name}}' | wc -l)" 2
  equal "$(past --filter type=pod)" ""
  equal "$(past --since 1h --format '{{.Name}}' | wc -l)" 2
  equal "$(past --until 1h)" ""
  run -125 past --filter colour=red
  contains "$output" "no filter 'colour'"
}

@test "events are shown as they happen" {
  gantry events --filter event=create --format '{{.Name}}' >"$WORK/out" 3>&- &
  local watcher=$!
  eventually sh -c "gantry create busybox true >/dev/null && [ -s $WORK/out ]"
  gantry create --name last busybox true
  eventually grep -qx last "$WORK/out"
  kill $watcher
  wait $watcher || true
}

@test "the record outlives the loss of the run folder" {
  gantry run --name web busybox true
  eventually sh -c "! pgrep -f 'gantry-monitor [0-9]+ web$'"
  rm -rf "$WORK/run"
  equal "$(past --filter event=died --format '{{.Name}}')" web
}

@test "events end at the time that is given" {
  run -0 timeout 20 gantry events --since 1h --until "$(date -u -d '+1 second' +%FT%TZ)"
}
