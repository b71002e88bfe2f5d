#!/usr/bin/env bats
# What a build takes from elsewhere: ADD of URLs and git repositories, contexts that are repositories, archives, and
# standard input. The servers are git's own daemon, and files by HTTP.

load ../support/common
load ../support/registry

setup() {
  make_world
  need git python3 jq
  context=$WORK/context served=$WORK/served
  mkdir -p "$context" "$served"
  export GIT_CONFIG_GLOBAL=$WORK/gitconfig GIT_CONFIG_NOSYSTEM=1
  git config --file "$GIT_CONFIG_GLOBAL" user.name test
  git config --file "$GIT_CONFIG_GLOBAL" user.email test@localhost
  git config --file "$GIT_CONFIG_GLOBAL" init.defaultBranch main
}
teardown() {
  end_servers
  end_world
}

start_files() {
  spawn_python files file_server.py --folder "$served"
  FILES=http://$ADDRESS FILES_LOG=$LOG
}
# A repository with two commits: the first one is tagged v1.
make_repository() {
  local repository=$WORK/repositories/app.git
  mkdir -p "$repository/server"
  git -C "$repository" init --quiet
  echo one >"$repository/file"
  printf '%s\n' 'FROM scratch' 'COPY . /all/' >"$repository/Dockerfile"
  printf '%s\n' 'FROM scratch' 'COPY file /only' >"$repository/server/Dockerfile"
  echo inner >"$repository/server/file"
  git -C "$repository" add .
  git -C "$repository" commit --quiet -m one
  git -C "$repository" tag v1
  FIRST=$(git -C "$repository" rev-parse HEAD)
  echo two >"$repository/file"
  git -C "$repository" commit --quiet -am two
}
start_git() {
  make_repository
  local port
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  spawn git "$(git --exec-path)/git-daemon" --listen=127.0.0.1 --port="$port" --export-all --base-path="$WORK/repositories" --verbose
  GIT=git://127.0.0.1:$port
  eventually git ls-remote --quiet "$GIT/app.git" HEAD
}

dockerfile() { printf '%s\n' "$@" >"$context/Dockerfile"; }
# files CONTEXT OPTION…: builds into $WORK/out.
files() { rm -rf "$WORK/out" && gantry build --progress plain --output "type=local,dest=$WORK/out" "$@"; }
found() { (cd "$WORK/out" && find . -type f | sort | xargs); }

@test "ADD of a URL: its name, its permissions, redirections, unpacking" {
  start_files
  echo hello >"$served/hello.txt"
  tar -C "$served" -czf "$served/a.tar.gz" hello.txt
  dockerfile 'FROM scratch' "ADD $FILES/hello.txt /named" "ADD --chmod=755 $FILES/moved/hello.txt?x=1 /folder/" \
    "ADD $FILES/a.tar.gz /packed/" "ADD --unpack=true $FILES/a.tar.gz /unpacked/" \
    "ADD Dockerfile $FILES/hello.txt /both/"
  run -0 files "$context"
  equal "$(found)" "./both/Dockerfile ./both/hello.txt ./folder/hello.txt ./named ./packed/a.tar.gz ./unpacked/hello.txt"
  equal "$(stat -c %a "$WORK/out/named" "$WORK/out/folder/hello.txt" | xargs)" "600 755"
}

@test "what has not changed is neither fetched nor done again" {
  start_files
  echo one >"$served/file"
  dockerfile 'FROM scratch' "ADD $FILES/file /file"
  run -0 files "$context"
  run -0 files "$context"
  contains "$output" " cached"
  equal "$(requests "$FILES_LOG" '.status == 304')" 1
  echo two >"$served/file"
  run -0 files "$context"
  lacks "$output" " cached"
  equal "$(cat "$WORK/out/file")" two
}

@test "--checksum is insisted on, and spares the question" {
  start_files
  echo one >"$served/file"
  local sum
  sum=sha256:$(sha256sum <"$served/file" | cut -d ' ' -f 1)
  dockerfile 'FROM scratch' "ADD --checksum=$sum $FILES/file /file"
  run -0 files "$context"
  run -0 files "$context"
  equal "$(requests "$FILES_LOG" true)" 1
  dockerfile 'FROM scratch' "ADD --checksum=${sum%?????}00000 $FILES/file /file"
  run -125 files "$context"
  contains "$output" "has the checksum $sum"
  dockerfile 'FROM scratch' "ADD --checksum=$sum Dockerfile /file"
  run -125 files "$context"
  contains "$output" "--checksum is for what is fetched"
}

