#!/usr/bin/env bats
# bats file_tags=slow
# Clients that misbehave, and a registry that dies.

load ../support/common
load serving

# acknowledged COUNT: so many images have been pushed.
acknowledged() { [[ -e $WORK/acknowledged ]] && (($(wc -l <"$WORK/acknowledged") >= $1)); }

@test "killed during pushes, it has all that it acknowledged" {
  need python3
  serve
  local round port=${REGISTRY##*:}
  for round in 1 2 3 4 5; do
    python3 "$GANTRY_SOURCE/test/registry/pusher.py" push "$port" "$WORK/acknowledged" "$round" &
    local pusher=$!
    eventually acknowledged "$((round * 2))"
    # The moment is what is random here.
    sleep "0.$(printf %03d $((RANDOM % 300)))"
    stop_serving KILL
    wait $pusher
    serve
    python3 "$GANTRY_SOURCE/test/registry/pusher.py" check "$port" "$WORK/acknowledged"
  done
}

@test "an upload goes on after the registry was killed" {
  serve
  local place digest
  printf 'first half ' >"$WORK/one"
  printf 'and second half' >"$WORK/two"
  digest=sha256:$(cat "$WORK/one" "$WORK/two" | sha256sum | cut -d' ' -f1)
  place=$(curl -sD - -o /dev/null -X POST "http://$REGISTRY/v2/a/blobs/uploads/" | tr -d '\r' | sed -n 's/^Location: //p')
  equal "$(ask -X PATCH --data-binary @"$WORK/one" "$place")" 202
  stop_serving KILL
  serve
  equal "$(curl -s -o /dev/null -D - "http://$REGISTRY$place" | tr -d '\r' | sed -n 's/^Range: //p')" 0-10
  equal "$(ask -X PUT --data-binary @"$WORK/two" "$place?digest=$digest")" 201
  equal "$(curl -s "http://$REGISTRY/v2/a/blobs/$digest")" "first half and second half"
}

@test "the same blob and tag pushed by many at the same time" {
  make_layout
  serve
  local i
  local -a pids=()
  for i in 1 2 3 4 5 6; do
    skopy "oci:$WORK/layout:image" "docker://$REGISTRY/app:same" &
    pids+=($!)
  done
  for i in "${pids[@]}"; do wait "$i"; done
  skopy "docker://$REGISTRY/app:same" "oci:$WORK/back:image"
  diff -r "$WORK/layout/blobs" "$WORK/back/blobs"
  equal "$(ls "$STORAGE/uploads")" ""
}

@test "clients that open many connections and say nothing stop nobody" {
  need python3
  serve
  python3 - "${REGISTRY##*:}" <<'PYTHON'
import socket, sys, http.client
port = int(sys.argv[1])
idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(400)]
for client in idle[:200]:
    client.sendall(b"POST /v2/a/blobs/uploads/ HTTP/1.1\r\nHost:")
asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
asking.request("GET", "/v2/")
assert asking.getresponse().status == 200
PYTHON
}

@test "hostile names, digests and heads touch no file and end nothing" {
  serve
  local name
  for name in '..%2f..%2fetc' '../../etc' 'a/%2e%2e/b' A 'a//b' '%00' "$(printf 'a%.0s' {1..300})"; do
    [[ $(ask --path-as-is "/v2/$name/manifests/latest") == 40[04] ]]
    [[ $(ask --path-as-is -X POST "/v2/$name/blobs/uploads/") == 40[04] ]]
  done
  [[ $(ask --path-as-is /v2/a/blobs/sha256:../../registry.db) == 40[04] ]]
  equal "$(ask --path-as-is -X PUT -d x "/v2/a/blobs/uploads/..?digest=sha256:$(printf x | sha256sum | cut -c1-64)")" 404
  equal "$(ask -H "X: $(printf 'a%.0s' {1..20000})" /v2/)" 431
  equal "$(find "$STORAGE" -name '*etc*')" ""
  equal "$(ask /v2/)" 200
}

@test "it ends on SIGTERM when what it was doing is done" {
  need python3
  serve
  python3 - "${REGISTRY##*:}" "$SERVER_PID" <<'PYTHON'
import http.client, os, signal, sys
client = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20)
client.putrequest("POST", "/v2/a/blobs/uploads/?digest=sha256:"
                  "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
client.putheader("Content-Length", "5")
client.endheaders(b"hel")
os.kill(int(sys.argv[2]), signal.SIGTERM)
client.send(b"lo")
assert client.getresponse().status == 201
PYTHON
  eventually gone "$SERVER_PID"
}

