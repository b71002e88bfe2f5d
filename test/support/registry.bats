#!/usr/bin/env bats
# The servers that the suites of images talk to, tried with skopeo and curl.

load common
load registry

setup() {
  make_world
  need skopeo curl jq
}

teardown() {
  end_servers
  end_world
}

# make_layout: the OCI layout $WORK/layout with the image `image` of one layer of 300 kB that does not compress.
make_layout() {
  mkdir "$WORK/files"
  head -c 300000 /dev/urandom >"$WORK/files/noise"
  tar -C "$WORK/files" -cf "$WORK/layer.tar" .
  skopeo copy --quiet "tarball:$WORK/layer.tar" "oci:$WORK/layout:image"
  layer=$(skopeo inspect --raw "oci:$WORK/layout:image" | jq -r '.layers[0].digest')
  size=$(skopeo inspect --raw "oci:$WORK/layout:image" | jq -r '.layers[0].size')
  blob=$WORK/layout/blobs/${layer/://}
}

# push OPTION…: the layout's image to $REGISTRY.
push() { skopeo copy --quiet "$@" "oci:$WORK/layout:image" "docker://$REGISTRY/some/image"; }

# same_image OPTION…: what $REGISTRY has is what the layout has.
same_image() {
  equal "$(skopeo inspect "$@" --raw "docker://$REGISTRY/some/image" | sha256sum)" \
    "$(skopeo inspect --raw "oci:$WORK/layout:image" | sha256sum)"
}

fetch() { curl --silent --show-error --max-time 20 "$@"; }

# fetch_blob OPTION…: through the proxy.
fetch_blob() { fetch --output "$WORK/got" "$@" "http://$PROXY/v2/some/image/blobs/$layer"; }

@test "docker-registry without and with TLS" {
  make_layout
  start_registry
  push --dest-tls-verify=false
  same_image --tls-verify=false
  start_registry --tls
  run ! push
  push --dest-cert-dir "$REGISTRY_CERTS"
  same_image --cert-dir "$REGISTRY_CERTS"
  equal "$(fetch --cacert "$REGISTRY_CA" "https://localhost:${REGISTRY##*:}/v2/_catalog")" '{"repositories":["some/image"]}'
}

@test "docker-registry that wants a client's certificate" {
  make_layout
  start_registry --mutual
  run ! fetch --cacert "$REGISTRY_CA" "https://$REGISTRY/v2/"
  fetch --fail --cacert "$REGISTRY_CA" --cert "$REGISTRY_CLIENT_CERT" --key "$REGISTRY_CLIENT_KEY" "https://$REGISTRY/v2/"
  push --dest-cert-dir "$REGISTRY_CERTS"
  same_image --cert-dir "$REGISTRY_CERTS"
}

@test "docker-registry with names and passwords" {
  make_layout
  start_registry --tls --htpasswd alice secret
  run ! push --dest-cert-dir "$REGISTRY_CERTS" --dest-creds alice:wrong
  skopeo login --authfile "$WORK/auth.json" --cert-dir "$REGISTRY_CERTS" --username alice --password secret "$REGISTRY"
  push --dest-cert-dir "$REGISTRY_CERTS" --dest-authfile "$WORK/auth.json"
  same_image --cert-dir "$REGISTRY_CERTS" --authfile "$WORK/auth.json"
}

@test "docker-registry that deletes only when told to" {
  make_layout
  local digest deletes status
  digest=sha256:$(skopeo inspect --raw "oci:$WORK/layout:image" | sha256sum | cut -d' ' -f1)
  for deletes in "" --delete; do
    # shellcheck disable=SC2086  # no option, or one
    start_registry $deletes
    push --dest-tls-verify=false
    status=$(fetch --output /dev/null --write-out '%{http_code}' -X DELETE "http://$REGISTRY/v2/some/image/manifests/$digest")
    equal "$status" "$([[ -n $deletes ]] && echo 202 || echo 405)"
  done
}

@test "docker-registry with tokens: who may do what" {
  make_layout
  start_token_server --user alice:secret --user bob:word:pull
  start_registry --token
  run ! push --dest-tls-verify=false
  run ! push --dest-tls-verify=false --dest-creds alice:word
  run ! push --dest-tls-verify=false --dest-creds bob:word
  push --dest-tls-verify=false --dest-creds alice:secret
  same_image --tls-verify=false --creds bob:word
  [[ $(requests "$TOKEN_LOG" '.user == "bob" and .granted == ["repository:some/image:pull"]') -gt 0 ]]
  equal "$(requests "$TOKEN_LOG" '.user == "bob" and any(.granted[]; contains("push"))')" 0
  run ! skopeo inspect --tls-verify=false --raw "docker://$REGISTRY/some/image"
}

@test "docker-registry with tokens for everyone who only pulls" {
  make_layout
  start_token_server --user alice:secret --anonymous pull
  start_registry --token
  push --dest-tls-verify=false --dest-creds alice:secret
  same_image --tls-verify=false
  run ! push --dest-tls-verify=false
}

# token_for FIELD OPTION…: one member of the token server's answer.
token_for() {
  local field=$1
  shift
  jq -er "$field" <<<"$(fetch "$@" "http://$TOKEN_SERVER/token")"
}

@test "a token for two repositories mounts a blob, an identity token stands for a password" {
  make_layout
  start_token_server --user alice:secret
  start_registry --token
  push --dest-tls-verify=false --dest-creds alice:secret
  local identity token
  identity=$(token_for .refresh_token --get --user alice:secret -d service=gantry-test -d offline_token=true)
  token=$(token_for .access_token -d grant_type=refresh_token -d "refresh_token=$identity" -d service=gantry-test \
    -d client_id=test --data-urlencode 'scope=repository:some/image:pull repository:other:pull,push')
  equal "$(fetch --output /dev/null --write-out '%{http_code}' -X POST -H "Authorization: Bearer $token" \
    "http://$REGISTRY/v2/other/blobs/uploads/?mount=$layer&from=some/image")" 201
  equal "$(token_for .refresh_token -d grant_type=password -d username=alice -d password=secret -d access_type=offline \
    -d service=gantry-test -d client_id=test | wc -c)" 33
  run ! token_for .access_token -d grant_type=refresh_token -d refresh_token=x -d service=gantry-test
  echo "{\"auths\":{\"$REGISTRY\":{\"auth\":\"$(printf '00000000-0000-0000-0000-000000000000:' | base64)\",\"identitytoken\":\"$identity\"}}}" >"$WORK/auth.json"
  same_image --tls-verify=false --authfile "$WORK/auth.json"
  equal "$(requests "$TOKEN_LOG" '.grant_type == "refresh_token" and .user == "alice"')" 2
}

# behind RULE…: docker-registry with the image, and the proxy before it.
behind() {
  make_layout
  start_registry
  push --dest-tls-verify=false
  start_proxy "$@"
}

@test "the proxy changes nothing without a fault and tells what passed" {
  behind
  skopeo copy --quiet --dest-tls-verify=false "oci:$WORK/layout:image" "docker://$PROXY/pushed"
  equal "$(requests "$PROXY_LOG" ".method == \"PATCH\" and .received == $size")" 1
  skopeo copy --quiet --src-tls-verify=false "docker://$PROXY/some/image" "oci:$WORK/copy:image"
  cmp "$blob" "$WORK/copy/blobs/${layer/://}"
  equal "$(requests "$PROXY_LOG" ".path == \"/v2/some/image/blobs/$layer\" and .status == 200 and .sent == $size and .fault == null")" 1
  fetch_blob --range 1000-1999
  cmp "$WORK/got" <(tail -c +1001 "$blob" | head -c 1000)
}

