"""A receiver of webhooks that checks their signatures (standardwebhooks.com).

    webhook_receiver.py --ready FILE --log FILE [--secret TEXT] [--refuse N] [--port N]

The first N messages are refused with status 503. Each line of --log is a request: id, status, signed (whether the
signature is right), type (Content-Type), tried (which try of this id it is) and event (the body).
"""

import argparse
import base64
import hashlib
import hmac
import json
import threading

import serving


class Handler(serving.Handler):
    def do_POST(self):
        body = b"".join(self.body_blocks())
        server = self.server
        identity, seconds = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        mac = hmac.new(server.secret, f"{identity}.{seconds}.".encode() + body, hashlib.sha256).digest()
        signed = hmac.compare_digest(self.headers.get("webhook-signature", ""), "v1," + base64.b64encode(mac).decode())
        with server.lock:
            server.tried[identity] = server.tried.get(identity, 0) + 1
            refused = server.refuse > 0
            server.refuse -= refused
        status = 503 if refused else 204
        server.log.write(id=identity, status=status, signed=signed, type=self.headers["Content-Type"],
                         tried=server.tried[identity], event=json.loads(body))
        self.answer(status)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ready", required=True)
    parser.add_argument("--log", required=True)
    parser.add_argument("--secret", default="")
    parser.add_argument("--refuse", type=int, default=0)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    server = serving.Server(("127.0.0.1", options.port), Handler)
    server.secret, server.refuse = options.secret.encode(), options.refuse
    server.lock, server.tried = threading.Lock(), {}
    server.log = serving.Log(options.log)
    serving.announce(options.ready, server)
    server.serve_forever()


main()
