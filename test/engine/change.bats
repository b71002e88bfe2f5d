# Containers that are changed, cloned and mounted: update, container clone, pod clone, mount, rm --depend.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  gantry image bootstrap busybox >/dev/null
}

teardown() {
  gantry pod rm -fa >/dev/null 2>&1 || true
  end_world
}

field() { gantry inspect -f "{{.$2}}" "$1"; }
is() { [[ $(field "$1" "$2") == "$3" ]]; }
restarted() { (($(field "$1" RestartCount) >= $2)); }

# in_cgroup CONTAINER V1-FILE V2-FILE
in_cgroup() {
  local id file
  id=$(field "$1" Id)
  file=$(find /sys/fs/cgroup -path "*$id*" \( -name "$2" -o -name "$3" \) 2>/dev/null | head -1)
  [[ -n $file ]] || fail "neither $2 nor $3"
  cat "$file"
}

refused() {
  local piece=$1
  shift
  run -125 --separate-stderr "$@"
  one_sentence "$stderr"
  contains "$stderr" "$piece"
}

@test "update: limits of a running container, which stay for its later starts" {
  need_cgroup memory
  need_cgroup pids
  local id
  id=$(gantry run -d --name web --memory 64m --pids-limit 100 --cpus 0.5 busybox sleep 1000)
  run -0 gantry update --memory 128m --pids-limit 50 --cpus 1.5 web
  equal "$output" "$id"
  equal "$(in_cgroup web memory.limit_in_bytes memory.max)" $((128 << 20))
  equal "$(in_cgroup web pids.max pids.max)" 50
  contains "$(in_cgroup web cpu.cfs_quota_us cpu.max)" 150000
  equal "$(field web HostConfig.Memory)" $((128 << 20))
  gantry update --pids-limit -1 web
  equal "$(in_cgroup web pids.max pids.max)" max
  gantry update --pids-limit 20 web
  gantry restart -t 0 web
  equal "$(in_cgroup web pids.max pids.max)" 20
  equal "$(in_cgroup web memory.limit_in_bytes memory.max)" $((128 << 20))
}

@test "update: what does not fit is refused and changes nothing" {
  gantry create --name web --memory 64m --memory-swap 80m busybox true
  refused "less than --memory" gantry update --memory 100m web
  refused "no policy" gantry update --restart sometimes web
  refused "exclude each other" gantry update --cpus 1 --cpu-quota 1000 web
  refused "no container" gantry update --memory 1g nobody
  refused "no container is named" gantry update --memory 1g
  equal "$(field web HostConfig.Memory)" $((64 << 20))
  gantry update --memory 100m --memory-swap 200m web
  equal "$(field web HostConfig.MemorySwap)" $((200 << 20))
  gantry create --name gone --rm busybox true
  refused "exclude each other" gantry update --restart always gone
}

@test "update: the restart policy of a running container" {
  gantry run -d --name web busybox sleep 1000
  gantry update --restart always web
  equal "$(field web HostConfig.RestartPolicy.Name)" always
  gantry kill web
  eventually restarted web 1
  eventually is web State.Status running
  gantry update --restart on-failure:5 web
  equal "$(field web HostConfig.RestartPolicy.MaximumRetryCount)" 5
  gantry update --restart no web
  gantry kill web
  eventually is web State.Status exited
}

@test "container clone: another one like it" {
  gantry run -d --name web --label tier=front -e A=1 --memory 64m -v /data busybox sleep 1000
  gantry exec web sh -c 'echo here >/root/file; echo here >/data/file'
  run -0 gantry container clone --run --memory 128m web
  equal "$(field web-clone Id)" "$output"
  equal "$(field web-clone HostConfig.Memory)" $((128 << 20))
  equal "$(gantry inspect -f '{{index .Config.Labels "tier"}}' web-clone)" front
  equal "$(gantry exec web-clone sh -c 'echo $A')" 1
  gantry exec web-clone sh -c '! [ -e /root/file ] && ! [ -e /data/file ]'
  gantry container clone web
  equal "$(field web-clone1 State.Status)" created
  gantry container clone web third
  equal "$(field third State.Status)" created
  refused "taken" gantry container clone --name third web
  refused running gantry container clone --destroy web fourth
  gantry container clone --destroy -f web fourth
  run -1 gantry container exists web
  gantry container exists fourth
}

@test "pod clone: its containers refer to each other" {
  gantry pod create --name shop --label tier=front
  gantry create --pod shop --name db busybox sleep 1000
  gantry create --pod shop --name front --requires db busybox sleep 1000
  run -0 gantry pod clone --start shop
  equal "$(gantry pod inspect -f '{{.State}}' shop-clone)" Running
  equal "$(gantry pod inspect -f '{{.State}}' shop)" Created
  equal "$(field db-clone State.Status)" running
  equal "$(field front-clone State.Status)" running
  equal "$(gantry ps -a --filter pod=shop-clone -q | wc -l)" 3
  gantry pod rm -f shop
  equal "$(field front-clone State.Status)" running
  gantry pod clone --destroy shop-clone last
  run -1 gantry pod exists shop-clone
  equal "$(gantry ps -a --filter pod=last -q | wc -l)" 3
}

@test "rm: a needed container stays, unless those that need it go too" {
  gantry create --name db busybox sleep 1000
  gantry create --name web --requires db busybox sleep 1000
  gantry run -d --name net busybox sleep 1000
  gantry create --name front --requires web --network container:net busybox sleep 1000
  run -2 --separate-stderr gantry rm -f db
  one_sentence "$stderr"
  contains "$stderr" "'web' needs 'db'"
  run -2 gantry rm -f net
  gantry container exists net
  gantry rm db web front
  gantry create --name web --requires net busybox sleep 1000
  run -0 gantry rm -f --depend net
  equal "${#lines[@]}" 2
  equal "$(gantry ps -aq)" ""
}

@test "mount: the files of a container on the host" {
  gantry create --name web busybox sleep 1000
  run -0 gantry mount web
  local path=$output
  [[ -x $path/bin/busybox ]]
  echo hello >"$path/root/greeting"
  equal "$(gantry mount web)" "$path"
  contains "$(gantry mount)" "$path"
  equal "$(gantry mount --format json | jq -r '.[0].mountpoint')" "$path"
  refused "mounted on the host" gantry start web
  run -0 gantry unmount web
  refused "is not mounted" gantry umount web
  gantry start web
  equal "$(gantry exec web cat /root/greeting)" hello
  path=$(gantry mount web)
  gantry exec web sh -c 'echo more >>/root/greeting'
  equal "$(tail -1 "$path/root/greeting")" more
  echo outside >"$path/root/other"
  equal "$(gantry exec web cat /root/other)" outside
  gantry unmount --all
  equal "$(gantry mount)" ""
  gantry mount web >/dev/null
  gantry rm -f web
  ! grep -q "$WORK/run/mounts" /proc/self/mountinfo
}

@test "attach --latest" {
  gantry run -d --name one busybox sleep 1000
  gantry run -d --name two busybox sh -c 'trap "exit 7" TERM; while :; do sleep 0.05; done'
  gantry attach --latest &
  local client=$!
  eventually gantry exec two true
  gantry stop two
  local status=0
  wait "$client" || status=$?
  equal "$status" 7
  refused "takes one container" gantry attach
}