@test "the proxy cuts a body off, short, long or silent, so often and no more" {
  behind 'GET /blobs/ drop=1000 times=1' 'GET /blobs/ truncate=2000 times=1' 'GET /blobs/ extend=5 times=1' \
    'GET /blobs/ chunked drop=70000 times=1' 'GET /blobs/ stall=3000 times=1'
  run -18 fetch_blob
  equal "$(stat -c %s "$WORK/got")" 1000
  fetch_blob
  equal "$(stat -c %s "$WORK/got")" 2000
  fetch_blob
  equal "$(stat -c %s "$WORK/got")" $((size + 5))
  run -18 fetch_blob
  equal "$(stat -c %s "$WORK/got")" 70000
  run -28 fetch_blob --max-time 0.5
  equal "$(stat -c %s "$WORK/got")" 3000
  fetch_blob
  cmp "$WORK/got" "$blob"
}

@test "the proxy changes a byte, a header, the whole body" {
  behind 'GET /blobs/ flip=65537 times=1' 'GET /manifests/ header=Content-Type:text/html header=Docker-Content-Digest:sha256:0 times=1' \
    'GET /manifests/ huge=100000000 times=1'
  fetch_blob
  equal "$(cmp -l "$WORK/got" "$blob" | awk '{ print $1 }')" 65538
  fetch --dump-header "$WORK/head" --output /dev/null "http://$PROXY/v2/some/image/manifests/latest"
  contains "$(cat "$WORK/head")" 'Content-Type: text/html'
  contains "$(cat "$WORK/head")" 'Docker-Content-Digest: sha256:0'
  equal "$(fetch "http://$PROXY/v2/some/image/manifests/latest" | wc -c)" 100000000
}

