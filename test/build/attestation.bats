#!/usr/bin/env bats
# gantry build --sbom and --provenance: statements beside images in registries and beside files.
# shellcheck disable=SC2030,SC2031  # each test exports for itself

load ../support/common
load ../support/registry

setup() {
  make_world
  need jq busybox
  context=$WORK/context
  mkdir -p "$context/db"
  printf '%s\n' 'Package: bash' 'Status: install ok installed' 'Architecture: amd64' 'Version: 5.2' '' >"$context/db/status"
  printf '%s\n' 'ID=debian' 'VERSION_ID="12"' >"$context/os-release"
  printf '%s\n' 'FROM busybox' 'ARG WORD' 'COPY db/status /var/lib/dpkg/status' 'COPY os-release /etc/os-release' \
    >"$context/Dockerfile"
  gantry image bootstrap busybox >/dev/null
}
teardown() {
  end_servers
  end_world
}

@test "in a folder they are files" {
  run -0 gantry build --quiet --sbom --provenance --output "type=local,dest=$WORK/out" "$context"
  equal "$(jq -rc '[._type, .predicateType, .predicate.buildDefinition.externalParameters.dockerfile]' \
    "$WORK/out/provenance.json")" '["https://in-toto.io/Statement/v1","https://slsa.dev/provenance/v1","Dockerfile"]'
  jq -e '.predicate.buildDefinition.resolvedDependencies[0] | (.uri | startswith("pkg:docker/busybox"))
    and (.digest.sha256 | length == 64)' "$WORK/out/provenance.json"
  equal "$(jq -rc '.predicate.packages[] | [.name, .versionInfo, .externalRefs[0].referenceLocator]' \
    "$WORK/out/sbom.spdx.json")" '["bash","5.2","pkg:deb/debian/bash@5.2?arch=amd64&distro=debian-12"]'
}

@test "mode=max says what it was told; otherwise nothing of it" {
  run -0 gantry build --quiet --provenance --build-arg WORD=told --output "type=local,dest=$WORK/out" "$context"
  run -1 grep told "$WORK/out/provenance.json"
  run -0 gantry build --quiet --provenance=mode=max --build-arg WORD=told --output "type=local,dest=$WORK/out" "$context"
  equal "$(jq -r .predicate.buildDefinition.externalParameters.buildArgs.WORD "$WORK/out/provenance.json")" told
}

@test "in a registry they are attached to the image" {
  start_small_registry
  printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$REGISTRY" >"$WORK/registries.conf"
  export CONTAINERS_REGISTRIES_CONF=$WORK/registries.conf
  run -0 gantry build --quiet --sbom --provenance -t "$REGISTRY/app:1" --output type=registry \
    --metadata-file "$WORK/meta" "$context"
  run -0 gantry artifact discover "$REGISTRY/app:1"
  equal "$(grep -c in-toto <<<"$output")" 2
  gantry build --quiet --sbom -t "$REGISTRY/app:2" --output type=registry --output "type=local,dest=$WORK/out" "$context"
  equal "sha256:$(jq -r '.subject[0].digest.sha256' "$WORK/out/sbom.spdx.json")" \
    "$(jq -r '."containerimage.digest"' "$WORK/meta")"
}

@test "where nobody would find them they are refused" {
  run -125 gantry build --quiet --sbom "$context"
  contains "$output" "type=registry"
}
