#!/usr/bin/env bats
# bats file_tags=slow
# Clients that misbehave, and a registry that dies.

load ../support/common
load serving

@test "killed during pushes, it has all that it acknowledged" {
  need python3
  serve
  local round port=${REGISTRY##*:}
  for round in 1 2 3 4 5; do
    python3 "$GANTRY_SOURCE/test/registry/pusher.py" push "$port" "$WORK/acknowledged" "$round" &
    local pusher=$!
    # The moment is what is random here.
    sleep "0.$(printf %03d $((RANDOM % 700 + 100)))"
    stop_serving KILL
    wait $pusher
    serve
    python3 "$GANTRY_SOURCE/test/registry/pusher.py" check "$port" "$WORK/acknowledged"
  done
  [[ $(wc -l <"$WORK/acknowledged") -gt 5 ]] || fail "too little was pushed"
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
