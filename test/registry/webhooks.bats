#!/usr/bin/env bats
# bats file_tags=slow
# What happens to images is told to others: signed, in order, again when they fail, and also after a restart.

load ../support/common
load serving

SECRET=0123456789abcdef0123456789abcdef

# receive OPTION…: sets RECEIVER and its log RECEIVED.
receive() {
  need python3
  spawn_python receiver webhook_receiver.py --secret "$SECRET" "$@"
  RECEIVER=$ADDRESS RECEIVED=$LOG RECEIVER_PID=$(tail -n 1 "$WORK/servers")
}

# tell_them [LINE…]: the configuration; the lines are more members of the item.
tell_them() {
  echo "$SECRET" >"$WORK/secret"
  {
    printf 'webhooks:\n- url: http://%s/hook\n  secret-file: %s\n' "$RECEIVER" "$WORK/secret"
    for line in "$@"; do printf '  %s\n' "$line"; done
  } >"$WORK/config.yaml"
}
received() { [[ -e $RECEIVED && $(jq -s '[.[] | select(.status == 204)] | length' "$RECEIVED") == "$1" ]]; }

@test "pushes and deletions are told as signed CloudEvents" {
  make_layout
  receive
  tell_them
  serve --config "$WORK/config.yaml" --public-url https://registry.example
  skopy "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:1"
  skopeo delete --tls-verify=false "docker://$REGISTRY/team/app:1"
  eventually received 2
  equal "$(jq -s -c 'map(.signed) | unique' "$RECEIVED")" '[true]'
  equal "$(jq -s -r '.[0].type' "$RECEIVED")" 'application/cloudevents+json; charset=utf-8'
  local digest
  digest=$(jq -r '.manifests[0].digest' "$WORK/layout/index.json")
  equal "$(jq -s -c '.[0].event | [.specversion, .type, .source, .subject, .data.repository, .data.tag, .data.digest]' "$RECEIVED")" \
    "[\"1.0\",\"gantry.registry.push\",\"https://registry.example\",\"team/app:1\",\"team/app\",\"1\",\"$digest\"]"
  equal "$(jq -s -c '.[1].event | [.type, .subject]' "$RECEIVED")" "[\"gantry.registry.delete\",\"team/app@$digest\"]"
  equal "$(jq -s -c '.[0].id == .[0].event.id' "$RECEIVED")" true
}

@test "what a receiver refuses is told again, in order" {
  make_layout
  receive --refuse 2
  tell_them
  serve --config "$WORK/config.yaml"
  skopy "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:1"
  skopy "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:2"
  eventually received 2
  equal "$(jq -s -c 'map([.event.subject, .status, .tried])' "$RECEIVED")" \
    '[["team/app:1",503,1],["team/app:1",503,2],["team/app:1",204,3],["team/app:2",204,1]]'
}

@test "what was not told before kill -9 is told after the restart" {
  make_layout
  receive
  tell_them
  kill -TERM "$RECEIVER_PID"
  eventually gone "$RECEIVER_PID"
  serve --config "$WORK/config.yaml"
  skopy "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:1"
  stop_serving KILL
  serve --config "$WORK/config.yaml"
  receive --port "${RECEIVER##*:}"
  eventually received 1
  equal "$(jq -r '.event.subject' "$RECEIVED")" team/app:1
}

@test "only what was asked for is told" {
  make_layout
  receive
  tell_them 'events: [delete]' 'repositories: [team/*]'
  serve --config "$WORK/config.yaml"
  skopy "oci:$WORK/layout:image" "docker://$REGISTRY/other/app:1"
  skopy "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:1"
  equal "$(ask -X DELETE /v2/other/app/manifests/1)" 202
  equal "$(ask -X DELETE /v2/team/app/manifests/1)" 202
  eventually received 1
  equal "$(jq -c '[.event.type, .event.subject]' "$RECEIVED")" '["gantry.registry.delete","team/app:1"]'
}

@test "what retention removes is told too" {
  make_layout
  receive
  tell_them 'events: [delete]'
  printf 'retention:\n- {repositories: "*", keep-last: 0, every: 1s}\n' >>"$WORK/config.yaml"
  serve --config "$WORK/config.yaml"
  skopy "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:1"
  eventually received 1
  equal "$(jq -c '[.event.subject, .event.data.actor]' "$RECEIVED")" '["team/app:1","retention"]'
}

@test "what is wrong with a receiver is said in a sentence" {
  local bad
  echo short >"$WORK/short"
  for bad in '{url: nonsense}' '{events: push}' '{url: "http://a/", events: [pull]}' '{url: "ftp://a/"}' \
    "{url: 'http://a/', secret-file: $WORK/short}" "{url: 'http://a/', secret-file: $WORK/none}" \
    '{url: "http://a/"}, {url: "http://a/"}'; do
    echo "webhooks: [$bad]" >"$WORK/bad.yaml"
    run -125 gantry registry serve --storage "$STORAGE" --config "$WORK/bad.yaml" --check
    one_sentence "$output"
  done
}
