#!/usr/bin/env bats
# What the layers of an image do, and which images share them.

load ../support/common
load peers

setup() {
  make_world
  need_root
  need skopeo jq podman buildah
}
teardown() { end_world; }

# make_layers: $WORK/layout with the image `image` of three layers.
make_layers() {
  local layer
  mkdir -p "$WORK"/{1/etc,1/gone/deep,2/etc,3/new}
  head -c 5000 /dev/zero >"$WORK/1/etc/big"
  head -c 300 /dev/zero >"$WORK/1/gone/deep/file"
  head -c 200 /dev/zero >"$WORK/1/stays"
  head -c 4000 /dev/zero >"$WORK/2/etc/big"
  touch "$WORK/2/.wh.gone"
  head -c 100 /dev/zero >"$WORK/3/etc-new"
  echo '<script>' >"$WORK/3/new/<b>"
  for layer in 1 2 3; do tar -C "$WORK/$layer" --sort=name --owner=0 --group=0 --mode=755 -cf "$WORK/$layer.tar" .; done
  skopeo copy --quiet "tarball:$WORK/1.tar:$WORK/2.tar:$WORK/3.tar" "oci:$WORK/layout:image"
}

@test "layers tells sizes, changes and what is wasted" {
  make_layers
  gantry image layers --format json "oci:$WORK/layout:image" >"$WORK/report"
  jq -e '.Layers | map([.Size, .Added, .Changed, .Removed]) ==
    [[5500, 6, 0, 0], [4000, 0, 1, 3], [109, 3, 0, 0]]' "$WORK/report" >/dev/null || fail "$(cat "$WORK/report")"
  jq -e '.Size == 9609 and .WastedSize == 5300 and .Wasted == [
    {"Path": "/etc/big", "Size": 5000, "Times": 1}, {"Path": "/gone/deep/file", "Size": 300, "Times": 1}]' \
    "$WORK/report" >/dev/null || fail "$(cat "$WORK/report")"
  jq -e '.Layers[1].Changes | map(.Kind + .Path) == ["C/etc/big", "D/gone/", "D/gone/deep/", "D/gone/deep/file"]' \
    "$WORK/report" >/dev/null || fail "$(cat "$WORK/report")"
  run -0 gantry image layers --changes "oci:$WORK/layout:image"
  contains "$output" '9.61kB in all, 5.3kB wasted: efficiency 44.8 %'
  matches "$output" $'\nD +300B +/gone/deep/file'
}

@test "layers judges for a pipeline" {
  make_layers
  run -1 gantry image layers --lowest-efficiency 0.9 "oci:$WORK/layout:image"
  run -0 gantry image layers --lowest-efficiency 0.4 --highest-wasted-bytes 6k "oci:$WORK/layout:image"
  run -1 gantry image layers --highest-wasted-bytes 5k "oci:$WORK/layout:image"
}

@test "layers makes a page by itself, in which an image's names do nothing" {
  make_layers
  gantry image layers --format html "oci:$WORK/layout:image" >"$WORK/page.html"
  python3 - "$WORK/page.html" <<'PYTHON'
import html.parser, sys
class Page(html.parser.HTMLParser):
    tags, text = [], ""
    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        assert not any(name in ("src", "href") or name.startswith("on") for name, value in attrs), attrs
    def handle_data(self, data):
        self.text += data
page = Page()
page.feed(open(sys.argv[1]).read())
assert "script" not in page.tags and page.tags.count("details") == 3 and page.tags.count("b") == 3
assert "/new/<b>" in page.text and "/gone/deep/file" in page.text
PYTHON
}

@test "layers can be looked through on a terminal, which is then as it was" {
  need expect
  make_layers
  cat >"$WORK/keys" <<'EXPECT'
set timeout 20
proc wanted {text} { expect -ex $text {} timeout { puts "no $text"; exit 1 } eof { puts "no $text: it ended"; exit 1 } }
spawn gantry image layers --interactive oci:$env(WORK)/layout:image
wanted "efficiency 44.8 %"
wanted "/etc/big"
send "\033\[B"
wanted "D      300B  /gone/deep/file"
send "q"
wanted "\033\[?1049l"
expect eof {}
exit 0
EXPECT
  run -0 expect "$WORK/keys"
  run -125 gantry image layers -i "oci:$WORK/layout:image" </dev/null
  contains "$output" 'needs a terminal'
}

@test "tree shows what images share" {
  make_peer_image one
  peer podman save --quiet --format oci-archive -o "$WORK/base.tar" one-base
  peer podman save --quiet --format oci-archive -o "$WORK/one.tar" one
  gantry load --quiet -i "$WORK/base.tar"
  gantry load --quiet -i "$WORK/one.tar"
  run -0 gantry image tree
  equal "${#lines[@]}" 2
  matches "${lines[0]}" '^└── ID: [0-9a-f]{12} Size: .* Top Layer of: \[localhost/one-base:latest\]$'
  matches "${lines[1]}" '^    └── ID: [0-9a-f]{12} Size: .* Top Layer of: \[localhost/one:latest\]$'
  run -0 gantry image tree one
  contains "$output" 'Tags:     [localhost/one:latest]'
  equal "$(grep -c -- '── ID' <<<"$output")" 2
  run -0 gantry image tree --whatrequires one-base
  contains "$output" 'Top Layer of: [localhost/one:latest]'
  lacks "$output" 'Top Layer of: [localhost/one-base:latest]'
}
