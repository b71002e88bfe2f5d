#!/usr/bin/env bats
# gantry build: images from Dockerfiles, by hand-made contexts. skopeo reads the results, podman and gantry run them.
# shellcheck disable=SC2030,SC2031  # each test exports for itself

load ../support/common
load ../support/registry

teardown() {
  end_servers
  end_world
}
setup() {
  make_world
  need busybox skopeo jq
  context=$WORK/context
  mkdir -p "$context/bin"
  cp "$(command -v busybox)" "$context/bin/busybox"
  gantry image bootstrap busybox >/dev/null
}

# dockerfile LINE…: the Dockerfile of $context.
dockerfile() { printf '%s\n' "$@" >"$context/Dockerfile"; }
build() { gantry build --progress plain "$@" "$context"; }
# config NAME FILTER: of an image of the store, by skopeo.
config() { skopeo inspect --config --raw "oci:$WORK/root:localhost/$1:latest" | jq -rc "$2"; }
# in_image NAME COMMAND…
in_image() {
  local name=$1
  shift
  gantry run --rm --network none "$name" "$@"
}

@test "a file of a few lines becomes an image that runs" {
  echo hello >"$context/greeting"
  dockerfile 'FROM busybox' 'WORKDIR /srv/app' 'COPY greeting .' 'RUN tr a-z A-Z <greeting >LOUD' \
    'ENV A=1 B="two words"' 'LABEL v=1' 'USER nobody' 'EXPOSE 80 53/udp' 'VOLUME /data' 'CMD ["cat", "LOUD"]'
  run -0 build -t app
  matches "${lines[-1]}" '^[0-9a-f]{64}$'
  equal "$(gantry run --rm --network none app)" HELLO
  equal "$(config app '.config | [.Env[-2:], .Labels, .User, .ExposedPorts, .Volumes, .WorkingDir, .Cmd]')" \
    '[["A=1","B=two words"],{"v":"1"},"nobody",{"53/udp":{},"80/tcp":{}},{"/data":{}},"/srv/app",["cat","LOUD"]]'
  equal "$(config app '[.history[] | select(.empty_layer != true)] | length')" "$(config app '.rootfs.diff_ids | length')"
}

@test "an image is the same whenever and wherever it is built" {
  dockerfile 'FROM busybox' 'COPY . /c/' 'RUN date >/dev/null; mkdir /d && echo x >/d/x'
  run -0 build -t one
  local first=${lines[-1]}
  touch "$context/bin/busybox"
  run -0 build --no-cache -t two
  equal "${lines[-1]}" "$first"
  gantry save --quiet --output "$WORK/base.tar" --format oci-archive busybox
  run -0 gantry --root "$WORK/other" --runroot "$WORK/other-run" load --input "$WORK/base.tar"
  run -0 gantry --root "$WORK/other" --runroot "$WORK/other-run" build "$context"
  equal "${lines[-1]}" "$first"
}

@test "what an earlier build made is taken from there, by content" {
  echo one >"$context/file"
  dockerfile 'FROM busybox' 'COPY file /file' 'RUN cat /file; date +%N >/time'
  run -0 build -t app
  lacks "$output" "cached"
  local first=${lines[-1]}
  touch "$context/file"
  run -0 build -t app
  equal "$(grep -c ' cached$' <<<"$output")" 2
  equal "${lines[-1]}" "$first"
  echo two >"$context/file"
  run -0 build -t app
  lacks "$output" " cached"
  echo one >"$context/file"
  run -0 build -t app
  equal "${lines[-1]}" "$first"
  run -0 build --no-cache -t app
  lacks "$output" " cached"
}

@test "only what the target needs is done, independent stages beside one another" {
  dockerfile 'FROM busybox AS a' 'RUN echo a >/a' 'FROM busybox AS b' 'RUN echo b >/b' \
    'FROM busybox AS unneeded' 'RUN exit 7' 'FROM busybox' 'COPY --from=a /a /a' 'COPY --from=b /b /b'
  run -0 build -t app
  equal "$(in_image app cat /a /b)" $'a\nb'
  run -7 build --target unneeded
  run -0 build --target a -t only
  equal "$(in_image only cat /a)" a
}

