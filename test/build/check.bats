#!/usr/bin/env bats
# gantry build --check and --lint: what is found in a Dockerfile, as text and as SARIF.

load ../support/common

setup() {
  make_world
  need jq
  context=$WORK/context
  mkdir -p "$context"
}

dockerfile() { printf '%s\n' "$@" >"$context/Dockerfile"; }

@test "--check shows the place, the cure and the rule, and builds nothing" {
  dockerfile 'FROM scratch as Base' 'COPY . /' 'MAINTAINER me'
  run -1 gantry build --check "$context"
  contains "$output" "Dockerfile:1:"
  contains "$output" "[StageNameCasing]"
  contains "$output" "[FromAsCasing]"
  contains "$output" "[MaintainerDeprecated]"
  contains "$output" "^"
  equal "$(gantry images --quiet)" ""
}

@test "a file that is well has status 0" {
  dockerfile 'FROM scratch AS base' 'COPY . /' 'USER 1000'
  run -0 gantry build --check --lint "$context"
  contains "$output" "nothing was found"
}

@test "--lint finds secrets, lists of packages, root, huge contexts" {
  dockerfile 'FROM debian' 'RUN apt-get update && apt-get install -y curl' 'COPY id_rsa /root/.ssh/id_rsa' 'CMD ["curl"]'
  truncate --size 200M "$context/large"
  run -1 gantry build --lint "$context"
  for rule in LatestTag PackageListsLeft SecretInLayer RootUser HugeContext; do contains "$output" "[$rule]"; done
  echo large >"$context/.dockerignore"
  run -1 gantry build --lint "$context"
  lacks "$output" HugeContext
}

@test "SARIF names the rules, the file and the lines" {
  dockerfile 'FROM scratch as base' 'MAINTAINER me'
  gantry build --check=sarif --lint=sarif "$context" >"$WORK/sarif" || true
  equal "$(jq -r '.version, .runs[0].tool.driver.name' "$WORK/sarif" | xargs)" "2.1.0 gantry"
  equal "$(jq -rc '.runs[0].results[] | select(.ruleId == "MaintainerDeprecated")
    | .locations[0].physicalLocation | [.artifactLocation.uri, .region.startLine]' "$WORK/sarif")" \
    "[\"$context/Dockerfile\",2]"
  jq -e '[.runs[0].tool.driver.rules[].id] | index("LatestTag") and index("StageNameCasing")' "$WORK/sarif"
  run -125 gantry build --check=sarif --lint "$context"
  contains "$output" "same format"
}

@test "the file says what is skipped, and what is an error" {
  dockerfile '# check=skip=MaintainerDeprecated' 'FROM scratch' 'MAINTAINER me' 'COPY Dockerfile /'
  run -0 gantry build --check "$context"
  dockerfile '# check=error=true' 'FROM scratch' 'MAINTAINER me' 'COPY Dockerfile /'
  run -125 gantry build "$context"
  contains "$output" "[MaintainerDeprecated]"
  contains "$output" "check=skip"
  equal "$(gantry images --quiet)" ""
  dockerfile '# check=error=true' 'FROM scratch' 'COPY Dockerfile /'
  run -0 gantry build "$context"
}

@test "variables of a base are known when the store has it" {
  need busybox
  gantry image bootstrap busybox >/dev/null
  dockerfile 'FROM busybox' 'WORKDIR /$PATH' 'WORKDIR /$NOWHERE'
  run -1 gantry build --check "$context"
  contains "$output" "NOWHERE"
  lacks "$output" "'PATH'"
}
