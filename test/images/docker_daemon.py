"""As much of the Docker Engine API as moves images: over a unix socket, from and to docker-archives in a folder.

    docker_daemon.py SOCKET FOLDER

GET /images/NAME/get gives FOLDER/get.tar if FOLDER/name is NAME; POST /images/load takes FOLDER/load.tar, or complains when
FOLDER/full exists.
"""

import http.server
import json
import os
import re
import shutil
import socketserver
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def address_string(self):
        return "unix"

    def log_message(self, *_):
        pass

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        name = re.fullmatch(r"/images/(.+)/get", self.path)
        with open(os.path.join(folder, "name")) as file:
            known = file.read().strip()
        if not name or name[1] != known:
            self.answer(404, json.dumps({"message": f"No such image: {name and name[1]}"}).encode())
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/x-tar")
        self.send_header("Connection", "close")  # as the daemon does, no length
        self.end_headers()
        with open(os.path.join(folder, "get.tar"), "rb") as file:
            shutil.copyfileobj(file, self.wfile)
        self.close_connection = True

    def do_POST(self):
        left = int(self.headers["Content-Length"])
        with open(os.path.join(folder, "load.tar"), "wb") as file:
            while left > 0:
                block = self.rfile.read(min(left, 65536))
                file.write(block)
                left -= len(block)
        lines = [{"stream": "Loading"}, {"stream": "Loaded image"}]
        if os.path.exists(os.path.join(folder, "full")):
            lines = [{"stream": "Loading"}, {"errorDetail": {"message": "no space"}, "error": "no space left on device"}]
        self.answer(200, "".join(json.dumps(line) + "\n" for line in lines).encode())


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


folder = sys.argv[2]
Server(sys.argv[1], Handler).serve_forever()
