# --network graft: sockets of the host in the place of the container's, for root and for ordinary users.
# bats file_tags=serial

# shellcheck disable=SC2030,SC2031,SC2154  # each test is a subshell; run sets variables

load ../support/common
# shellcheck source=test/support/user_network.bash
source "${BATS_TEST_DIRNAME}/../support/user_network.bash"

setup() {
  make_user_network_world
  need python3 jq
}
teardown() { end_user_network_world; }

# In the shell of the test's host, as root.
rootful() { on_host "$GANTRY_BIN/gantry" --root "$WORK/root" --runroot "$WORK/run" "$@"; }
rootless() { as_user gantry "$@"; }
is_reached() { [[ $("$1" busybox sh -c "$(question "$2" "$3")") == *"$4"* ]]; }
question() {
  printf '%s\n' "printf 'GET /cgi-bin/who HTTP/1.0\r\n\r\n' | timeout 3 nc $1 $2 | tail -n 1 | grep ."
}

# shellcheck disable=SC2016  # for the shell inside
WEB='mkdir -p /www/cgi-bin
  printf "#!/bin/sh\necho\necho \$REMOTE_ADDR\n" >/www/cgi-bin/who
  chmod 755 /www/cgi-bin/who
  exec httpd -f -p 80 -h /www'

@test "who listens on a published port has the host's socket, and sees who calls" {
  gantry image bootstrap busybox >/dev/null
  local who
  for who in rootful rootless; do
    "$who" run --detach --name web --network graft -p 8080:80 busybox sh -c "$WEB" >/dev/null
    eventually is_reached at_neighbour 192.0.2.2 8080 192.0.2.1
    eventually is_reached on_host 127.0.0.1 8080 127.0.0.1
    run -0 "$who" exec web ls /sys/class/net
    equal "$output" lo
    run -125 "$who" run --rm --network graft -p 8080:80 busybox true
    contains "$output" "container 'web'"
    "$who" restart -t 0 web >/dev/null
    eventually is_reached at_neighbour 192.0.2.2 8080 192.0.2.1
    "$who" rm -f web >/dev/null
    run -0 on_host ss -lntH
    equal "$output" ""
  done
}

@test "a socket of the host cannot be turned around, and other ports stay in the container" {
  gantry image bootstrap busybox >/dev/null
  cat >"$WORK/hostile.py" <<'PYTHON'
import errno, os, socket, sys
def refused(what, call):
    try:
        call()
    except OSError as error:
        print(what, errno.errorcode[error.errno])
    else:
        print(what, "worked")
def listener(port, family=socket.AF_INET):
    made = socket.socket(family)
    made.bind(("", port))
    made.listen()
    return made
own, other = listener(81), listener(80)
refused("connect", lambda: socket.socket().connect(("127.0.0.1", 8000)))
other.shutdown(socket.SHUT_RDWR)
refused("turn", lambda: other.connect(("127.0.0.1", 8000)))
refused("fastopen", lambda: other.sendto(b"x", 0x20000000, ("127.0.0.1", 8000)))
refused("sendmsg", lambda: other.sendmsg([b"x"], [], 0x20000000, ("127.0.0.1", 8000)))
def elsewhere():
    moved = socket.socket(fileno=os.dup(other.fileno()))
    moved.bind(("", 9999))
    moved.listen()
refused("elsewhere", elsewhere)
refused("again", lambda: listener(80))
refused("file", lambda: socket.socket(fileno=os.open("/dev/null", os.O_RDONLY)).listen())
sys.stdout.flush()
PYTHON
  # shellcheck disable=SC2034  # its process id is what counts
  coproc SECRET { exec env nsenter --net="/proc/$HOST_NS/ns/net" socat TCP4-LISTEN:8000,bind=127.0.0.1,fork - 3>&-; }
  local secret=$SECRET_PID
  eventually listening on_host 8000
  chmod 755 "$WORK"
  run -0 rootful run --rm --network graft -p 8080:80 --host-root -v "$WORK/hostile.py:/hostile.py" python3 /hostile.py
  kill "$secret"
  # Who listens again, as after a restart of the server, has the port again.
  equal "$output" "connect EACCES
turn EACCES
fastopen ENOTSUP
sendmsg ENOTSUP
elsewhere EINVAL
again worked
file ENOTSOCK"
}

@test "what does not go with it is said" {
  local options
  for options in "--privileged -p 8080:80" "--cap-add NET_ADMIN -p 8080:80" "--security-opt seccomp=unconfined -p 8080:80" \
    "-p 8080:80/udp" "-p 8080:80 -p 8081:80" ""; do
    # shellcheck disable=SC2086  # several words
    run -125 --separate-stderr as_user gantry run --rm --network graft $options busybox true
    one_sentence "$stderr"
    contains "$stderr" "--network graft"
  done
}
