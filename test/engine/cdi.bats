# Devices that a vendor describes by the Container Device Interface.
# bats file_tags=serial

load ../support/common

setup() {
  make_world
  need_root
  gantry image bootstrap busybox >/dev/null
  mkdir "$WORK/cdi"
}

in_box() { gantry run --rm --cdi-spec-dir "$WORK/cdi" "$@"; }

refused() {
  local piece=$1
  shift
  run -125 --separate-stderr "$@"
  one_sentence "$stderr"
  contains "$stderr" "$piece"
}

acme() {
  mkdir -p "$WORK/share"
  echo firmware >"$WORK/share/blob"
  cat >"$WORK/cdi/acme.yaml" <<YAML
cdiVersion: "0.6.0"
kind: "acme.com/wheel"
devices:
  - name: front
    containerEdits:
      deviceNodes:
        - path: /dev/wheel0
          hostPath: /dev/null
      env:
        - WHEEL=front
  - name: all
    containerEdits:
      deviceNodes:
        - {path: /dev/wheel0, hostPath: /dev/null}
        - {path: /dev/wheel1, hostPath: /dev/zero, permissions: r}
containerEdits:
  env: [ACME=1]
  mounts:
    - hostPath: $WORK/share
      containerPath: /opt/acme
      options: [ro, nosuid]
  hooks:
    - hookName: createRuntime
      path: /bin/sh
      args: [sh, -c, "echo made >>$WORK/hooked"]
YAML
}

@test "a made-up vendor's device: node, variables, mount and hook" {
  acme
  run -0 in_box --device acme.com/wheel=front busybox sh -c 'test -c /dev/wheel0 && echo $WHEEL $ACME && cat /opt/acme/blob'
  equal "$output" "front 1"$'\n'"firmware"
  equal "$(cat "$WORK/hooked")" made
  run -0 in_box --device acme.com/wheel=all busybox head -c 2 /dev/wheel1
}

@test "JSON, and the later folder counts" {
  acme
  mkdir "$WORK/over"
  echo '{"cdiVersion":"1.0.0","kind":"acme.com/wheel","devices":[{"name":"front","containerEdits":{"env":["WHEEL=over"]}}]}' \
    >"$WORK/over/acme.json"
  run -0 in_box --cdi-spec-dir "$WORK/over" --device acme.com/wheel=front busybox sh -c 'echo $WHEEL'
  equal "$output" over
}

@test "--gpus is what CDI says of nvidia.com/gpu" {
  echo '{"cdiVersion":"0.5.0","kind":"nvidia.com/gpu","devices":[{"name":"all","containerEdits":{"env":["GPUS=all"]}},{"name":"0","containerEdits":{"env":["GPUS=0"]}}]}' \
    >"$WORK/cdi/nvidia.json"
  run -0 in_box --gpus all busybox sh -c 'echo $GPUS'
  equal "$output" all
  run -0 in_box --gpus 1 busybox sh -c 'echo $GPUS'
  equal "$output" 0
  run -0 in_box --gpus device=0 busybox sh -c 'echo $GPUS'
  equal "$output" 0
}

@test "what cannot be is refused: unknown devices, contradictions, broken files" {
  acme
  refused "acme.com/wheel=rear" gantry run --rm --cdi-spec-dir "$WORK/cdi" --device acme.com/wheel=rear busybox true
  cp "$WORK/cdi/acme.yaml" "$WORK/cdi/again.yaml"
  refused "two files" gantry run --rm --cdi-spec-dir "$WORK/cdi" --device acme.com/wheel=front busybox true
  rm "$WORK/cdi/again.yaml"
  echo '{' >"$WORK/cdi/broken.json"
  run -0 in_box --device acme.com/wheel=front busybox true
  refused "broken.json" gantry run --rm --cdi-spec-dir "$WORK/cdi" --device acme.com/other=x busybox true
}

@test "an ordinary user uses them too" {
  need_user
  need_user_namespaces
  acme
  chmod -R a+rX "$WORK/cdi" "$WORK/share"
  touch "$WORK/hooked"
  chmod 666 "$WORK/hooked"
  as_user gantry image bootstrap busybox
  run -0 as_user gantry run --rm --cdi-spec-dir "$WORK/cdi" --device acme.com/wheel=front busybox sh -c 'echo $WHEEL; test -c /dev/wheel0'
  equal "$output" front
}
