# Files into and out of containers, and images of them.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  gantry image bootstrap busybox >/dev/null
}

@test "files and folders are copied out of a container, running or not" {
  gantry run -d --name web busybox sh -c 'mkdir -p /data/sub; echo hello >/data/sub/file; echo up; exec sleep 1000'
  eventually sh -c 'gantry logs web | grep -q up'
  gantry cp web:/data/sub/file "$WORK/out"
  equal "$(cat "$WORK/out")" hello
  gantry cp web:/data "$WORK/tree"
  equal "$(cat "$WORK/tree/sub/file")" hello
  gantry stop -t 0 web
  gantry cp web:/data/. "$WORK/tree"
  mkdir "$WORK/into"
  gantry cp web:/data "$WORK/into"
  equal "$(cat "$WORK/into/data/sub/file")" hello
  run -125 gantry cp web:/nothing "$WORK/x"
  contains "$output" "/nothing"
}

@test "files and folders are copied into a container, running or not" {
  mkdir -p "$WORK/site/img"
  echo one >"$WORK/site/index"
  echo two >"$WORK/site/img/a"
  gantry run -d --name web -u 7:8 busybox sleep 1000
  gantry cp "$WORK/site/index" web:/tmp/
  equal "$(gantry exec web stat -c '%u:%g' /tmp/index)" 7:8
  gantry cp "$WORK/site" web:/tmp/site
  equal "$(gantry exec web cat /tmp/site/img/a)" two
  gantry stop -t 0 web
  gantry cp "$WORK/site/." web:/srv
  gantry start web
  equal "$(gantry exec web cat /srv/index)" one
  tar -C "$WORK/site" -c img | gantry cp - web:/tmp
  equal "$(gantry exec web cat /tmp/img/a)" two
}

@test "a link in a container leads nowhere out of it" {
  echo secret >"$WORK/secret"
  gantry run -d --name web busybox sh -c "ln -s $WORK/secret /link; ln -s $WORK /out; echo up; exec sleep 1000"
  eventually sh -c 'gantry logs web | grep -q up'
  run -125 gantry cp web:/link "$WORK/got"
  [[ ! -e $WORK/got ]]
  echo evil >"$WORK/evil"
  gantry cp "$WORK/evil" web:/out/planted || true
  [[ ! -e $WORK/planted ]]
}

@test "what cp cannot do is told" {
  gantry create --name web busybox true
  run -125 gantry cp "$WORK/a" "$WORK/b"
  contains "$output" "CONTAINER:PATH"
  run -125 gantry cp web:/etc -
  contains "$output" "gantry export"
  mkdir "$WORK/folder"
  run -125 gantry cp "$WORK/folder" web:/bin/busybox
  contains "$output" "--overwrite"
}

@test "commit makes an image of what a container has written" {
  gantry run --name web -e COLOUR=red -w /tmp busybox sh -c 'echo hello >/file; rm /bin/vi' || true
  run -0 gantry commit -m 'as it is' -a me -c 'CMD cat /file' web site:1
  local id=$output
  equal "$(gantry run --rm site:1)" hello
  equal "$(gantry run --rm site:1 sh -c 'echo $COLOUR; pwd')" $'red\n/tmp'
  run ! gantry run --rm site:1 ls /bin/vi
  contains "$(gantry history site:1)" "as it is"
  equal "$(gantry inspect -t image -f '{{.Id}}' site:1)" "$id"
}
