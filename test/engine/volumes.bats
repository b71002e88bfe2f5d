# Volumes: named, anonymous, filled from the image, removed with their container or not at all.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  gantry image bootstrap busybox >/dev/null
}

in_box() { gantry run --rm "$@"; }

# refused PIECE COMMAND…: fails with 125 and one sentence that contains PIECE.
refused() {
  local piece=$1
  shift
  run -125 --separate-stderr "$@"
  one_sentence "$stderr"
  contains "$stderr" "$piece"
}

@test "a named volume is made, keeps its files and is removed" {
  in_box -v data:/data busybox sh -c 'echo kept >/data/file'
  run -0 in_box -v data:/other:ro busybox cat /other/file
  equal "$output" kept
  run -1 in_box -v data:/data:ro busybox touch /data/other
  run -0 gantry volume ls -q
  equal "$output" data
  run -0 gantry volume inspect -f '{{.Name}} {{.Driver}} {{.Scope}}' data
  equal "$output" "data local local"
  equal "$(cat "$(gantry volume inspect -f '{{.Mountpoint}}' data)/file")" kept
  run -0 gantry volume rm data
  equal "$output" data
  run -1 gantry volume exists data
}

@test "an empty volume gets what the image has there, and another one does not" {
  in_box -v etc:/etc busybox sh -c 'test -s /etc/passwd && echo mine >>/etc/passwd'
  run -0 in_box -v etc:/etc busybox tail -n 1 /etc/passwd
  equal "$output" mine
  run -0 in_box -v bare:/etc:nocopy busybox ls /etc
  lacks "$output" passwd
}

@test "a filled volume has the folder's owner and mode" {
  gantry run --name maker busybox sh -c 'mkdir /own && chown 12:34 /own && chmod 1750 /own && echo a >/own/a'
  mkdir "$WORK/tree"
  gantry export maker | tar -x -C "$WORK/tree"
  run -0 gantry run --rm -v own:/own --rootfs "$WORK/tree:O" stat -c '%u:%g %a' /own
  equal "$output" "12:34 1750"
}

@test "anonymous volumes go with --rm and rm -v, and with nothing else" {
  in_box -v /data busybox touch /data/file
  run -0 gantry volume ls -q
  equal "$output" ""
  gantry run --name one -v /data busybox touch /data/file
  gantry rm one
  run -0 gantry volume ls -q
  equal "${#output}" 64
  gantry volume prune -f
  gantry run --name two -v /data -v named:/named busybox true
  gantry rm -v two
  run -0 gantry volume ls -q
  equal "$output" named
}

@test "a volume in use is not removed, unless its containers may go too" {
  gantry run -d --name web -v data:/data busybox sleep 60
  run -2 --separate-stderr gantry volume rm data
  contains "$stderr" "'web'"
  run -0 gantry volume ls --filter dangling=true -q
  equal "$output" ""
  gantry volume prune -a -f
  gantry volume exists data
  gantry volume rm -f data
  run -0 gantry ps -aq
  equal "$output" ""
}

@test "volumes have labels, filters, JSON and templates" {
  gantry volume create --label tier=gold one
  gantry volume create two
  run -0 gantry volume ls --filter label=tier=gold --format '{{.Name}}'
  equal "$output" one
  run -0 gantry volume ls --filter name=tw -q
  equal "$output" two
  equal "$(gantry volume ls --format json | jq -r '.[].Name' | sort | tr '\n' ' ')" "one two "
  equal "$(gantry volume inspect one | jq -r '.[0].Labels.tier')" gold
  run -125 gantry volume create one
  run -0 gantry volume create --ignore one
}

@test "a volume with a size holds no more" {
  need mkfs.ext4
  [[ -e /dev/loop-control ]] || skip "there are no loop devices here"
  gantry volume create -o o=size=8m small
  run -0 in_box -v small:/small busybox dd if=/dev/zero of=/small/a bs=1M count=4
  run -1 in_box -v small:/small busybox dd if=/dev/zero of=/small/b bs=1M count=8
  run -0 in_box -v small:/small busybox stat -c %s /small/a
  equal "$output" $((4 << 20))
  lacks "$(cat /proc/self/mountinfo)" "$WORK/root/volumes"
}

