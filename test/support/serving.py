"""What the test servers share: a threaded HTTP/1.1 server on a free port of 127.0.0.1, bodies, and a log to read.

A server tells its address by writing it into a file once it listens, and logs each request as a line of JSON.
"""

import http.server
import json
import os
import socket
import threading

BLOCK = 64 * 1024


class Log:
    """Lines of JSON, one a request, each whole at any time."""

    def __init__(self, path):
        self.file = open(path, "a", buffering=1)
        self.lock = threading.Lock()

    def write(self, **entry):
        with self.lock:
            self.file.write(json.dumps(entry) + "\n")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    # Connections that come all at once are not refused.
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A client that went away is what many tests are about."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # A head and its body are two writes, and the second one must not wait for the acknowledgment of the first.
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def handle_one_request(self):
        """Clients that may do without TLS try it first, and have to be told, as servers in Go do."""
        if self.rfile.peek(1)[:1] == b"\x16":
            self.wfile.write(b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTPS request to an HTTP server.\n")
            self.close_connection = True
            return
        super().handle_one_request()

    def body_blocks(self):
        """The request's body as it comes, with either framing. ConnectionError when the client stops early."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield self.read_all(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return
        left = int(self.headers.get("Content-Length", 0))
        while left > 0:
            yield self.read_all(min(left, BLOCK))
            left -= min(left, BLOCK)

    def read_all(self, size):
        block = self.rfile.read(size)
        if len(block) < size:
            raise ConnectionError("the client stopped in the middle of a body")
        return block

    def answer(self, status, body=b"", headers=()):
        """A whole answer; one to HEAD has the length only."""
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def answer_json(self, status, value, headers=()):
        self.answer(status, json.dumps(value).encode(), {"Content-Type": "application/json", **dict(headers)})

    def reset(self):
        """Ends the connection at once; the client sees a reset, or the end of the stream."""
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def announce(path, *servers):
    """The addresses, one a line, all at once."""
    with open(path + ".new", "w") as file:
        file.writelines(f"127.0.0.1:{server.server_port}\n" for server in servers)
    os.rename(path + ".new", path)
