"""An HTTP/1.1 reverse proxy before a registry, with faults.

    faulty_proxy.py --ready FILE --log FILE --upstream HOST:PORT [RULE…]

RULE is `METHOD REGEX FAULT… [times=N]`: for requests whose method and path match (`*` is any method), the first N of
them or all. The first rule that matches and is not used up is the one. FAULT is one that answers by itself:

    status=CODE              an error without a body; with retry-after=SECONDS, that header as well
    redirect                 to another host, `localhost` and another port, where the same thing is
    location=URL             307 to any URL
    garbage                  bytes that are no HTTP, then the end

or any of these, which change what is asked or answered on its way:

    delay=SECONDS            before the registry is asked
    hold=FILE                the registry is asked once FILE exists
    unauthorized             without the Authorization header, as if the token had run out
    ignore-range             without the Range header: the whole blob, 200
    wrong-range=SHIFT        the range begins SHIFT bytes later, and the answer says so
    cut-upload=N             the connection ends after N bytes of the request's body
    drop=N                   the connection ends after N bytes of the answer's body
    stall=N                  nothing comes after N bytes of the answer's body, until the client goes
    truncate=N               the body ends after N bytes and Content-Length agrees
    extend=N                 N bytes too many, and Content-Length agrees
    flip=OFFSET              one byte of the body has another value
    huge=N                   a body of N bytes that begins as a manifest does
    chunked                  no Content-Length
    header=NAME:VALUE        a header of the answer, instead of the one that it has

FILE of --ready gets the proxy's address and that of the other host. Each line of --log is a request that has ended, or
has come to where it stalls:
method, path, host (`proxy` or `other`), range, authorization (whether there was one), fault, status (0: none came),
received and sent (bytes of bodies).
"""

import argparse
import http.client
import os
import re
import select
import threading
import time

import serving

HOP_BY_HOP = ("Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Expect", "Upgrade")


# Each takes the handler, the headers, the body's blocks and the fault's argument, and gives the blocks back.

def delay(handler, headers, blocks, argument):
    time.sleep(float(argument))
    return blocks


def hold(handler, headers, blocks, argument):
    while not os.path.exists(argument):
        time.sleep(0.01)
    return blocks


def unauthorized(handler, headers, blocks, argument):
    del headers["Authorization"]
    return blocks


def ignore_range(handler, headers, blocks, argument):
    del headers["Range"]
    return blocks


def wrong_range(handler, headers, blocks, argument):
    if wanted := re.fullmatch(r"bytes=(\d+)-(.*)", headers.get("Range", "")):
        set_header(headers, "Range", f"bytes={int(wanted[1]) + int(argument)}-{wanted[2]}")
    return blocks


def cut(handler, headers, blocks, argument):
    yield from first(blocks, int(argument))
    yield b""
    raise ConnectionAbortedError


def stall(handler, headers, blocks, argument):
    yield from first(blocks, int(argument))
    yield b""
    handler.log_once()
    select.select([handler.connection], [], [])
    raise ConnectionAbortedError


def truncate(handler, headers, blocks, argument):
    size = min(int(argument), int(headers["Content-Length"]))
    set_header(headers, "Content-Length", str(size))
    return first(blocks, size)


def extend(handler, headers, blocks, argument):
    set_header(headers, "Content-Length", str(int(headers["Content-Length"]) + int(argument)))
    return followed_by(blocks, int(argument))


def flip(handler, headers, blocks, argument):
    at = int(argument)
    for block in blocks:
        if 0 <= at < len(block):
            block = block[:at] + bytes([block[at] ^ 1]) + block[at + 1:]
        at -= len(block)
        yield block


def huge(handler, headers, blocks, argument):
    start = b'{"schemaVersion":2,"annotations":{"a":"'
    set_header(headers, "Content-Length", argument)
    return followed_by([start], int(argument) - len(start))


def chunked(handler, headers, blocks, argument):
    del headers["Content-Length"]
    return blocks


def header(handler, headers, blocks, argument):
    name, _, value = argument.partition(":")
    set_header(headers, name, value)
    return blocks


ON_REQUEST = {"delay": delay, "hold": hold, "unauthorized": unauthorized, "ignore-range": ignore_range,
              "wrong-range": wrong_range, "cut-upload": cut}
ON_ANSWER = {"drop": cut, "stall": stall, "truncate": truncate, "extend": extend, "flip": flip, "huge": huge,
             "chunked": chunked, "header": header}
INSTEAD = {"status", "redirect", "location", "garbage"}


def set_header(headers, name, value):
    del headers[name]
    headers[name] = value


def first(blocks, size):
    for block in blocks:
        if size <= 0:
            return
        yield block[:size]
        size -= len(block)


def followed_by(blocks, size):
    yield from blocks
    while size > 0:
        yield b"a" * min(size, serving.BLOCK)
        size -= serving.BLOCK