@test "a command that fails: its status, its last lines, the line" {
  dockerfile 'FROM busybox' 'RUN echo first' 'RUN echo to be seen && exit 3'
  run -3 build
  contains "$output" "to be seen"
  contains "$output" "Dockerfile:3"
  contains "$output" "ended with status 3"
  equal "$(gantry images --quiet | wc -l)" 1
}

@test "heredocs, shells, build arguments" {
  cat >"$context/Dockerfile" <<'EOF'
FROM busybox
ARG WHO=world
RUN <<END
echo "hello $WHO" >/one
echo done >>/one
END
COPY <<END /two
for $WHO
END
SHELL ["/bin/busybox", "sh", "-e", "-c"]
RUN <<END
#!/bin/busybox cat
a script of its own
END
RUN echo $0 >/three
EOF
  run -0 build -t app --build-arg WHO=you
  contains "$output" "a script of its own"
  equal "$(in_image app cat /one /two)" $'hello you\ndone\nfor you'
}

@test "mounts of a RUN: stages, the context, caches, memory" {
  echo ctx >"$context/file"
  dockerfile 'FROM busybox AS other' 'RUN echo from-stage >/here' 'FROM busybox' \
    'RUN --mount=type=bind,from=other,target=/o --mount=type=bind,target=/c cat /o/here /c/file >/seen' \
    'RUN --mount=type=cache,target=/cache echo $(( $(cat /cache/n 2>/dev/null || echo 0) + 1 )) >/cache/n; cat /cache/n >/n' \
    'RUN --mount=type=cache,target=/cache cat /cache/n >/again' \
    'RUN --mount=type=tmpfs,target=/t echo x >/t/x' \
    'RUN --mount=type=bind,from=other,target=/o,rw echo changed >/o/here' \
    'RUN ! touch /o/x 2>/dev/null; ls /o /c /t /cache 2>/dev/null | wc -l >/left'
  run -0 build -t app
  equal "$(in_image app cat /seen /n /again)" $'from-stage\nctx\n1\n1'
  equal "$(in_image app cat /left)" 0
}

@test "secrets are in no layer, no history, no cache" {
  printf tops3cret >"$WORK/secret"
  dockerfile 'FROM busybox' 'RUN --mount=type=secret,id=s,required=true test "$(wc -c </run/secrets/s)" = 9' \
    'RUN --mount=type=secret,id=s,env=SECRET test ${#SECRET} = 9' \
    'RUN --mount=type=secret,id=none test ! -e /run/secrets/none'
  run -125 build
  contains "$output" "there is no secret 's'"
  run -0 build -t app --secret "id=s,src=$WORK/secret"
  run -1 grep -r tops3cret "$WORK/root"
  run -0 in_image app ls -a /run
  lacks "$output" secrets
}

@test "COPY: folders, patterns, owners, modes, ignore files, links" {
  mkdir -p "$context/src/deep" "$context/empty"
  echo a >"$context/src/a.txt"
  echo b >"$context/src/b.md"
  echo c >"$context/src/deep/c.txt"
  ln -s a.txt "$context/src/link"
  ln -s /etc/passwd "$context/out"
  printf '%s\n' '**/*.md' '**/.git' '!src/keep.md' >"$context/.dockerignore"
  echo k >"$context/src/keep.md"
  dockerfile 'FROM busybox' 'COPY src /all' 'COPY src/*.txt /txt/' 'COPY --chown=nobody --chmod=640 src/a.txt /owned' \
    'COPY --parents src/deep/c.txt /p/' 'COPY --exclude=deep src /some' 'COPY empty /void'
  run -0 build -t app
  equal "$(in_image app find /all /txt /p /some /void | sort | xargs)" \
    "/all /all/a.txt /all/deep /all/deep/c.txt /all/keep.md /all/link /p /p/src /p/src/deep /p/src/deep/c.txt /some /some/a.txt /some/keep.md /some/link /txt /txt/a.txt /void"
  equal "$(in_image app stat -c '%a %u %g' /owned)" "640 65534 65534"
  equal "$(in_image app readlink /all/link)" a.txt
  dockerfile 'FROM busybox' 'COPY out /x'
  run -125 build
  contains "$output" "'out' is not there"
  dockerfile 'FROM busybox' 'COPY src/b.md /x'
  run -125 build
  contains "$output" "ignore file"
}