@test "the proxy answers by itself: errors, no HTTP, elsewhere" {
  behind 'GET /blobs/ status=429 retry-after=3 times=1' 'GET /blobs/ status=503 times=1' 'GET /blobs/ garbage times=1' \
    'GET /blobs/ location=file:///etc/passwd times=1'
  fetch_blob --dump-header "$WORK/head"
  contains "$(cat "$WORK/head")" '429 Too Many Requests'
  contains "$(cat "$WORK/head")" 'Retry-After: 3'
  equal "$(fetch_blob --write-out '%{http_code}')" 503
  run -1 fetch_blob
  contains "$output" 'HTTP/0.9'
  run -1 fetch_blob --location
  contains "$output" 'Protocol "file"'
  fetch_blob
  cmp "$WORK/got" "$blob"
}

@test "the proxy has its own mind about ranges" {
  behind 'GET /blobs/ ignore-range times=1' 'GET /blobs/ wrong-range=10 times=1'
  equal "$(fetch_blob --range 5-99 --write-out '%{http_code} %{size_download}')" "200 $size"
  equal "$(fetch_blob --range 5-99 --dump-header "$WORK/head" --write-out '%{http_code} %{size_download}')" "206 85"
  contains "$(cat "$WORK/head")" "Content-Range: bytes 15-99/$size"
  equal "$(requests "$PROXY_LOG" '.range == "bytes=5-99"')" 2
}

@test "the proxy sends to another host, and sees who brings a password there" {
  make_layout
  start_registry --htpasswd alice secret
  push --dest-tls-verify=false --dest-creds alice:secret
  start_proxy 'GET /blobs/ redirect times=2'
  fetch_blob --location --user alice:secret
  cmp "$WORK/got" "$blob"
  equal "$(requests "$PROXY_LOG" '.host == "other" and .authorization')" 0
  fetch_blob --location-trusted --user alice:secret
  equal "$(requests "$PROXY_LOG" '.host == "other" and .authorization')" 1
  equal "$(fetch_blob --write-out '%{http_code}' --user alice:secret)" 200
}

@test "the proxy drops a token and an upload, and waits for a file" {
  make_layout
  start_token_server --user alice:secret
  start_registry --token
  start_proxy 'PATCH /blobs/ cut-upload=100000 times=1' 'GET /blobs/ unauthorized times=1' "GET /blobs/ hold=$WORK/go times=1" \
    'GET /blobs/ delay=0.2 times=1'
  skopeo copy --quiet --dest-tls-verify=false --dest-creds alice:secret "oci:$WORK/layout:image" "docker://$PROXY/some/image" || true
  equal "$(requests "$PROXY_LOG" '.fault != null and .status == 0 and .received >= 100000')" 1
  push --dest-tls-verify=false --dest-creds alice:secret
  local token
  token=$(token_for .token --get --user alice:secret -d service=gantry-test -d scope=repository:some/image:pull)
  equal "$(fetch_blob --write-out '%{http_code}' -H "Authorization: Bearer $token")" 401
  run -28 fetch_blob --max-time 0.3 -H "Authorization: Bearer $token"
  touch "$WORK/go"
  equal "$(fetch_blob --write-out '%{http_code}' -H "Authorization: Bearer $token")" 200
}