class Rule:
    def __init__(self, text):
        self.text = text
        self.method, pattern, *words = text.split()
        self.pattern = re.compile(pattern)
        self.faults = [word.partition("=")[::2] for word in words]
        given = dict(self.faults)
        self.left = int(given.get("times", 1 << 62))
        self.instead = next((name for name, _ in self.faults if name in INSTEAD), None)
        for name in given.keys() - ON_REQUEST.keys() - ON_ANSWER.keys() - INSTEAD - {"times", "retry-after"}:
            raise SystemExit(f"faulty_proxy: no fault '{name}'")

    def argument(self, name):
        return dict(self.faults).get(name)

    def apply(self, table, handler, headers, blocks):
        for name, argument in self.faults:
            if name in table:
                blocks = table[name](handler, headers, blocks, argument)
        return blocks


class Rules:
    def __init__(self, texts):
        self.rules = [Rule(text) for text in texts]
        self.none = Rule("* .*")
        self.lock = threading.Lock()

    def take(self, method, path):
        with self.lock:
            for rule in self.rules:
                if rule.left > 0 and rule.method in (method, "*") and rule.pattern.search(path):
                    rule.left -= 1
                    return rule
        return self.none


class Handler(serving.Handler):
    host = "proxy"

    def relay(self):
        self.asked_range = self.headers.get("Range")
        self.credentials = self.headers.get("Authorization")
        self.rule = self.take_rule()
        self.status = self.received = self.sent = 0
        self.logged = False
        try:
            if self.rule.instead:
                self.answer_instead(self.rule)
            else:
                self.ask(self.rule)
        except OSError:
            self.log_once()
            self.reset()

    def log_once(self):
        """Before the answer's end: who has the whole answer finds it in the log."""
        if not self.logged:
            self.logged = True
            log.write(method=self.command, path=self.path, host=self.host, range=self.asked_range,
                      authorization=self.credentials is not None, fault=self.rule.text if self.rule.faults else None,
                      status=self.status, received=self.received, sent=self.sent)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = relay

    def take_rule(self):
        return rules.take(self.command, self.path)

    def answer_instead(self, rule):
        for block in self.body_blocks():
            self.received += len(block)
        if rule.instead == "status":
            self.status = int(rule.argument("status"))
        elif rule.instead != "garbage":
            self.status = 307
        self.log_once()
        if rule.instead == "garbage":
            self.wfile.write(b"\x00\xff this is not HTTP\r\n\r\n")
            self.reset()
        elif rule.instead == "status":
            pause = rule.argument("retry-after")
            self.answer(self.status, headers={"Retry-After": pause} if pause else {})
        else:
            self.answer(307, headers={"Location": rule.argument("location") or self.other_host()})

    def other_host(self):
        with away_lock:
            away[self.path] = self.credentials
        return f"http://localhost:{other.server_port}{self.path}"

    def ask(self, rule):
        for name in HOP_BY_HOP:
            del self.headers[name]
        framing = self.headers.get("Transfer-Encoding")
        has_body = framing or self.headers.get("Content-Length")
        blocks = rule.apply(ON_REQUEST, self, self.headers, self.counted_body())
        upstream = http.client.HTTPConnection(options.upstream, timeout=60)
        try:
            upstream.request(self.command, self.path, blocks if has_body else None, self.headers,
                             encode_chunked=framing is not None)
            self.pass_on(rule, upstream.getresponse())
        finally:
            upstream.close()

    def counted_body(self):
        for block in self.body_blocks():
            self.received += len(block)
            yield block

    def pass_on(self, rule, answer):
        headers, self.status = answer.headers, answer.status
        for name in (*HOP_BY_HOP, "Transfer-Encoding"):
            del headers[name]
        blocks = rule.apply(ON_ANSWER, self, headers, iter(lambda: answer.read(serving.BLOCK), b""))
        sized = "Content-Length" in headers or answer.status == 204
        self.send_response_only(answer.status, answer.reason)
        for name, value in headers.items():
            self.send_header(name, value)
        if not sized:
            self.send_header("Transfer-Encoding", "chunked")
        if self.command == "HEAD":
            blocks = ()
            self.log_once()
        self.end_headers()
        last = b""
        for block in blocks:
            self.send_block(last, sized)
            last = block
            self.sent += len(block)
        self.log_once()
        self.send_block(last, sized)
        if not sized and self.command != "HEAD":
            self.wfile.write(b"0\r\n\r\n")

    def send_block(self, block, sized):
        if block:
            self.wfile.write(block if sized else b"%x\r\n%s\r\n" % (len(block), block))


class OtherHandler(Handler):
    """The other host knows by itself what the first one sent away, and whose it is."""

    host = "other"

    def take_rule(self):
        del self.headers["Authorization"]
        with away_lock:
            credentials = away.get(self.path)
        if credentials:
            self.headers["Authorization"] = credentials
        set_header(self.headers, "Host", options.upstream)
        return rules.none


parser = argparse.ArgumentParser()
for name in ("--ready", "--log", "--upstream"):
    parser.add_argument(name, required=True)
parser.add_argument("rules", nargs="*")
options = parser.parse_args()
rules = Rules(options.rules)
log = serving.Log(options.log)
away, away_lock = {}, threading.Lock()
server = serving.Server(("127.0.0.1", 0), Handler)
other = serving.Server(("127.0.0.1", 0), OtherHandler)
threading.Thread(target=other.serve_forever, daemon=True).start()
serving.announce(options.ready, server, other)
server.serve_forever()
