# Secrets: sealed where they are kept, readable in the container, and nowhere else.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  gantry image bootstrap busybox >/dev/null
}

refused() {
  local piece=$1
  shift
  run -125 --separate-stderr "$@"
  one_sentence "$stderr"
  contains "$stderr" "$piece"
}

@test "a secret is a file, or a variable" {
  echo -n "hush hush" >"$WORK/text"
  run -0 gantry secret create key "$WORK/text"
  equal "${#output}" 25
  run -0 gantry run --rm --secret key busybox cat /run/secrets/key
  equal "$output" "hush hush"
  run -0 gantry run --rm --secret key,target=/keys/one,uid=7,mode=0400 busybox stat -c '%u %a' /keys/one
  equal "$output" "7 400"
  run -1 gantry run --rm -u 8 --secret key,uid=7,mode=0400 busybox cat /run/secrets/key
  run -0 gantry run --rm --secret key,type=env,target=KEY busybox sh -c 'echo "$KEY"'
  equal "$output" "hush hush"
  run -1 gantry run --rm --secret key busybox sh -c 'echo x >/run/secrets/key'
}

@test "what it holds is in no file but sealed, and in no inspection" {
  echo -n "hush-hush-$NAME" | gantry secret create key -
  run -1 grep -r "hush-hush-$NAME" "$WORK/root"
  gantry create --name one --secret key,type=env busybox true
  lacks "$(gantry inspect one)" hush-hush
  lacks "$(gantry secret inspect key)" hush-hush
  equal "$(gantry secret inspect --showsecret -f '{{.SecretData}}' key)" "hush-hush-$NAME"
  gantry run -d --name two --secret key busybox sleep 60
  gantry rm -f two
  run -1 grep -r "hush-hush-$NAME" "$WORK/run"
}

@test "list, inspect, replace, remove" {
  echo one | gantry secret create --label a=b key -
  refused "exists" gantry secret create key "$WORK/bin/gantry"
  run -0 gantry secret create --replace --label a=b key <(echo two)
  equal "$(gantry secret inspect --showsecret -f '{{.SecretData}}' key)" two
  run -0 gantry secret ls --format '{{.Name}} {{.Driver}}'
  equal "$output" "key file"
  equal "$(gantry secret inspect key | jq -r '.[0].Spec.Labels.a')" b
  run -0 gantry secret exists key
  KEY_TEXT=three run -0 gantry secret create --env other KEY_TEXT
  run -0 gantry secret rm --all
  run -1 gantry secret exists key
  run -1 --separate-stderr gantry secret rm key
  contains "$stderr" "no secret 'key'"
}

@test "the key can be elsewhere, and without it nothing is told" {
  echo one | GANTRY_SECRETS_KEY=$WORK/key gantry secret create key -
  [[ ! -e $WORK/root/secrets/key ]]
  refused "key" gantry run --rm --secret key busybox true
  GANTRY_SECRETS_KEY=$WORK/key run -0 gantry run --rm --secret key busybox cat /run/secrets/key
  equal "$output" one
}

@test "pass(1) can keep them" {
  need pass gpg
  export GNUPGHOME=$WORK/gpg PASSWORD_STORE_DIR=$WORK/pass
  mkdir -m 700 "$GNUPGHOME"
  gpg --batch --quiet --passphrase '' --quick-gen-key gantry-test default default never 2>/dev/null ||
    skip "gpg makes no key here"
  pass init gantry-test >/dev/null
  echo -n "in pass" | gantry secret create -d pass key -
  run -0 gantry run --rm --secret key busybox cat /run/secrets/key
  equal "$output" "in pass"
  gantry secret rm key
  run -0 find "$PASSWORD_STORE_DIR" -name '*.gpg'
  equal "$output" ""
  gpgconf --kill all
}

@test "an ordinary user's secrets are his own" {
  need_user
  need_user_namespaces
  as_user gantry image bootstrap busybox
  as_user sh -c 'echo -n quiet | gantry secret create key -'
  run -0 as_user gantry run --rm -u 5 --secret key,uid=5,mode=0400 busybox cat /run/secrets/key
  equal "$output" quiet
  run -1 gantry secret exists key
}

@test "bad names, members and sizes are refused" {
  refused "secret's name" gantry secret create a/b "$WORK/bin/gantry"
  refused "would be empty" gantry secret create empty /dev/null
  head -c 600000 /dev/zero >"$WORK/large"
  refused "512000" gantry secret create large "$WORK/large"
  refused "file or pass" gantry secret create -d vault x "$WORK/bin/gantry"
  refused "--secret" gantry run --rm --secret key,type=tape busybox true
  refused "no secret 'nothing'" gantry run --rm --secret nothing busybox true
  refused "is not set" gantry secret create --env x NO_SUCH_VARIABLE
}
