#!/usr/bin/env bats
# bats file_tags=slow
# The page for browsers, in headless Chromium where there is one.

load ../support/common
load serving

# browse HASH: what Chromium makes of the page, as HTML.
browse() {
  need chromium
  local as_root=()
  ((EUID != 0)) || as_root=(--no-sandbox)
  chromium --headless "${as_root[@]}" --disable-gpu --user-data-dir="$WORK/chromium" --virtual-time-budget=10000 \
    --dump-dom "http://$REGISTRY/$1" 2>"$WORK/chromium.err"
}

@test "the page and its parts are there, and load nothing from elsewhere" {
  serve
  equal "$(ask -D "$WORK/head" /)" 200
  contains "$(cat "$WORK/head")" "default-src 'none'; script-src 'self'"
  contains "$(cat "$WORK/answer")" '<script src="/web/page.js" defer>'
  lacks "$(cat "$WORK/answer")" http
  local part
  for part in page.js page.css; do
    equal "$(ask "/web/$part")" 200
    cmp "$WORK/answer" "$GANTRY_SOURCE/src/registry_web/assets/$part"
  done
  equal "$(ask /web/other)" 404
  equal "$(ask -X POST /)" 404
  ! type -P node >/dev/null || node --check "$GANTRY_SOURCE/src/registry_web/assets/page.js"
}

@test "a browser shows repositories, tags, layers, history and the command to pull" {
  make_layout
  serve
  skopy "oci:$WORK/layout:image" "docker://$REGISTRY/team/app:1"
  contains "$(browse '')" 'href="#/r/team/app"'
  contains "$(browse '#/r/team/app')" 'href="#/i/team/app/1"'
  local page digest
  page=$(browse '#/i/team/app/1')
  contains "$page" "podman pull $REGISTRY/team/app:1"
  digest=$(jq -r '.manifests[0].digest' "$WORK/layout/index.json")
  contains "$page" "$digest"
  contains "$page" Layers
  contains "$page" History
  contains "$page" 'Delete tag'
}

@test "what an image says is text, whatever it says" {
  make_layout
  serve
  local evil='<img src=x onerror=document.title=1>'
  gantry image config --quiet --annotation "evil=$evil" --label "evil=$evil" "oci:$WORK/layout:image" "oci:$WORK/evil:image"
  skopy "oci:$WORK/evil:image" "docker://$REGISTRY/app:1"
  local page
  page=$(browse '#/i/app/1')
  contains "$page" '&lt;img src=x'
  lacks "$page" '<img'
}
