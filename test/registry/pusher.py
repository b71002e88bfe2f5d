"""pusher.py push|check PORT FILE [ROUND]: pushes small images until the registry dies, and writes down what it
acknowledged; or checks that everything written down is there."""

import hashlib
import http.client
import json
import sys

TYPE = "application/vnd.oci.image.manifest.v1+json"


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def ask(client, method, path, body=None, headers=None):
    client.request(method, path, body, headers or {})
    answer = client.getresponse()
    return answer.status, answer.read()


def push_blob(client, data):
    status, said = ask(client, "POST", "/v2/killed/blobs/uploads/?digest=" + digest(data), data)
    assert status == 201, (status, said)


def push(client, tag, log):
    layer = (tag * 2000).encode()
    push_blob(client, b"{}")
    push_blob(client, layer)
    manifest = json.dumps({
        "schemaVersion": 2, "mediaType": TYPE,
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest(b"{}"), "size": 2},
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": digest(layer),
                    "size": len(layer)}]}).encode()
    status, said = ask(client, "PUT", "/v2/killed/manifests/" + tag, manifest, {"Content-Type": TYPE})
    assert status == 201, (status, said)
    print(tag, digest(manifest), file=log, flush=True)


def check(client, tag, wanted):
    status, manifest = ask(client, "GET", "/v2/killed/manifests/" + tag)
    assert status == 200 and digest(manifest) == wanted, (tag, status)
    for blob in [json.loads(manifest)["config"], *json.loads(manifest)["layers"]]:
        status, data = ask(client, "GET", "/v2/killed/blobs/" + blob["digest"])
        assert status == 200 and digest(data) == blob["digest"], (tag, blob, status)


def main():
    mode, port, path = sys.argv[1:4]
    client = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
    if mode == "push":
        with open(path, "a", encoding="ascii") as log:
            try:
                for number in range(100000):
                    push(client, f"{sys.argv[4]}-{number}", log)
            except (OSError, http.client.HTTPException):
                pass  # it has been killed
    else:
        with open(path, encoding="ascii") as log:
            for line in log:
                check(client, *line.split())


main()
