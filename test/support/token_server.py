"""A token server as the Docker registry's token specification has it, with OAuth2.

    token_server.py --ready FILE --log FILE --key KEY.pem --certificate CERT.pem [--user NAME:PASSWORD[:ACTIONS]]…
                    [--anonymous ACTIONS] [--lifetime SECONDS]

ACTIONS: what is granted at most, in every repository, as in `pull,push` (default: all). Without --anonymous everyone
needs a name. FILE of --ready gets the address. Each line of --log says what was asked by whom and what was granted.
The tokens are signed by the openssl program, with the certificate along, for registries that have it as their root.
"""

import argparse
import base64
import json
import secrets
import subprocess
import time
import urllib.parse

import serving

ISSUER = "gantry-test-issuer"
ALL = {"pull", "push", "delete", "*"}


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


class Signer:
    def __init__(self, key, certificate):
        self.key = key
        with open(certificate) as file:
            lines = [line.strip() for line in file if not line.startswith("-----")]
        self.header = {"typ": "JWT", "alg": "RS256", "x5c": ["".join(lines)]}

    def sign(self, claims):
        text = b".".join(base64url(json.dumps(part).encode()) for part in (self.header, claims))
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.key], input=text,
                                   stdout=subprocess.PIPE, check=True).stdout
        return (text + b"." + base64url(signature)).decode()


class Accounts:
    """Who may do what. Identity tokens are kept as long as the server runs."""

    def __init__(self, users, anonymous):
        self.users = {}
        for user in users:
            name, password, *actions = user.split(":")
            self.users[name] = (password, set(actions[0].split(",")) if actions else ALL)
        self.anonymous = set(anonymous.split(",")) if anonymous else None
        self.identities = {}

    def by_password(self, name, password):
        return name if self.users.get(name, (None,))[0] == password else None

    def by_identity(self, token):
        return self.identities.get(token)

    def new_identity(self, name):
        token = secrets.token_urlsafe(24)
        self.identities[token] = name
        return token

    def grant(self, name, scopes):
        """The part of the scopes `type:name:action,action` that is allowed; a name may hold a port."""
        allowed = self.users[name][1] if name else self.anonymous
        access = []
        for scope in scopes:
            kind, _, rest = scope.partition(":")
            repository, _, actions = rest.rpartition(":")
            granted = sorted(set(actions.split(",")) & allowed)
            access.append({"type": kind, "name": repository, "actions": granted})
        return access


class Handler(serving.Handler):
    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        scopes = [scope for value in query.get("scope", []) for scope in value.split()]
        name = None
        if credentials := self.headers.get("Authorization"):
            name = self.basic(credentials)
            if not name:
                return self.refuse(query, "wrong name or password")
        elif accounts.anonymous is None:
            return self.refuse(query, "authentication required")
        offline = query.get("offline_token") == ["true"] and name
        self.issue("token", query, name, scopes, accounts.new_identity(name) if offline else None)

    def do_POST(self):
        form = urllib.parse.parse_qs(b"".join(self.body_blocks()).decode())
        first = {key: values[0] for key, values in form.items()}
        if first.get("grant_type") == "refresh_token":
            identity = first.get("refresh_token", "")
            name = accounts.by_identity(identity)
        elif first.get("grant_type") == "password":
            name = accounts.by_password(first.get("username"), first.get("password"))
            offline = first.get("access_type") == "offline" and name
            identity = accounts.new_identity(name) if offline else None
        else:
            return self.answer_json(400, {"error": "unsupported_grant_type"})
        if not name:
            return self.refuse(form, "wrong name, password or identity token")
        self.issue("access_token", form, name, first.get("scope", "").split(), identity)

    def basic(self, credentials):
        kind, _, value = credentials.partition(" ")
        if kind.lower() != "basic":
            return None
        name, _, password = base64.b64decode(value).decode().partition(":")
        return accounts.by_password(name, password)

    def issue(self, field, asked, name, scopes, identity):
        access = accounts.grant(name, scopes)
        now = int(time.time())
        answer = {field: signer.sign({
            "iss": ISSUER, "sub": name or "", "aud": asked.get("service", [""])[0], "iat": now, "nbf": now - 10,
            "exp": now + options.lifetime, "jti": secrets.token_hex(8), "access": access,
        }), "expires_in": options.lifetime, "issued_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))}
        if identity:
            answer["refresh_token"] = identity
        self.log_request_of(asked, 200, user=name, scopes=scopes, identity=identity,
                            granted=[f"{one['type']}:{one['name']}:{','.join(one['actions'])}" for one in access])
        self.answer_json(200, answer)

    def refuse(self, asked, why):
        self.log_request_of(asked, 401, why=why)
        self.answer_json(401, {"errors": [{"code": "UNAUTHORIZED", "message": why}]},
                         {"WWW-Authenticate": 'Basic realm="test"'})

    def log_request_of(self, asked, status, **more):
        log.write(method=self.command, status=status, service=asked.get("service", [None])[0],
                  grant_type=asked.get("grant_type", [None])[0], client=asked.get("client_id", [None])[0],
                  agent=self.headers.get("User-Agent"), **more)


parser = argparse.ArgumentParser()
for name in ("--ready", "--log", "--key", "--certificate"):
    parser.add_argument(name, required=True)
parser.add_argument("--user", action="append", default=[])
parser.add_argument("--anonymous")
parser.add_argument("--lifetime", type=int, default=300)
options = parser.parse_args()
accounts = Accounts(options.user, options.anonymous)
signer = Signer(options.key, options.certificate)
log = serving.Log(options.log)
server = serving.Server(("127.0.0.1", 0), Handler)
serving.announce(options.ready, server)
server.serve_forever()
