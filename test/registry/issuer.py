"""An issuer of tokens with an RSA key: `issuer.py keys KEY` prints its key set, and `issuer.py token KEY ACTIONS ISSUER
SECONDS` a token for team/app that is valid for so many seconds."""

import base64
import json
import re
import subprocess
import sys
import time


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*words, data=b""):
    return subprocess.run(["openssl", *words], input=data, capture_output=True, check=True).stdout


def keys(key):
    text = openssl("rsa", "-in", key, "-noout", "-modulus").decode()
    modulus = bytes.fromhex(re.search("Modulus=([0-9A-F]+)", text)[1])
    return json.dumps({"keys": [{"kty": "RSA", "kid": "one", "use": "sig", "n": b64(modulus), "e": "AQAB"}]})


def token(key, actions, issuer, seconds):
    now = int(time.time())
    claims = {
        "iss": issuer,
        "sub": "carol",
        "aud": ["gantry-registry", "others"],
        "exp": now + int(seconds),
        "nbf": now - 300,
        "access": [{"type": "repository", "name": "team/app", "actions": actions.split(",")}],
    }
    text = b64(json.dumps({"alg": "RS256", "kid": "one"}).encode()) + "." + b64(json.dumps(claims).encode())
    return text + "." + b64(openssl("dgst", "-sha256", "-sign", key, data=text.encode()))


print({"keys": keys, "token": token}[sys.argv[1]](*sys.argv[2:]))
