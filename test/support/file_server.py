"""Files of a folder over HTTP, with entity tags.

    file_server.py --ready FILE --log FILE --folder FOLDER

FILE of --ready gets the address. Each line of --log is a request: method, path, status. `/moved/NAME` leads to `/NAME`.
"""

import argparse
import hashlib
import os
import urllib.parse

import serving


class FileHandler(serving.Handler):
    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path
        if path.startswith("/moved/"):
            return self.told(302, headers={"Location": path[len("/moved") :]})
        file = os.path.normpath(self.server.folder + path)
        if not file.startswith(self.server.folder + "/") or not os.path.isfile(file):
            return self.told(404, b"there is no such file")
        with open(file, "rb") as opened:
            body = opened.read()
        tag = f'"{hashlib.sha256(body).hexdigest()}"'
        if self.headers.get("If-None-Match") == tag:
            return self.told(304, headers={"ETag": tag})
        return self.told(200, body, {"ETag": tag})

    def told(self, status, body=b"", headers=()):
        self.server.log.write(method=self.command, path=self.path, status=status)
        self.answer(status, body, headers)


def main():
    parser = argparse.ArgumentParser()
    for option in ("--ready", "--log", "--folder"):
        parser.add_argument(option, required=True)
    given = parser.parse_args()
    server = serving.Server(("127.0.0.1", 0), FileHandler)
    server.folder = os.path.realpath(given.folder)
    server.log = serving.Log(given.log)
    serving.announce(given.ready, server)
    server.serve_forever()


main()
