# Registries on 127.0.0.1 for one test, on free ports, with all that they hold below $WORK. A suite that loads this ends
# them in its teardown: `end_servers`, then `end_world`.
#
#   start_registry --tls --htpasswd user secret
#   skopeo copy --dest-cert-dir "$REGISTRY_CERTS" --dest-creds user:secret oci:… "docker://$REGISTRY/image"

# spawn NAME COMMAND…: a server in the background, its output in $WORK/NAME.out.
spawn() {
  local name=$1
  shift
  "$@" >"$WORK/$name.out" 2>&1 3>&- &
  echo $! >>"$WORK/servers"
  disown
}

# end_servers: all that were started, whichever way the test went.
end_servers() {
  local pid
  [[ -e $WORK/servers ]] || return 0
  while read -r pid; do
    kill -KILL "$pid" 2>/dev/null || true
  done <"$WORK/servers"
}

# new_server NAME: sets SERVER to the first of NAME-1, NAME-2, … that this test has not had.
new_server() {
  local number=1
  while [[ -e $WORK/$1-$number.out ]]; do ((++number)); done
  SERVER=$1-$number
}

# spawn_python NAME SCRIPT OPTION…: sets SERVER, its ADDRESS and its LOG.
spawn_python() {
  local script=$GANTRY_SOURCE/test/support/$2
  new_server "$1"
  shift 2
  LOG=$WORK/$SERVER.log
  spawn "$SERVER" python3 -B "$script" --ready "$WORK/$SERVER.ready" --log "$LOG" "$@"
  eventually [ -s "$WORK/$SERVER.ready" ] || fail "$(cat "$WORK/$SERVER.out")"
  read -r ADDRESS <"$WORK/$SERVER.ready"
}

# start_registry [--tls] [--mutual] [--htpasswd USER PASSWORD] [--token] [--delete]: Debian's docker-registry. Sets
# REGISTRY to its host and port and REGISTRY_STORAGE to its folder.
#   --tls       a certificate for 127.0.0.1 and localhost by REGISTRY_CA; REGISTRY_CERTS is a folder as --cert-dir wants
#   --mutual    the same, and who has no certificate may not enter: REGISTRY_CLIENT_CERT and REGISTRY_CLIENT_KEY
#   --htpasswd  basic authentication
#   --token     tokens of the server that start_token_server started
#   --delete    blobs and manifests can be deleted
start_registry() {
  need docker-registry openssl htpasswd
  local tls="" auth="" deletes=false
  while (($# > 0)); do
    case $1 in
      --tls) tls=plain ;;
      --mutual) tls=mutual ;;
      --htpasswd) auth=$(htpasswd_config "$2" "$3") && shift 2 ;;
      --token) auth=$(token_config) ;;
      --delete) deletes=true ;;
      *) fail "start_registry: no option $1" || return 1 ;;
    esac
    shift
  done
  [[ -z $tls ]] || make_certificates "$tls"
  new_server registry
  REGISTRY_STORAGE=$WORK/$SERVER.storage
  registry_config "$deletes" "$tls" "$auth" >"$WORK/$SERVER.yml"
  # It would take a variable of the tools that log in for a part of its configuration.
  spawn "$SERVER" env --unset=REGISTRY_AUTH_FILE docker-registry serve "$WORK/$SERVER.yml"
  eventually grep -q 'listening on' "$WORK/$SERVER.out" || fail "$(cat "$WORK/$SERVER.out")"
  # shellcheck disable=SC2034  # for the tests
  REGISTRY=$(sed -nE 's/.*listening on (127\.0\.0\.1:[0-9]+).*/\1/p' "$WORK/$SERVER.out")
}

# The log of accesses would be the largest file of most tests; who wants to know puts a proxy before the registry.
registry_config() {
  printf 'version: 0.1\nlog: {accesslog: {disabled: true}}\n'
  printf 'storage: {filesystem: {rootdirectory: %s}, delete: {enabled: %s}, maintenance: {uploadpurging: {enabled: false}}}\n' \
    "$REGISTRY_STORAGE" "$1"
  printf 'http:\n  addr: 127.0.0.1:0\n'
  if [[ -n $2 ]]; then
    printf '  tls:\n    certificate: %s\n    key: %s\n' "$WORK/tls/server.crt" "$WORK/tls/server.key"
    [[ $2 != mutual ]] || printf '    clientcas: [%s]\n' "$WORK/tls/ca.crt"
  fi
  printf '%s' "${3:+$3$'\n'}"
}