@test "two steps may make the same layer" {
  dockerfile 'FROM busybox' 'RUN echo x >/x' 'RUN rm /x' 'RUN echo x >/x' 'RUN cat /x'
  run -0 build -t app
  equal "$(in_image app cat /x)" x
}

@test "ADD unpacks archives" {
  mkdir -p "$WORK/tree/in" && echo packed >"$WORK/tree/in/file"
  tar -C "$WORK/tree" -czf "$context/a.tar.gz" in
  tar -C "$WORK/tree" -cJf "$context/b.tar.xz" in
  dockerfile 'FROM busybox' 'ADD a.tar.gz /a/' 'ADD b.tar.xz /b' 'ADD --unpack=false a.tar.gz /plain/' 'COPY a.tar.gz /c/'
  run -0 build -t app
  equal "$(in_image app cat /a/in/file /b/in/file)" $'packed\npacked'
  equal "$(in_image app ls /plain /c | xargs)" "/c: a.tar.gz /plain: a.tar.gz"
}

@test "a build from scratch, and triggers of a base" {
  dockerfile 'FROM scratch' 'COPY bin /bin' 'ONBUILD COPY late /late' 'ONBUILD RUN ["/bin/busybox", "cp", "/late", "/later"]'
  run -0 build -t base
  equal "$(config base .config.OnBuild)" '["COPY late /late","RUN [\"/bin/busybox\", \"cp\", \"/late\", \"/later\"]"]'
  echo late >"$context/late"
  dockerfile 'FROM base' 'CMD ["/bin/busybox", "cat", "/later"]'
  run -0 build -t app
  equal "$(gantry run --rm --network none app)" late
  equal "$(config app .config.OnBuild)" null
}

@test "one layer for a stage, or for all" {
  dockerfile 'FROM busybox' 'RUN echo 1 >/1' 'RUN echo 2 >/2; rm /1' 'ENV A=b'
  run -0 build --squash -t squashed
  equal "$(config squashed '.rootfs.diff_ids | length')" 2
  run -0 in_image squashed ls /
  lacks "$output" 1
  run -0 build --layers=false -t no-layers
  equal "$(config no-layers '.rootfs.diff_ids')" "$(config squashed '.rootfs.diff_ids')"
  run -0 build --squash-all -t flat
  equal "$(config flat '.rootfs.diff_ids | length')" 1
  equal "$(in_image flat cat /2)" 2
}

@test "outputs: a folder, a tar, archives, ids and metadata" {
  dockerfile 'FROM scratch' 'COPY bin/busybox /dir/x'
  run -0 build --output "type=local,dest=$WORK/out"
  cmp "$WORK/out/dir/x" "$context/bin/busybox"
  gantry build --quiet -o - "$context" >"$WORK/out.tar"
  equal "$(tar -tf "$WORK/out.tar" | xargs)" "dir/ dir/x"
  run -0 build -t app --output "type=oci,dest=$WORK/oci.tar" --iidfile "$WORK/iid" --metadata-file "$WORK/meta"
  equal "$(cat "$WORK/iid")" "sha256:${lines[-1]}"
  equal "$(skopeo inspect "oci-archive:$WORK/oci.tar" | jq -r .Digest)" "$(jq -r '."containerimage.digest"' "$WORK/meta")"
  run -0 build -t app --output "type=docker,dest=$WORK/docker.tar"
  run -0 skopeo inspect "docker-archive:$WORK/docker.tar"
}

@test "one time for all, as asked" {
  dockerfile 'FROM scratch' 'COPY bin/busybox /x'
  run -0 build -t app
  matches "$(config app .created)" ^1970-01-01T00:00:00
  run -0 build -t app --timestamp 1700000000
  matches "$(config app '.history[-1].created')" ^2023-11-14T22:13:20
  SOURCE_DATE_EPOCH=1700000000 run -0 build -t app --output "type=local,dest=$WORK/out"
  equal "$(stat -c %Y "$WORK/out/x")" 1700000000
}

