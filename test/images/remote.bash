# Images in registries, for suites that pull and push. Credentials and configuration of registries are below $WORK, for
# gantry and for its peers.

# shellcheck source=test/support/registry.bash
source "$GANTRY_SOURCE/test/support/registry.bash"

make_remote_world() {
  make_world
  need_root
  need skopeo jq curl docker-registry openssl python3 busybox
  export REGISTRY_AUTH_FILE=$WORK/auth.json CONTAINERS_REGISTRIES_CONF=$WORK/registries.conf
  touch "$CONTAINERS_REGISTRIES_CONF"
  # podman insists on the file.
  (umask 077 && echo '{}' >"$REGISTRY_AUTH_FILE")
}

end_remote_world() {
  end_servers
  end_world
}

# make_layout: the OCI layout $WORK/layout with the image `image` of three layers, two of which do not compress. Sets
# BIG to the digest of the largest, 3 MB, and NOISE to what a container of it finds.
make_layout() {
  local part
  mkdir -p "$WORK"/parts/{shell,one,two}
  make_rootfs "$WORK/parts/shell"
  head -c 3000000 /dev/urandom >"$WORK/parts/one/noise"
  head -c 1000000 /dev/urandom >"$WORK/parts/two/more"
  NOISE=$(cd "$WORK/parts" && cat one/noise two/more | sha256sum)
  for part in shell one two; do
    tar -C "$WORK/parts/$part" -cf "$WORK/parts/$part.tar" .
  done
  skopeo copy --quiet "tarball:$WORK/parts/shell.tar:$WORK/parts/one.tar:$WORK/parts/two.tar" "oci:$WORK/layout:image"
  # shellcheck disable=SC2034  # for the tests
  BIG=$(skopeo inspect --raw "oci:$WORK/layout:image" | jq -r '.layers[1].digest')
  rm -r "$WORK/parts"
}

# publish NAME OPTION…: the layout's image to $REGISTRY/NAME, with options of skopeo copy.
publish() {
  local name=$1
  shift
  skopeo copy --quiet --dest-tls-verify=false "$@" "oci:$WORK/layout:image" "docker://$REGISTRY/$name"
}

# pull OPTION… NAME, without TLS.
pull() { gantry pull --quiet --tls-verify=false "$@"; }

# manifest_digest LOCATION OPTION…: of the manifest that is there, by skopeo.
manifest_digest() { echo "sha256:$(skopeo inspect --raw "$@" | sha256sum | cut -d' ' -f1)"; }

# is_whole NAME: the image is in our store and a container of it sees what was published.
is_whole() {
  equal "$(gantry run --rm --network none "$1" /bin/sh -c 'cat noise more | sha256sum')" "$NOISE"
  is_sound
}

# is_sound: nothing in our store is unfinished or wrong.
is_sound() {
  nothing_unfinished
  run -0 gantry system check
}
