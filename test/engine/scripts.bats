# Scripts that were written for podman, run by gantry under podman's name: the examples of podman's manual pages, with
# names of images and containers that are there.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  need jq
  bind_program "$WORK/bin" gantry --root "$WORK/root" --runroot "$WORK/run"
  ln -s gantry "$WORK/bin/podman"
  gantry image bootstrap busybox >/dev/null
  local image
  for image in alpine fedora ubi9; do gantry tag busybox "docker.io/library/$image:latest"; done
}

# examples: runs each line of standard input as a script of its own; all must succeed.
examples() {
  local line output status failed=''
  while IFS= read -r line; do
    [[ -n $line && $line != '#'* ]] || continue
    status=0
    output=$(cd "$WORK" && timeout 30 bash -ec "$line" 2>&1 3>&- </dev/null) || status=$?
    ((status == 0)) || failed+="$line"$'\n'"  status $status: $output"$'\n'
  done
  [[ -z $failed ]] || fail "$failed"
}

@test "podman-create, podman-run, podman-exec" {
  examples <<'END'
podman create alpine ls
podman create -t -i --name myctr alpine ls
podman create --name volumes -v $WORK:/data alpine ls /data
podman create --env COLOUR=red --env-file /dev/null --label a=b alpine env
podman run --rm alpine echo hello
podman run --rm --read-only alpine true
podman run --rm --hostname web alpine hostname
podman run --name=ctr1 -d alpine sleep 1000
podman run --rm --init --cap-drop ALL --security-opt no-new-privileges alpine true
podman run --rm --tmpfs /tmp:rw,size=1m,mode=1777 alpine touch /tmp/x
podman run --rm -w /tmp --entrypoint pwd alpine
podman run --rm --user 1000:1000 alpine id
podman exec ctr1 ls
podman exec -w /tmp ctr1 pwd
podman exec --env A=B --user root ctr1 env
podman exec -d ctr1 true
END
}

@test "podman-ps, podman-inspect, podman-top, podman-stats, podman-logs, podman-diff, podman-port" {
  gantry run -d --name ctr1 --label a=b alpine sh -c 'echo one; echo two; exec sleep 1000'
  gantry run --name ctr2 fedora true
  eventually sh -c 'gantry logs ctr1 | grep -q two'
  examples <<'END'
podman ps
podman ps -a
podman ps -a --format "{{.ID}}  {{.Image}}  {{.Labels}}  {{.Mounts}}"
podman ps --ns -a
podman ps --size
podman ps --filter name=ctr1 --no-trunc
podman ps -a --filter ancestor=fedora --format json
podman ps --sort names --noheading
podman container inspect ctr1
podman inspect fedora
podman inspect --format "{{.ImageName}}" --type container ctr1
podman inspect ctr1 | jq -e '.[0].State.Running'
podman top ctr1
podman top ctr1 pid seccomp args %C
podman top ctr1 -o pid,user
podman stats -a --no-stream
podman stats --no-stream ctr1
podman stats --no-stream --format=json ctr1
podman stats --no-stream --format "table {{.ID}} {{.Name}} {{.MemUsage}}" ctr1
podman logs ctr1
podman logs -t ctr1
podman logs --tail 2 ctr1
podman logs --since 10m ctr1
podman logs --until 30m ctr1
podman logs --color --names -t ctr1 ctr2
podman diff ctr1
podman container exists ctr1
podman events --stream=false
podman events --since 1h --stream=false --filter event=start
podman events --format json --stream=false --filter container=ctr1
END
}

@test "podman-start, -stop, -restart, -kill, -pause, -rename, -wait, -rm" {
  local name
  for name in mywebserver ctrID c3 c4 c5; do
    gantry run -d --stop-timeout 1 --name "$name" --cidfile "$WORK/$name.cid" alpine sleep 1000
  done
  examples <<'END'
podman pause mywebserver
podman unpause mywebserver
podman pause --latest
podman unpause --all
podman stop mywebserver
podman start mywebserver
podman stop --time 2 ctrID
podman restart ctrID
podman restart -t 0 --latest
podman restart --running -t 0
podman stop --cidfile $WORK/c3.cid -t 0
podman start c3
podman kill c3
podman kill --signal TERM c4
podman kill --cidfile $WORK/c5.cid
podman wait c3
podman wait --interval 250ms c5
podman wait --condition=running mywebserver
podman rename mywebserver backup
podman rename backup mywebserver
podman stop -t 0 --latest
podman stop --ignore nothing ctrID -t 0
podman stop -a -t 0
podman start --all
podman rm -f mywebserver
podman rm --cidfile $WORK/c3.cid -f
podman rm --ignore nothing
podman rm -f -t 1 --latest
podman kill --all
podman container prune -f
podman rm -a -f
END
}

@test "podman-commit, -cp, -export, -import, -tag, -images, -save, -load" {
  gantry run -d --name ctr1 alpine sleep 1000
  echo hello >"$WORK/file"
  mkdir "$WORK/folder"
  examples <<'END'
podman commit ctr1
podman commit ctr1 image:1
podman commit -q --author "firstName lastName" ctr1 image-committed
podman commit -q -m "message" --change CMD=/bin/bash --change ENTRYPOINT=/bin/sh ctr1 image2
podman commit -q --pause=false ctr1 image3
podman cp file ctr1:/root/
podman cp ctr1:/root/file .
podman cp folder/. ctr1:/srv
podman cp ctr1:/etc/. folder
tar -c file | podman cp - ctr1:/tmp
podman export -o out.tar ctr1
podman import out.tar imported
podman tag fedora myimage:v2
podman images
podman images --format json
podman image exists fedora
podman save -o saved.tar fedora
podman load -i saved.tar
podman history fedora
podman rmi myimage:v2
podman info
podman version
END
}

@test "podman-pod" {
  examples <<'END'
podman pod create
podman pod create --name test
podman pod create --infra=false
podman pod create --share ipc,uts --name shared
podman run -d --pod test --name one alpine sleep 1000
podman run -d --pod new:two alpine sleep 1000
podman pod exists test
podman pod ps
podman pod ps --no-trunc
podman pod ps --ctr-names
podman pod ps --format "{{.ID}}  {{.Cgroup}}"
podman pod ps --filter name=test --sort id
podman pod inspect test
podman pod top test
podman pod logs test
podman pod stats --no-stream test
podman pod pause test
podman pod unpause test
podman pod stop -t 0 test
podman pod start test
podman pod restart test
podman pod kill test
podman pod stop --latest
podman pod rm -f test
podman pod prune -f
podman pod rm -f -a
END
}
