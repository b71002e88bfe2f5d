#!/usr/bin/env bats
# The registry by TLS.

load ../support/common
load serving

serve_tls() {
  need openssl
  make_certificates plain
  serve --tls-cert "$WORK/tls/server.crt" --tls-key "$WORK/tls/server.key" "$@"
}

# ask_tls OPTION… PATH: the answer's status.
ask_tls() { curl --silent --cacert "$REGISTRY_CA" --output "$WORK/answer" --write-out '%{http_code}' "${@:1:$#-1}" "https://$REGISTRY${!#}"; }

@test "images come and go by TLS" {
  need_root
  make_layout
  serve_tls
  skopeo copy --quiet --dest-cert-dir "$REGISTRY_CERTS" "oci:$WORK/layout:image" "docker://$REGISTRY/app:1"
  skopeo copy --quiet --src-cert-dir "$REGISTRY_CERTS" "docker://$REGISTRY/app:1" "oci:$WORK/back:image"
  diff -r "$WORK/layout/blobs" "$WORK/back/blobs"
  gantry pull --quiet --cert-dir "$REGISTRY_CERTS" "$REGISTRY/app:1"
  is_whole "$REGISTRY/app:1"
  gantry push --quiet --cert-dir "$REGISTRY_CERTS" "$REGISTRY/app:1" "$REGISTRY/app:2"
  curl -s --cacert "$REGISTRY_CA" -r 1000-1999 "https://$REGISTRY/v2/app/blobs/$BIG" >"$WORK/part"
  cmp "$WORK/part" <(tail -c +1001 "$WORK/layout/blobs/sha256/${BIG#sha256:}" | head -c 1000)
}

@test "passwords and TLS" {
  need htpasswd
  htpasswd -Bbn -C 4 alice secret >"$WORK/htpasswd"
  serve_tls --htpasswd "$WORK/htpasswd"
  equal "$(ask_tls /v2/)" 401
  equal "$(ask_tls -u alice:secret /v2/)" 200
}

@test "a client that speaks no TLS, and one that says nothing, stop nobody" {
  need python3
  serve_tls
  run ! curl -s --max-time 10 "http://$REGISTRY/v2/"
  python3 - "${REGISTRY##*:}" "$REGISTRY_CA" <<'PYTHON'
import http.client, socket, ssl, sys
port = int(sys.argv[1])
silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
for client in silent[:25]:
    client.sendall(b"\x16\x03\x01\x02\x00\x01")
asking = http.client.HTTPSConnection("127.0.0.1", port, context=ssl.create_default_context(cafile=sys.argv[2]), timeout=10)
for _ in range(3):
    asking.request("GET", "/v2/")
    answer = asking.getresponse()
    assert answer.status == 200 and answer.read() == b"{}\n"
PYTHON
}

@test "a new certificate counts at once, and a wrong one leaves the old" {
  serve_tls
  local before
  serial() { openssl s_client -connect "$REGISTRY" </dev/null 2>/dev/null | openssl x509 -noout -serial; }
  renewed() { [[ $(serial) != "$before" ]]; }
  before=$(serial)
  sign_certificate server /CN=localhost subjectAltName=IP:127.0.0.1,DNS:localhost
  eventually renewed
  equal "$(ask_tls /v2/)" 200
  before=$(serial)
  echo nonsense >"$WORK/tls/server.crt"
  eventually grep -q 'certificate' "$WORK/$SERVER.out"
  equal "$(serial)" "$before"
}

@test "certificates that cannot be used are named" {
  need openssl
  make_certificates plain
  echo nonsense >"$WORK/nonsense"
  run -125 gantry registry serve --listen 127.0.0.1:0 --storage "$STORAGE" --tls-cert "$WORK/nonsense" --tls-key "$WORK/tls/server.key"
  one_sentence "$output"
  contains "$output" "$WORK/nonsense"
  run -125 gantry registry serve --listen 127.0.0.1:0 --storage "$STORAGE" --tls-cert "$WORK/tls/server.crt" --tls-key "$WORK/tls/ca.key"
  one_sentence "$output"
  run -125 gantry registry serve --listen 127.0.0.1:0 --storage "$STORAGE" --tls-cert "$WORK/tls/server.crt"
  one_sentence "$output"
}