@test "a volume in memory is shared while it is used" {
  gantry volume create -o type=tmpfs -o o=size=4m scratch
  gantry run -d --name first -v scratch:/data busybox sh -c 'echo here >/data/file; exec sleep 60'
  eventually gantry exec first test -s /data/file
  run -0 in_box -v scratch:/data busybox cat /data/file
  equal "$output" here
  gantry rm -f -t 0 first || gantry rm -f first
  lacks "$(cat /proc/self/mountinfo)" "$WORK/root/volumes"
}

@test "a volume can stand for a folder" {
  mkdir "$WORK/folder"
  gantry volume create -o type=none -o o=bind -o device="$WORK/folder" link
  in_box -v link:/data busybox touch /data/file
  [[ -e $WORK/folder/file ]]
  gantry volume rm link
  [[ -e $WORK/folder/file ]]
}

@test "export and import carry a volume over" {
  in_box -v data:/data busybox sh -c 'echo a >/data/a; ln -s a /data/b; chown 5:6 /data/a'
  gantry volume export -o "$WORK/data.tar" data
  gantry volume create copy
  gantry volume import copy "$WORK/data.tar"
  run -0 in_box -v copy:/data busybox sh -c 'cat /data/b; stat -c %u:%g /data/a'
  equal "$output" "a"$'\n'"5:6"
  run -0 bash -c 'gantry volume export data | gantry volume import copy -'
}

@test "an image's volumes are anonymous, in memory or nothing" {
  need jq
  gantry image config --volume /keep busybox -t kept
  gantry run --name one kept touch /keep/file
  equal "$(gantry inspect one | jq '.[0].Mounts | length')" 1
  gantry rm -v one
  run -0 in_box --image-volume tmpfs kept sh -c 'grep " /keep tmpfs" /proc/mounts | wc -l'
  equal "$output" 1
  run -0 in_box --image-volume ignore kept sh -c 'grep -c " /keep " /proc/mounts || true'
  equal "$output" 0
}

@test "--volumes-from gives what another container has" {
  gantry run --name base -v data:/data -v "$WORK:/work:ro" busybox sh -c 'echo x >/data/file'
  run -0 in_box --volumes-from base busybox cat /data/file
  equal "$output" x
  run -1 in_box --volumes-from base:ro busybox touch /data/other
  refused "--volumes-from" gantry run --rm --volumes-from nobody busybox true
}

@test "an ordinary user has volumes of his own" {
  need_user
  need_user_namespaces
  as_user gantry image bootstrap busybox
  as_user gantry run --rm -v etc:/etc busybox sh -c 'echo mine >>/etc/passwd; chown 12 /etc/passwd'
  run -0 as_user gantry run --rm -v etc:/etc busybox stat -c %u /etc/passwd
  equal "$output" 12
  run -0 as_user gantry run --rm -u 7 -v own:/own:U busybox touch /own/file
  as_user gantry volume rm -a -f
  run -0 as_user gantry volume ls -q
  equal "$output" ""
}

@test "bad names and options are refused with what is accepted" {
  refused "cannot be a volume's name" gantry volume create ../up
  refused "type, device and o" gantry volume create -o colour=red x
  refused "driver 'tape'" gantry volume create -d tape x
  refused "absolute path" gantry volume create -o o=bind -o device=here x
  refused "option --volume" gantry run --rm -v data:/data:sideways busybox true
  refused "option --volume" gantry run --rm -v a:b:c:d busybox true
  refused "two mounts" gantry run --rm -v a:/data -v b:/data busybox true
  refused "option --image-volume" gantry run --rm --image-volume tape busybox true
  run -1 --separate-stderr gantry volume rm nothing
  contains "$stderr" "no volume 'nothing'"
}

@test "a volume outlives a kill of whoever makes it, and nothing half made stays" {
  local i
  for i in 1 2 3 4 5 6; do
    timeout --signal KILL "0.0$i" "$WORK/bin/gantry" run --name "c$i" -v "v$i:/data" busybox true || true
  done
  run -0 gantry system check
  gantry rm -f -a
  local name
  for name in $(gantry volume ls -q); do gantry volume inspect "$name" >/dev/null; done
}
