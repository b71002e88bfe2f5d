# Containers of an ordinary user through their life.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  need jq
  need_user
  as_user gantry image bootstrap busybox >/dev/null
}

field_is() { [[ $(as_user gantry inspect -f "{{.$2}}" "$1") == "$3" ]]; }

@test "restart policies, health checks and events" {
  as_user gantry run -d --name again --restart on-failure:1 busybox false
  eventually field_is again RestartCount 1
  as_user gantry run -d --name web --health-cmd true --health-interval 100ms busybox sleep 1000
  run -0 as_user timeout 20 gantry wait --condition healthy web
  run -0 as_user gantry events --stream=false --filter event=restart --format '{{.Name}}'
  equal "$output" again
  # Root has seen nothing of it.
  equal "$(gantry events --stream=false)" ""
  equal "$(gantry ps -aq)" ""
  as_user gantry rename web db
  as_user gantry restart -t 0 db
  as_user gantry rm -fa
}

@test "processes and what they use" {
  as_user gantry run -d --name web -u 12 busybox sleep 1000
  run -0 as_user gantry top web user,pid,comm
  matches "${lines[1]}" '^12 +1 +sleep$'
  run -0 as_user gantry stats --no-stream --format json web
  jq -e '.[0] | .pids == "1" and .memory_bytes > 0' <<<"$output"
  as_user gantry rm -f web
}

@test "files are copied in and out, and an image is made" {
  local home=$WORK/user/home
  as_user sh -c "echo hello >$home/file"
  as_user gantry run -d --name web busybox sleep 1000
  as_user gantry cp "$home/file" web:/tmp/file
  as_user gantry cp web:/tmp/file "$home/back"
  equal "$(cat "$home/back")" hello
  as_user gantry stop -t 0 web
  as_user gantry cp "$home/file" web:/root/file
  as_user gantry commit web site
  run -0 as_user gantry run --rm site cat /root/file /tmp/file
  equal "$output" $'hello\nhello'
  as_user gantry rm -f web
}