@test "a rule with a fault that there is none is refused" {
  start_registry
  run ! python3 -B "$GANTRY_SOURCE/test/support/faulty_proxy.py" --ready "$WORK/r" --log "$WORK/l" --upstream "$REGISTRY" 'GET / dorp=1'
  contains "$output" "no fault 'dorp'"
}

# status METHOD PATH OPTION…: of the small registry's answer, whose head is in $WORK/head and body in $WORK/got.
status() {
  local method=$1 path=$2
  shift 2
  [[ $method != HEAD ]] || set -- --head "$@"
  fetch --request "$method" --dump-header "$WORK/head" --output "$WORK/got" --write-out '%{http_code}' "$@" "http://$REGISTRY/v2/$path"
}

# head NAME: a header of the last answer.
head_of() { sed -nE "s/^$1: (.*)\r$/\1/ip" "$WORK/head"; }

@test "the small registry keeps what skopeo pushes" {
  make_layout
  start_small_registry
  push --dest-tls-verify=false
  same_image --tls-verify=false
  skopeo copy --quiet --src-tls-verify=false "docker://$REGISTRY/some/image" "oci:$WORK/copy:image"
  cmp "$blob" "$WORK/copy/blobs/${layer/://}"
  skopeo delete --tls-verify=false "docker://$REGISTRY/some/image"
  run ! skopeo inspect --tls-verify=false "docker://$REGISTRY/some/image"
  contains "$(jq -r 'select(.method == "PUT" and (.path | contains("/manifests/"))).headers["content-type"]' "$REGISTRY_LOG")" oci.image.manifest
}

