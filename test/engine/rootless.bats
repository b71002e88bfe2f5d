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