@test "what is not there is one sentence" {
  start_files
  dockerfile 'FROM scratch' "ADD $FILES/none /file"
  run -125 files "$context"
  contains "$output" "the server answers 404"
  contains "$output" "Dockerfile:2"
  dockerfile 'FROM scratch' "ADD $FILES/ /file"
  run -125 files "$context"
  contains "$output" "does not say what its file is called"
  dockerfile 'FROM scratch' 'ADD http://127.0.0.1:1/x /file'
  run -125 files "$context"
  contains "$output" "127.0.0.1:1"
}

@test "ADD of a git repository: refs, folders, commits, its history" {
  start_git
  dockerfile 'FROM scratch' "ADD $GIT/app.git /main" "ADD $GIT/app.git#v1:server /server" \
    "ADD --keep-git-dir=true $GIT/app.git#v1 /whole" "ADD --checksum=$FIRST $GIT/app.git#$FIRST /commit"
  run -0 files "$context"
  equal "$(cat "$WORK"/out/{main,server,whole,commit}/file | xargs)" "two inner one one"
  [[ ! -e $WORK/out/main/.git && -d $WORK/out/whole/.git ]]
  dockerfile 'FROM scratch' "ADD --checksum=$FIRST $GIT/app.git /main"
  run -125 files "$context"
  contains "$output" "not $FIRST"
  dockerfile 'FROM scratch' "ADD $GIT/app.git#nowhere /main"
  run -125 files "$context"
  contains "$output" "no branch, tag or commit 'nowhere'"
}

@test "contexts that are repositories" {
  start_git
  run -0 files "$GIT/app.git"
  equal "$(cat "$WORK/out/all/file")" two
  run -0 files "$GIT/app.git#v1:server"
  equal "$(cat "$WORK/out/only")" inner
  run -0 files -f server/Dockerfile "$GIT/app.git#$FIRST"
  equal "$(cat "$WORK/out/only")" one
  dockerfile 'FROM scratch' 'COPY --from=other file /x'
  run -0 files --build-context "other=$GIT/app.git#main:server" "$context"
  equal "$(cat "$WORK/out/x")" inner
  run -0 ls "$WORK/root/tmp"
  equal "$output" ""
}

@test "a repository by plain HTTP, which gives no single commits" {
  start_files
  make_repository
  git clone --quiet --bare "$WORK/repositories/app.git" "$served/app.git"
  git -C "$served/app.git" update-server-info
  run -0 files "$FILES/app.git#v1"
  equal "$(cat "$WORK/out/all/file")" one
  run -0 files "$FILES/app.git#main"
  equal "$(cat "$WORK/out/all/file")" two
}

@test "contexts that are archives or a Dockerfile, by HTTP and on standard input" {
  start_files
  printf '%s\n' 'FROM scratch' 'COPY . /c/' >"$context/Dockerfile"
  echo hi >"$context/file"
  tar -C "$context" -czf "$served/context.tar.gz" .
  printf '%s\n' 'FROM scratch' 'COPY <<E /inline' 'text' 'E' >"$served/plain"
  run -0 files "$FILES/context.tar.gz"
  equal "$(found)" "./c/Dockerfile ./c/file"
  run -0 files "$FILES/plain"
  equal "$(cat "$WORK/out/inline")" text
  run -0 files - <"$served/context.tar.gz"
  equal "$(found)" "./c/Dockerfile ./c/file"
  run -0 files - <"$served/plain"
  equal "$(found)" ./inline
  run -125 files -f - - <"$served/plain"
  contains "$output" "cannot be both"
}

@test "links of a repository do not lead out of it" {
  start_git
  local repository=$WORK/repositories/app.git
  ln -sf /etc/passwd "$repository/Dockerfile"
  ln -sf /etc/passwd "$repository/link"
  git -C "$repository" add . && git -C "$repository" commit --quiet -m links
  run -125 files "$GIT/app.git"
  lacks "$output" root:x
  dockerfile 'FROM scratch' "ADD $GIT/app.git#main /r" 'COPY --from=other link /x'
  run -125 files --build-context "other=$GIT/app.git" "$context"
  lacks "$output" root:x
}

@test "an ordinary user builds from a repository" {
  need_user
  start_git
  run -0 as_user gantry build --quiet -t app "$GIT/app.git"
}
