# `gantry registry serve` beside Debian's docker-registry and, as the limit, nginx with the same bytes in files: wrk on the
# same processors. Rates are medians of three runs in turn.
# shellcheck disable=SC2154  # work: bench/common.bash

: "${SECONDS_EACH:=3}"

# free_port: one that nobody listens on.
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

start_ours() {
  new_server ours
  spawn "$SERVER" "$GANTRY_BIN/gantry" registry serve --listen 127.0.0.1:0 --storage "$work/ours"
  OURS_PID=$(tail -n 1 "$work/servers")
  eventually grep -q 'listening on' "$work/$SERVER.out"
  OURS=$(sed -n 's/^listening on //p' "$work/$SERVER.out")
}

# start_nginx: files of the same paths below $work/nginx/v2.
start_nginx() {
  NGINX=127.0.0.1:$(free_port)
  mkdir -p "$work/nginx/v2/app/manifests" "$work/nginx/v2/app/blobs"
  cp "$work/manifest" "$work/nginx/v2/app/manifests/1"
  cp "$work/blob" "$work/nginx/v2/app/blobs/$blob"
  cp "$work/small" "$work/nginx/v2/app/blobs/$small"
  cat >"$work/nginx.conf" <<CONF
daemon off;
pid $work/nginx.pid;
error_log stderr;
worker_processes auto;
events { worker_connections 4096; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  client_body_temp_path $work/nginx.body;
  proxy_temp_path $work/nginx.proxy;
  fastcgi_temp_path $work/nginx.fastcgi;
  uwsgi_temp_path $work/nginx.uwsgi;
  scgi_temp_path $work/nginx.scgi;
  server {
    listen $NGINX backlog=4096;
    root $work/nginx;
    default_type application/vnd.oci.image.manifest.v1+json;
    add_header Docker-Distribution-Api-Version registry/2.0;
    add_header Docker-Content-Digest $blob;
  }
}
CONF
  chmod 755 "$work"
  spawn nginx nginx -e stderr -c "$work/nginx.conf"
  NGINX_PID=$(tail -n 1 "$work/servers")
  eventually curl -sf -o "$work/answer" "http://$NGINX/v2/app/manifests/1"
}

# make_app: an image with one layer of 64 MiB, in ours and in docker-registry.
make_app() {
  head -c 67108864 /dev/urandom >"$work/blob"
  blob=sha256:$(sha256sum "$work/blob" | cut -d' ' -f1)
  printf '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["%s"]}}' "$blob" >"$work/small"
  small=sha256:$(sha256sum "$work/small" | cut -d' ' -f1)
  jq -cn --arg blob "$blob" --arg small "$small" --argjson size "$(stat -c %s "$work/small")" '{schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: {mediaType: "application/vnd.oci.image.config.v1+json", digest: $small, $size},
    layers: [{mediaType: "application/vnd.oci.image.layer.v1.tar", digest: $blob, size: 67108864}]}' >"$work/manifest"
  local registry file
  for registry in "$OURS" "$REGISTRY"; do
    for file in blob small; do
      push_blob "$registry" app "$work/$file" "${!file}"
    done
    curl -sf -o "$work/answer" -T "$work/manifest" -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' \
      "http://$registry/v2/app/manifests/1"
  done
}

# push_blob REGISTRY REPOSITORY FILE DIGEST
push_blob() {
  local place
  place=$(curl -sf -X POST -D - -o /dev/null "http://$1/v2/$2/blobs/uploads/" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
  [[ $place == http* ]] || place=http://$1$place
  [[ $place == *\?* ]] && place+="&digest=$4" || place+="?digest=$4"
  curl -sf -o "$work/answer" -T "$3" "$place"
}

# rate CONNECTIONS URL: requests in a second.
rate() {
  local said
  said=$(wrk --threads 2 --connections "$1" --duration "${SECONDS_EACH}s" \
    --header 'Accept: application/vnd.oci.image.manifest.v1+json' "$2")
  [[ $said != *"Non-2xx"* ]] || die "$2 was refused: $said"
  awk '$1 == "Requests/sec:" { print $2 }' <<<"$said"
}

# rates WHAT CONNECTIONS PATH TARGET-OF-DOCKER-REGISTRY TARGET-OF-NGINX: how many times theirs ours has to be.
rates() {
  local what=$1 connections=$2 path=$3 round peer
  local -A all=()
  for round in 1 2 3; do
    for peer in OURS REGISTRY NGINX; do
      all[$peer]+=$(rate "$connections" "http://${!peer}$path")$'\n'
    done
  done
  for peer in OURS REGISTRY NGINX; do
    all[$peer]=$(sort -n <<<"${all[$peer]}" | sed '/^$/d' | sed -n 2p)
  done
  rate_row "$what" docker-reg "${all[REGISTRY]}" "${all[OURS]}" "$4"
  rate_row "$what" nginx "${all[NGINX]}" "${all[OURS]}" "$5"
}

# rate_row WHAT PEER THEIRS OURS TARGET: the least allowed ratio.
rate_row() {
  awk -v what="$1" -v peer="$2" -v theirs="$3" -v ours="$4" -v target="$5" 'BEGIN {
    ratio = ours / theirs
    printf "%-34s %-10s %8.0f/s %8.0f/s %8.3f %8.2f  %s\n", what, peer, theirs, ours, ratio, target, (ratio >= target ? "ok" : "MISSED")
  }'
}