@test "the network of a RUN, and hosts" {
  dockerfile 'FROM busybox' 'RUN --network=none ip link | grep -c ": " >/none' 'RUN grep -w myhost /etc/hosts'
  run -0 build -t app --add-host myhost:10.1.2.3
  contains "$output" "10.1.2.3"
  equal "$(in_image app cat /none)" 1
  run -1 build --no-cache
  run -0 in_image app cat /etc/hosts
  lacks "$output" myhost
}

@test "bad input is one sentence, with the line" {
  run -125 gantry build "$WORK/nowhere"
  dockerfile 'FROM busybox' 'RUNN x'
  run -125 build
  contains "$output" "Dockerfile:2"
  dockerfile 'FROM nowhere.invalid/none'
  run -125 build
  contains "$output" "nowhere.invalid/none"
  dockerfile 'FROM busybox' 'COPY --from=later /x /y' 'FROM busybox AS later'
  run -125 build --target 0
  contains "$output" "comes only later"
  run -125 build --target none
  contains "$output" "no stage 'none'"
  dockerfile 'FROM busybox' 'RUN true'
  run -125 build --network container:x
  contains "$output" "joins no network of others"
  run -125 build --output type=floppy
}

@test "a context with sockets, devices, pipes and files that lead out" {
  mkfifo "$context/pipe"
  python3 -c 'import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$context/socket"
  ln -s ../../../../etc "$context/up"
  dockerfile 'FROM busybox' 'COPY . /c'
  run -0 build -t app
  run -0 in_image app ls /c
  contains "$output" pipe
  lacks "$output" socket
  dockerfile 'FROM busybox' 'COPY up/hostname /x'
  run -125 build
}

@test "an ordinary user builds" {
  need_user
  dockerfile 'FROM busybox' 'COPY --chown=nobody bin/busybox /owned' 'RUN echo hi >/file && rm -r /home' 'CMD ["cat", "/file"]'
  chmod -R a+rX "$context"
  as_user gantry image bootstrap busybox >/dev/null
  run -0 as_user gantry build -t app "$context"
  equal "$(as_user gantry run --rm --network none app)" hi
  equal "$(as_user gantry run --rm --network none app stat -c %u /owned)" 65534
  run -1 as_user gantry run --rm --network none app ls /home
}

@test "a build that is killed leaves nothing" {
  dockerfile 'FROM busybox' 'RUN echo begun; sleep 98765'
  "$GANTRY_BIN/gantry-build" --root "$WORK/root" --runroot "$WORK/run" build --progress plain "$context" 2>"$WORK/log" &
  local pid=$!
  eventually grep -q '| begun' "$WORK/log"
  kill -KILL "$pid"
  wait "$pid" || true
  eventually bash -c '[[ -z $(ls '"$WORK"'/run/build) ]]'
  run -1 pgrep -f "sleep 98765"
  run -0 gantry system check
  dockerfile 'FROM busybox' 'RUN echo fine'
  run -0 build
}

@test "an agent is seen by the RUN that asks for it" {
  need ssh-agent ssh-add ssh-keygen
  ssh-agent -a "$WORK/agent" >"$WORK/agent.env"
  local pid
  pid=$(sed -n 's/.*SSH_AGENT_PID=\([0-9]*\).*/\1/p' "$WORK/agent.env")
  dockerfile 'FROM busybox' 'RUN --mount=type=ssh test -S "$SSH_AUTH_SOCK" && echo "$SSH_AUTH_SOCK"' \
    'RUN test -z "$SSH_AUTH_SOCK"' 'RUN --mount=type=ssh,id=other,required=true true'
  run build --ssh "default=$WORK/agent"
  kill "$pid"
  equal "$status" 125
  contains "$output" "'other'"
  contains "$output" "| /run/"
}

@test "the image goes to a registry, and on a terminal progress is a tree" {
  need script docker-registry
  start_registry
  printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$REGISTRY" >"$WORK/registries.conf"
  export CONTAINERS_REGISTRIES_CONF=$WORK/registries.conf
  dockerfile 'FROM busybox' 'RUN echo seen'
  run -0 script --quiet --return --command \
    "gantry build --progress tty --output type=registry -t $REGISTRY/app:1 $context" /dev/null
  contains "$output" $'\e['
  contains "$output" "RUN echo seen"
  run -0 skopeo inspect --tls-verify=false "docker://$REGISTRY/app:1"
}