htpasswd_config() {
  # The least cost of bcrypt, as each request of a test pays it.
  htpasswd -Bbn -C 4 "$1" "$2" >"$WORK/htpasswd"
  printf 'auth: {htpasswd: {realm: test, path: %s}}' "$WORK/htpasswd"
}

token_config() {
  printf 'auth: {token: {realm: "http://%s/token", service: gantry-test, issuer: gantry-test-issuer, rootcertbundle: %s}}' \
    "$TOKEN_SERVER" "$WORK/token.crt"
}

# start_token_server OPTION…: the options of token_server.py, such as --user NAME:PASSWORD. Sets TOKEN_SERVER and
# TOKEN_LOG.
start_token_server() {
  need openssl python3
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=tokens -keyout "$WORK/token.key" -out "$WORK/token.crt" \
    2>"$WORK/openssl.out" || fail "$(cat "$WORK/openssl.out")"
  spawn_python token token_server.py --key "$WORK/token.key" --certificate "$WORK/token.crt" "$@"
  TOKEN_SERVER=$ADDRESS
  # shellcheck disable=SC2034  # for the tests
  TOKEN_LOG=$LOG
}

# start_proxy RULE…: faulty_proxy.py before REGISTRY. Sets PROXY and PROXY_LOG.
start_proxy() {
  spawn_python proxy faulty_proxy.py --upstream "$REGISTRY" "$@"
  # shellcheck disable=SC2034  # for the tests
  PROXY=$ADDRESS PROXY_LOG=$LOG
}

# start_small_registry OPTION…: small_registry.py. Sets REGISTRY and REGISTRY_LOG.
start_small_registry() {
  spawn_python small small_registry.py "$@"
  # shellcheck disable=SC2034  # for the tests
  REGISTRY=$ADDRESS REGISTRY_LOG=$LOG
}

# requests LOG FILTER: how many lines a filter of jq lets through, as in '.method == "GET" and .status == 206'.
requests() { jq -n "[inputs | select($2)] | length" "$1"; }

# make_certificates plain|mutual: $WORK/tls, once.
make_certificates() {
  local certs=$WORK/tls/certs.d
  REGISTRY_CA=$WORK/tls/ca.crt
  # shellcheck disable=SC2034  # for the tests
  REGISTRY_CERTS=$certs
  if [[ ! -e $REGISTRY_CA ]]; then
    mkdir -p "$certs"
    make_key_and_certificate ca /CN=gantry-test-ca -x509 -addext keyUsage=keyCertSign
    sign_certificate server /CN=localhost subjectAltName=IP:127.0.0.1,DNS:localhost
    sign_certificate client /CN=client extendedKeyUsage=clientAuth
    cp "$REGISTRY_CA" "$certs"
  fi
  [[ $1 == mutual ]] || return 0
  REGISTRY_CLIENT_CERT=$certs/client.cert
  REGISTRY_CLIENT_KEY=$certs/client.key
  cp "$WORK/tls/client.crt" "$REGISTRY_CLIENT_CERT"
  cp "$WORK/tls/client.key" "$REGISTRY_CLIENT_KEY"
}

# make_key_and_certificate NAME SUBJECT OPTION…: NAME.crt, which is a request when it is not self-signed.
make_key_and_certificate() {
  local name=$1 subject=$2
  shift 2
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "$subject" \
    -keyout "$WORK/tls/$name.key" -out "$WORK/tls/$name.crt" "$@" 2>"$WORK/openssl.out" || fail "$(cat "$WORK/openssl.out")"
}

# sign_certificate NAME SUBJECT EXTENSION: by the CA.
sign_certificate() {
  make_key_and_certificate "$1" "$2"
  mv "$WORK/tls/$1.crt" "$WORK/tls/$1.csr"
  openssl x509 -req -days 2 -in "$WORK/tls/$1.csr" -CA "$WORK/tls/ca.crt" -CAkey "$WORK/tls/ca.key" -CAcreateserial \
    -extfile <(echo "$3") -out "$WORK/tls/$1.crt" 2>"$WORK/openssl.out" || fail "$(cat "$WORK/openssl.out")"
}