@test "killed during a collection, it is sound, and every image is there" {
  need python3
  serve
  local port=${REGISTRY##*:} round i
  for round in 1 2 3 4; do
    python3 "$GANTRY_SOURCE/test/registry/pusher.py" push "$port" "$WORK/acknowledged" "$round" 3>&- &
    local pusher=$!
    eventually acknowledged "$((round * 2))"
    kill $pusher
    wait $pusher || true
    for ((i = 0; i < 40; i++)); do
      head -c 1000 /dev/urandom >"$WORK/useless"
      equal 201 "$(ask -X POST --data-binary @"$WORK/useless" "/v2/useless/blobs/uploads/?digest=sha256:$(sha256sum <"$WORK/useless" | cut -d' ' -f1)")"
    done
    gantry registry gc --storage "$STORAGE" --grace 0s &
    local collection=$!
    # The moment is what is random here.
    sleep "0.$(printf %03d $((RANDOM % 80)))"
    kill -KILL $collection 2>/dev/null || true
    wait $collection || true
    gantry registry fsck --storage "$STORAGE"
    python3 "$GANTRY_SOURCE/test/registry/pusher.py" check "$port" "$WORK/acknowledged"
  done
  gantry registry gc --storage "$STORAGE" --grace 0s
  equal "$(ask "/v2/useless/tags/list")" 200
  python3 "$GANTRY_SOURCE/test/registry/pusher.py" check "$port" "$WORK/acknowledged"
}

@test "collections while images are pushed and pulled take nothing of them" {
  make_layout
  serve
  local i
  (while [[ ! -e $WORK/stop ]]; do gantry registry gc --storage "$STORAGE" >/dev/null; done) 3>&- &
  local collections=$!
  for i in 1 2 3 4 5; do
    skopy "oci:$WORK/layout:image" "docker://$REGISTRY/app$i:1"
    skopy "docker://$REGISTRY/app$i:1" "oci:$WORK/back$i:image"
    diff -r "$WORK/layout/blobs" "$WORK/back$i/blobs"
    ask -X DELETE "/v2/app$i/manifests/1"
  done
  touch "$WORK/stop"
  wait $collections
  run -0 gantry registry fsck --storage "$STORAGE"
}

@test "damage is found and mended by another push" {
  make_layout
  serve
  skopy "oci:$WORK/layout:image" "docker://$REGISTRY/app:1"
  local blob=$STORAGE/blobs/sha256/${BIG#sha256:}
  printf x | dd of="$blob" bs=1 seek=1000 conv=notrunc status=none
  run -1 gantry registry fsck --storage "$STORAGE"
  contains "$output" "$BIG is damaged: a blob of app"
  run -1 gantry registry fsck --storage "$STORAGE" --repair
  contains "$output" "1 repaired"
  skopy "oci:$WORK/layout:image" "docker://$REGISTRY/app:1"
  run -0 gantry registry fsck --storage "$STORAGE"
  skopy "docker://$REGISTRY/app:1" "oci:$WORK/back:image"
  diff -r "$WORK/layout/blobs" "$WORK/back/blobs"
  run -125 gantry registry fsck --storage "$WORK/nothing"
  one_sentence "$output"
}

@test "a full disk is said, costs only what did not fit, and is no longer full afterwards" {
  need_root
  mkdir "$WORK/small"
  head -c 6000000 /dev/urandom >"$WORK/large"
  printf small >"$WORK/little"
  export WORK GANTRY_BIN
  run -0 unshare --mount --propagation private bash -c '
    set -euo pipefail
    mount -t tmpfs -o size=4m none "$WORK/small"
    "$GANTRY_BIN/gantry" --root "$WORK/root" registry serve --listen 127.0.0.1:0 --storage "$WORK/small/storage" >"$WORK/full.out" 2>&1 3>&- &
    server=$!
    trap "kill $server; wait $server" EXIT
    until grep -qs "listening on" "$WORK/full.out"; do kill -0 $server; done
    address=$(sed -n "s/^listening on //p" "$WORK/full.out")
    digest() { echo "sha256:$(sha256sum <"$1" | cut -d" " -f1)"; }
    ask() { curl --silent --output "$WORK/answer" --write-out "%{http_code}\n" "$@"; }
    place=$(curl -s -D - -o "$WORK/answer" -X POST "http://$address/v2/a/blobs/uploads/" | tr -d "\r" | sed -n "s/^Location: //p")
    ask -X POST --data-binary @"$WORK/large" "http://$address/v2/a/blobs/uploads/?digest=$(digest "$WORK/large")"
    ask -X PATCH --data-binary @"$WORK/large" "http://$address$place"
    ask -X POST --data-binary @"$WORK/little" "http://$address/v2/a/blobs/uploads/?digest=$(digest "$WORK/little")"
    curl -s "http://$address/v2/a/blobs/$(digest "$WORK/little")"'
  equal "$output" $'507\n507\n201\nsmall'
}

@test "a push that is killed is gone on with from the last byte that has come" {
  need python3
  mkdir "$WORK/files"
  head -c 20000000 /dev/urandom >"$WORK/files/noise"
  tar -C "$WORK/files" -c noise | gantry import --quiet - app
  serve
  start_proxy 'PATCH /blobs/ cut-upload=5000000 times=1' "GET /blobs/uploads/ hold=$WORK/go"
  gantry push --tls-verify=false --quiet app "$PROXY/app" 3>&- &
  local pid=$!
  eventually grep -q '"method": "PATCH"' "$PROXY_LOG"
  kill -KILL $pid
  wait $pid || true
  touch "$WORK/go"
  gantry push --tls-verify=false --quiet app "$PROXY/app"
  equal "$(jq -n '[inputs | select(.method == "PATCH") | .received] | length == 2 and .[1] < 15100000' "$PROXY_LOG")" true
  equal "$(ls "$WORK/root/uploads")" ""
  gantry rmi app >/dev/null
  gantry pull --tls-verify=false --quiet "$REGISTRY/app" >/dev/null
}