@test "the small registry takes a blob at once, in chunks, from another repository" {
  make_layout
  start_small_registry --chunk-min 1000
  equal "$(status POST "one/blobs/uploads/?digest=$layer" --data-binary "@$blob")" 201
  equal "$(status GET "one/blobs/$layer")" 200
  cmp "$WORK/got" "$blob"
  equal "$(status POST "two/blobs/uploads/?mount=$layer&from=one")" 201
  equal "$(status POST "two/blobs/uploads/?mount=$layer&from=three")" 202
  equal "$(head_of OCI-Chunk-Min-Length)" 1000
  local upload
  upload=$(head_of Location)
  upload=${upload#/v2/}
  head -c 100000 "$blob" >"$WORK/first"
  tail -c +100001 "$blob" >"$WORK/rest"
  equal "$(status PATCH "$upload" -H 'Content-Range: 0-99998' --data-binary "@$WORK/first")" 416
  equal "$(status PATCH "$upload" -H 'Content-Range: 0-99999' --data-binary "@$WORK/first")" 202
  equal "$(head_of Range)" 0-99999
  equal "$(status PATCH "$upload" -H 'Content-Range: 0-99999' --data-binary "@$WORK/first")" 416
  equal "$(head_of Range)" 0-99999
  equal "$(status GET "$upload")" 204
  equal "$(head_of Range)" 0-99999
  equal "$(status PATCH "$upload" -H 'Transfer-Encoding: chunked' --data-binary "@$WORK/rest")" 202
  equal "$(status PUT "$upload?digest=$layer")" 201
  equal "$(status HEAD "two/blobs/$layer")" 200
  equal "$(head_of Content-Length)" "$size"
  equal "$(status POST "one/blobs/uploads/?digest=sha256:$(printf %064d 0)" --data-binary "@$blob")" 400
}

@test "the small registry sends parts of blobs and knows sha512" {
  make_layout
  start_small_registry
  local digest
  digest=sha512:$(sha512sum <"$blob" | cut -d' ' -f1)
  equal "$(status POST "one/blobs/uploads/?digest=$digest" --data-binary "@$blob")" 201
  equal "$(status GET "one/blobs/$digest" --range 299990-)" 206
  cmp "$WORK/got" <(tail -c +299991 "$blob")
  equal "$(head_of Content-Range)" "bytes 299990-$((size - 1))/$size"
  equal "$(status GET "one/blobs/$digest" --range -10)" 206
  cmp "$WORK/got" <(tail -c 10 "$blob")
  equal "$(status GET "one/blobs/$digest" --range "$size-")" 416
  equal "$(status DELETE "one/blobs/$digest")" 202
  equal "$(status GET "one/blobs/$digest")" 404
}

# put_manifest REPOSITORY REFERENCE TEXT
put_manifest() {
  status PUT "$1/manifests/$2" -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' --data-binary "$3"
}

@test "the small registry lists tags and repositories page by page" {
  start_small_registry --page 2
  local tag
  for tag in a b c; do equal "$(put_manifest "repo-$tag" latest '{"schemaVersion":2}')" 201; done
  for tag in a b c d e; do equal "$(put_manifest repo $tag '{"schemaVersion":2}')" 201; done
  equal "$(status GET repo/tags/list)" 200
  equal "$(jq -c .tags "$WORK/got")" '["a","b"]'
  equal "$(head_of Link)" '</v2/repo/tags/list?n=2&last=b>; rel="next"'
  equal "$(status GET 'repo/tags/list?n=9&last=d')" 200
  equal "$(jq -c .tags "$WORK/got")" '["e"]'
  equal "$(head_of Link)" ''
  equal "$(skopeo list-tags --tls-verify=false "docker://$REGISTRY/repo" | jq -c .Tags)" '["a","b","c","d","e"]'
  equal "$(status GET '_catalog?last=repo')" 200
  equal "$(jq -c .repositories "$WORK/got")" '["repo-a","repo-b"]'
}

@test "the small registry tells who refers to a manifest" {
  start_small_registry
  local digest kind
  equal "$(put_manifest repo latest '{"schemaVersion":2}')" 201
  digest=$(head_of Docker-Content-Digest)
  for kind in text/a text/b; do
    equal "$(put_manifest repo "sha256:$(printf '{"schemaVersion":2,"artifactType":"%s","subject":{"digest":"%s"}}' $kind "$digest" | sha256sum | cut -d' ' -f1)" \
      "$(printf '{"schemaVersion":2,"artifactType":"%s","subject":{"digest":"%s"}}' $kind "$digest")")" 201
    equal "$(head_of OCI-Subject)" "$digest"
  done
  equal "$(status GET "repo/referrers/$digest")" 200
  equal "$(jq '.manifests | length' "$WORK/got")" 2
  equal "$(status GET "repo/referrers/$digest?artifactType=text/b")" 200
  equal "$(jq -c '[.manifests[].artifactType]' "$WORK/got")" '["text/b"]'
  equal "$(head_of OCI-Filters-Applied)" artifactType
  equal "$(status GET "repo/referrers/sha256:$(printf %064d 0)")" 200
  equal "$(jq -c .manifests "$WORK/got")" '[]'
  equal "$(status DELETE "repo/manifests/$digest")" 202
  equal "$(status GET repo/manifests/latest)" 404
}

@test "the small registry refuses manifests that do not hold together" {
  start_small_registry
  equal "$(put_manifest repo latest '{')" 400
  equal "$(put_manifest repo latest '{"schemaVersion":2,"mediaType":"text/html"}')" 400
  equal "$(put_manifest repo latest "{\"schemaVersion\":2,\"config\":{\"digest\":\"sha256:$(printf %064d 0)\"}}")" 400
  equal "$(jq -r '.errors[0].code' "$WORK/got")" MANIFEST_BLOB_UNKNOWN
  equal "$(put_manifest repo "sha256:$(printf %064d 0)" '{"schemaVersion":2}')" 400
}

@test "the small registry as an older one" {
  make_layout
  start_small_registry --without referrers --without mount --without monolithic --without range --without delete
  equal "$(status POST "one/blobs/uploads/?digest=$layer" --data-binary "@$blob")" 202
  push --dest-tls-verify=false
  equal "$(status POST "two/blobs/uploads/?mount=$layer&from=some/image")" 202
  equal "$(status GET "some/image/blobs/$layer" --range 5-9)" 200
  equal "$(status GET "some/image/referrers/$layer")" 404
  equal "$(status DELETE some/image/manifests/latest)" 405
}
