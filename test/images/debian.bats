# bats file_tags=slow
# An image made by mmdebstrap. It is downloaded from the machine's mirror, so it is made once for all that is asked here.

load ../support/common

setup() {
  make_world
  need mmdebstrap
}

# need_mirror: a mirror that apt on this machine knows answers.
need_mirror() {
  local url
  url=$(apt-get indextargets --format '$(REPO_URI)dists/$(RELEASE)/InRelease' 2>/dev/null | grep -m1 bookworm) ||
    skip "/etc/apt has no mirror for bookworm"
  /usr/lib/apt/apt-helper download-file "$url" "$WORK/InRelease" >/dev/null 2>&1 || skip "$url does not answer"
}

@test "debian:bookworm runs apt and Python" {
  need_root
  need_mirror
  run -0 gantry image bootstrap debian:bookworm
  equal "$output" "Made image: localhost/debian:bookworm"
  run -0 gantry run --rm --network none debian:bookworm python3 -c 'print(1)'
  equal "$output" 1
  run -0 gantry run --rm --network none debian:bookworm apt-get --version
  matches "$output" '^apt 2'
  gantry rmi debian:bookworm
  run -0 gantry system check
}

@test "a suite that does not exist" {
  need_mirror
  run -125 gantry image bootstrap debian:nonesuch
  one_sentence "$output"
  matches "$output" 'mmdebstrap failed: '
  equal "$(ls "$WORK/root/tmp")" ''
}

@test "mmdebstrap is not installed" {
  mkdir "$WORK/empty"
  run -125 env PATH="$WORK/empty" "$GANTRY_BIN/gantry" --root "$WORK/root" image bootstrap debian:bookworm
  equal "$output" "gantry: there is no mmdebstrap to make the image with (apt-get install mmdebstrap)"
}
