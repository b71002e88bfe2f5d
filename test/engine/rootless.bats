# All of it as an ordinary user: with subordinate ids, and with none.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  need_user_namespaces
  need_user
}

@test "a user with subordinate ids runs, lists, stops and removes" {
  as_user gantry image bootstrap busybox
  run -0 as_user gantry run --rm busybox id -u
  equal "$output" 0
  run -0 as_user gantry run --rm -u 12 busybox id -u
  equal "$output" 12
  as_user gantry run -d --name web busybox sleep 60
  run -0 as_user gantry ps --format '{{.Names}}'
  equal "$output" web
  run -0 as_user gantry exec web cat /proc/1/comm
  equal "$output" sleep
  as_user gantry stop -t 0 web
  as_user gantry rm web
  run -0 as_user gantry system check
}

@test "a user with no id but his own runs as root of his container" {
  as_lone_user gantry image bootstrap busybox
  run -0 as_lone_user gantry run --rm busybox sh -c 'id -u; echo x >/file; cat /file'
  equal "$output" "0"$'\n'"x"
}

@test "limits are refused with the cure where no cgroup is ours" {
  as_user sh -c '! [ -w /sys/fs/cgroup/memory ] && ! [ -w /sys/fs/cgroup/cgroup.procs ]' || skip "cgroups are ours"
  as_user gantry image bootstrap busybox
  local option
  for option in --memory=64m --cpus=1 --pids-limit=9; do
    run -125 as_user gantry run --rm "$option" busybox true
    one_sentence "$output"
    contains "$output" "no cgroup can be used"
  done
  run -0 as_user gantry ps --all --quiet
  equal "$output" ""
}

@test "what a user writes to his own folder is his" {
  as_user gantry image bootstrap busybox
  # shellcheck disable=SC2016  # for the user's shell
  as_user sh -c 'mkdir "$HOME/data" && gantry run --rm -v "$HOME/data:/data" busybox touch /data/file'
  equal "$(stat -c %u "$WORK/user/home/data/file")" "$USER_ID"
}

@test "a container that a user leaves running tells its logs and its end" {
  as_user gantry image bootstrap busybox
  as_user gantry run -d --name job busybox sh -c 'echo working; exit 3'
  run -0 as_user gantry wait job
  equal "$output" 3
  run -0 as_user gantry logs job
  equal "$output" working
  as_user gantry rm job
}

@test "a user with no id but his own runs, lists, stops and removes" {
  as_lone_user gantry image bootstrap busybox
  as_lone_user gantry run -d --name web busybox sleep 60
  run -0 as_lone_user gantry ps --format '{{.Names}}'
  equal "$output" web
  as_lone_user gantry stop -t 0 web
  as_lone_user gantry rm web
  run -125 as_lone_user gantry run --rm -u 12 busybox true
  one_sentence "$output"
  run -0 as_lone_user gantry system check
  equal "$output" "nothing is wrong"
}

@test "users see neither one another's containers nor root's" {
  gantry image bootstrap busybox >/dev/null
  gantry create --name secret busybox >/dev/null
  run -0 as_user gantry ps --all --quiet
  equal "$output" ""
  run -125 as_user gantry --root "$WORK/root" --runroot "$WORK/run" ps --all
  one_sentence "$output"
}