# A page of 100 of 100,000 tags: the last ones as fast as the first.
tag_pages() {
  python3 - "$work/ours/registry.db" <<'PYTHON'
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as database:
    database.execute("INSERT INTO tags SELECT t.repository, printf('t%06d', n.value), t.digest, 0 FROM tags t,"
                     " (WITH RECURSIVE n(value) AS (SELECT 0 UNION ALL SELECT value+1 FROM n WHERE value<99999)"
                     " SELECT value FROM n) n WHERE t.name='1'")
PYTHON
  rate_row "100 of 100,000 tags: last, first" first "$(rate 8 "http://$OURS/v2/app/tags/list?n=100")" \
    "$(rate 8 "http://$OURS/v2/app/tags/list?n=100&last=t099800")" 0.7
}

# seconds COMMAND…: how long it takes, the best of three.
seconds() {
  local round start best="" took
  for round in 1 2 3; do
    start=$EPOCHREALTIME
    "$@" "$round"
    took=$((${EPOCHREALTIME/./} - ${start/./}))
    [[ -n $best ]] && ((best <= took)) || best=$took
  done
  echo "$best"
}

# What a push has to do: hash and write, flushed to disk.
hash_and_write() {
  tee "$work/written" <"$work/blob" | openssl sha256 >"$work/answer"
  sync "$work/written"
}
push_again() {
  curl -sf -X DELETE -o "$work/answer" "http://$OURS/v2/push$1/blobs/$blob" || true
  push_blob "$OURS" "push$1" "$work/blob" "$blob"
}

pushes() {
  row "push 64 MiB / hash and write" tee "$(milliseconds "$(seconds hash_and_write)")" \
    "$(milliseconds "$(seconds push_again)")" ms 1.3
}

# 1,000 connections that wait and 200 that ask.
memory_of_connections() {
  python3 - "${OURS##*:}" <<'PYTHON' &
import http.client, sys, time
clients = [http.client.HTTPConnection("127.0.0.1", int(sys.argv[1])) for _ in range(1000)]
for client in clients:
    client.request("GET", "/v2/")
    client.getresponse().read()
time.sleep(600)
PYTHON
  local idle=$!
  eventually connected 1000
  rate 200 "http://$OURS/v2/app/manifests/1" >"$work/answer"
  rate 200 "http://$OURS/v2/app/blobs/$blob" >"$work/answer"
  kill "$idle"
  limit "memory, 1000 idle and 200 busy" "$(awk '$1 == "VmHWM:" { print $2 / 1024 }' "/proc/$OURS_PID/status")" MB 60
}
connected() { (($(curl -s "http://$OURS/metrics" | awk '$1 == "gantry_registry_connections" { print $2 }') > $1)); }

# start_proxies: registries that have copies of docker-registry's repositories, ours and another docker-registry. Sets
# COPIES and PROXY.
start_proxies() {
  printf 'cache:\n- upstream: http://%s\n' "$REGISTRY" >"$work/copies.yaml"
  new_server copies
  spawn "$SERVER" "$GANTRY_BIN/gantry" registry serve --listen 127.0.0.1:0 --storage "$work/copies" \
    --config "$work/copies.yaml"
  eventually grep -q 'listening on' "$work/$SERVER.out"
  COPIES=$(sed -n 's/^listening on //p' "$work/$SERVER.out")
  PROXY=127.0.0.1:$(free_port)
  printf 'version: 0.1\nlog: {accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: %s}}\n' "$work/proxy" \
    >"$work/proxy.yml"
  printf 'http: {addr: "%s"}\nproxy: {remoteurl: "http://%s"}\n' "$PROXY" "$REGISTRY" >>"$work/proxy.yml"
  spawn proxy docker-registry serve "$work/proxy.yml"
  eventually curl -sf -o "$work/answer" "http://$PROXY/v2/"
}

# Copies of another registry's images, once they are there.
copies() {
  local COPIES PROXY registry
  start_proxies
  for registry in "$COPIES" "$PROXY"; do
    curl -sf -o "$work/answer" -H 'Accept: application/vnd.oci.image.manifest.v1+json' "http://$registry/v2/app/manifests/1"
    curl -sf -o "$work/answer" "http://$registry/v2/app/blobs/$blob"
  done
  rate_row "a copy: manifest by tag" docker-reg "$(rate 32 "http://$PROXY/v2/app/manifests/1")" \
    "$(rate 32 "http://$COPIES/v2/app/manifests/1")" 10
  rate_row "a copy: blob of 64 MiB" docker-reg "$(rate 8 "http://$PROXY/v2/app/blobs/$blob")" \
    "$(rate 8 "http://$COPIES/v2/app/blobs/$blob")" 1
}

bench_registry() {
  WORK=$work GANTRY_SOURCE=$PWD
  source test/support/check.bash
  source test/support/registry.bash
  local blob small OURS OURS_PID NGINX NGINX_PID
  # shellcheck disable=SC2119  # without options
  start_registry
  start_ours
  make_app
  start_nginx
  # Its workers would outlive a master that is killed, however this ends.
  # shellcheck disable=SC2064  # the pid of now
  trap "kill -TERM $NGINX_PID 2>/dev/null; sleep 1; clean_up" EXIT
  rates "manifest by tag" 32 /v2/app/manifests/1 10 0.7
  rates "config, a blob of 150 bytes" 32 "/v2/app/blobs/$small" 1 0.7
  rates "blob of 64 MiB" 8 "/v2/app/blobs/$blob" 1 0.95
  kill -TERM "$NGINX_PID"
  trap clean_up EXIT
  pushes
  tag_pages
  copies
  memory_of_connections
}
