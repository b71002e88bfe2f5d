"""A registry in memory after the OCI distribution specification 1.1, referrers included, that shows what it was asked.

    small_registry.py --ready FILE --log FILE [--without FEATURE]… [--page N] [--chunk-min N]

FEATURE: what an older registry does not have: `referrers`, `mount`, `monolithic` (a blob in one POST), `range`,
`delete`. --page: the most entries of one page of tags, of the catalog and of referrers; --chunk-min: what uploads
announce as the least size of a chunk, and insist on. FILE of --ready gets the address. Each line of --log is a request:
method, path, query, headers (names in small letters), received (bytes of the body) and status.
"""

import argparse
import hashlib
import json
import re
import secrets
import threading
import urllib.parse

import serving

NAME = r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
TAG = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"
DIGEST = r"sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})"
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST_LIMIT = 4 << 20


class Refusal(Exception):
    def __init__(self, status, code, message="", headers=()):
        self.status, self.headers = status, headers
        self.body = {"errors": [{"code": code, "message": message, "detail": None}]}


class Repository:
    def __init__(self):
        self.blobs = {}
        self.manifests = {}  # by digest: media type and bytes
        self.tags = {}

    def manifest(self, reference):
        digest = self.tags.get(reference, reference)
        if digest not in self.manifests:
            raise Refusal(404, "MANIFEST_UNKNOWN", f"no manifest {reference}")
        return digest, *self.manifests[digest]

    def blob(self, digest):
        if digest not in self.blobs:
            raise Refusal(404, "BLOB_UNKNOWN", f"no blob {digest}")
        return self.blobs[digest]

    def referrers(self, digest):
        for own, (media_type, text) in self.manifests.items():
            manifest = json.loads(text)
            if manifest.get("subject", {}).get("digest") == digest:
                descriptor = {"mediaType": media_type, "digest": own, "size": len(text)}
                if kind := manifest.get("artifactType") or manifest.get("config", {}).get("mediaType"):
                    descriptor["artifactType"] = kind
                if "annotations" in manifest:
                    descriptor["annotations"] = manifest["annotations"]
                yield descriptor


def digest_of(data, like="sha256:"):
    algorithm = like.partition(":")[0]
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def checked_digest(data, digest):
    if not re.fullmatch(DIGEST, digest) or digest_of(data, digest) != digest:
        raise Refusal(400, "DIGEST_INVALID", f"the content is not {digest}")
    return digest


def check_manifest(repository, text, media_type):
    """Everything that it refers to must be there, but for its subject and for layers that are elsewhere."""
    try:
        manifest = json.loads(text)
        if manifest.get("mediaType", media_type) != media_type:
            raise Refusal(400, "MANIFEST_INVALID", "mediaType is not Content-Type")
        parts = manifest.get("layers", []) + [manifest["config"]] if "config" in manifest else []
        blobs = [part["digest"] for part in parts if not part.get("urls")]
        manifests = [part["digest"] for part in manifest.get("manifests", [])]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refusal(400, "MANIFEST_INVALID", str(error)) from error
    for missing in [one for one in blobs if one not in repository.blobs] + \
            [one for one in manifests if one not in repository.manifests]:
        raise Refusal(400, "MANIFEST_BLOB_UNKNOWN", missing)
    return manifest


class Handler(serving.Handler):
    def handle_request(self):
        url = urllib.parse.urlsplit(self.path)
        self.query = {key: values[0] for key, values in urllib.parse.parse_qs(url.query, True).items()}
        self.body = b"".join(self.body_blocks())
        try:
            with lock:
                self.route(url.path)
        except Refusal as refusal:
            self.answer_json(refusal.status, refusal.body, refusal.headers)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_request

    def send_response(self, code, message=None):
        # First, so that who has the answer finds it in the log.
        log.write(method=self.command, path=self.path.partition("?")[0], query=self.query, received=len(self.body),
                  status=code, headers={name.lower(): value for name, value in self.headers.items()})
        super().send_response(code, message)
        self.send_header("Docker-Distribution-Api-Version", "registry/2.0")

    def route(self, path):
        for methods, pattern, function in ROUTES:
            if found := pattern.fullmatch(path):
                if self.command not in methods.split() or (self.command == "DELETE" and not has("delete")):
                    raise Refusal(405, "UNSUPPORTED")
                return function(self, *found.groups())
        raise Refusal(404, "NAME_UNKNOWN", path)

    def repository(self, name):
        if self.command in ("POST", "PUT", "PATCH"):
            return repositories.setdefault(name, Repository())
        if name not in repositories:
            raise Refusal(404, "NAME_UNKNOWN", name)
        return repositories[name]

    def base(self):
        self.answer_json(200, {})

    def catalog(self):
        self.answer_page(sorted(repositories), lambda names: {"repositories": names})

    def tags_list(self, name):
        tags = sorted(self.repository(name).tags)
        self.answer_page(tags, lambda page: {"name": name, "tags": page})

    def referrers(self, name, digest):
        if not has("referrers"):
            raise Refusal(404, "NOT_FOUND")
        found = list(self.repository(name).referrers(digest)) if name in repositories else []
        headers = {"Content-Type": INDEX}
        if wanted := self.query.get("artifactType"):
            found = [one for one in found if one.get("artifactType") == wanted]
            headers["OCI-Filters-Applied"] = "artifactType"
        by_digest = {one["digest"]: one for one in found}
        self.answer_page(sorted(by_digest), lambda page: {"schemaVersion": 2, "mediaType": INDEX, "manifests": [
            by_digest[one] for one in page]}, headers)

    def answer_page(self, items, envelope, headers=()):
        """A part of the items in their order, after `last`, and where the next part is."""
        items = [item for item in items if item > self.query.get("last", "")]
        size = min(int(self.query.get("n", len(items))), options.page or len(items))
        headers = dict(headers)
        if 0 < size < len(items):
            query = urllib.parse.urlencode({**self.query, "n": size, "last": items[size - 1]})
            headers["Link"] = f"<{self.path.partition('?')[0]}?{query}>; rel=\"next\""
        self.answer_json(200, envelope(items[:size]), headers)

    def manifest(self, name, reference):
        repository = self.repository(name)
        if self.command == "PUT":
            return self.put_manifest(name, repository, reference)
        if self.command == "DELETE":
            return self.delete_manifest(repository, reference)
        digest, media_type, text = repository.manifest(reference)
        self.answer(200, text, {"Content-Type": media_type, "Docker-Content-Digest": digest})

    def put_manifest(self, name, repository, reference):
        if len(self.body) > MANIFEST_LIMIT:
            raise Refusal(413, "SIZE_INVALID", "more than 4 MiB")
        media_type = self.headers.get("Content-Type", "")
        manifest = check_manifest(repository, self.body, media_type)
        digest = checked_digest(self.body, reference) if ":" in reference else digest_of(self.body)
        repository.manifests[digest] = media_type, self.body
        if ":" not in reference:
            repository.tags[reference] = digest
        headers = {"Location": f"/v2/{name}/manifests/{digest}", "Docker-Content-Digest": digest}
        if "subject" in manifest and has("referrers"):
            headers["OCI-Subject"] = manifest["subject"]["digest"]
        self.answer(201, headers=headers)

    def delete_manifest(self, repository, reference):
        digest, _, _ = repository.manifest(reference)
        if reference in repository.tags:
            del repository.tags[reference]
        else:
            del repository.manifests[digest]
            repository.tags = {tag: other for tag, other in repository.tags.items() if other != digest}
        self.answer(202)

    def blob(self, name, digest):
        repository = self.repository(name)
        data = repository.blob(digest)
        if self.command == "DELETE":
            del repository.blobs[digest]
            return self.answer(202)
        headers = {"Content-Type": "application/octet-stream", "Docker-Content-Digest": digest}
        if has("range"):
            headers["Accept-Ranges"] = "bytes"
            if wanted := re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", "")):
                return self.answer_part(data, *wanted.groups(), headers)
        self.answer(200, data, headers)

    def answer_part(self, data, start, end, headers):
        if start:
            begin, stop = int(start), min(int(end) + 1 if end else len(data), len(data))
        else:
            begin, stop = max(len(data) - int(end or 0), 0), len(data)
        if begin >= stop:
            raise Refusal(416, "UNSUPPORTED", "no such range", {"Content-Range": f"bytes */{len(data)}"})
        headers["Content-Range"] = f"bytes {begin}-{stop - 1}/{len(data)}"
        self.answer(206, data[begin:stop], headers)

    def start_upload(self, name):
        repository, digest = self.repository(name), self.query.get("digest")
        if mounted := self.query.get("mount"):
            sources = [self.query["from"]] if "from" in self.query else list(repositories)
            for source in sources if has("mount") else []:
                if source in repositories and mounted in repositories[source].blobs:
                    return self.answer_stored(name, repository, mounted, repositories[source].blobs[mounted])
        elif digest and has("monolithic"):
            return self.answer_stored(name, repository, checked_digest(self.body, digest), self.body)
        upload = secrets.token_hex(8)
        uploads[upload] = bytearray()
        self.answer_upload(202, name, upload)

    def answer_stored(self, name, repository, digest, data):
        repository.blobs[digest] = bytes(data)
        self.answer(201, headers={"Location": f"/v2/{name}/blobs/{digest}", "Docker-Content-Digest": digest})

    def upload(self, name, upload):
        if upload not in uploads:
            raise Refusal(404, "BLOB_UPLOAD_UNKNOWN", upload)
        if self.command == "DELETE":
            del uploads[upload]
            return self.answer(204)
        if self.command == "GET":
            return self.answer_upload(204, name, upload)
        self.append(name, upload)
        if self.command == "PATCH":
            return self.answer_upload(202, name, upload)
        digest = checked_digest(bytes(uploads[upload]), self.query.get("digest", ""))
        self.answer_stored(name, self.repository(name), digest, uploads.pop(upload))

    def append(self, name, upload):
        """A chunk says where it belongs by Content-Range; without one, it is all that follows."""
        have, given = len(uploads[upload]), self.headers.get("Content-Range")
        if given is not None:
            wanted = f"{have}-{have + len(self.body) - 1}"
            short = self.command == "PATCH" and len(self.body) < options.chunk_min
            if given != wanted or short:
                raise Refusal(416, "BLOB_UPLOAD_INVALID", f"expected {wanted}, got {given}",
                              self.upload_headers(name, upload))
        uploads[upload] += self.body

    def upload_headers(self, name, upload):
        headers = {"Location": f"/v2/{name}/blobs/uploads/{upload}", "Docker-Upload-UUID": upload,
                   "Range": f"0-{max(len(uploads[upload]) - 1, 0)}"}
        if options.chunk_min:
            headers["OCI-Chunk-Min-Length"] = str(options.chunk_min)
        return headers

    def answer_upload(self, status, name, upload):
        self.answer(status, headers=self.upload_headers(name, upload))


ROUTES = [(methods, re.compile(pattern), function) for methods, pattern, function in (
    ("GET HEAD", "/v2/", Handler.base),
    ("GET", "/v2/_catalog", Handler.catalog),
    ("GET", f"/v2/({NAME})/tags/list", Handler.tags_list),
    ("GET", f"/v2/({NAME})/referrers/({DIGEST})", Handler.referrers),
    ("POST", f"/v2/({NAME})/blobs/uploads/", Handler.start_upload),
    ("GET PATCH PUT DELETE", f"/v2/({NAME})/blobs/uploads/([0-9a-f]+)", Handler.upload),
    ("GET HEAD DELETE", f"/v2/({NAME})/blobs/({DIGEST})", Handler.blob),
    ("GET HEAD PUT DELETE", f"/v2/({NAME})/manifests/({TAG}|{DIGEST})", Handler.manifest),
)]


def has(feature):
    return feature not in options.without


parser = argparse.ArgumentParser()
for name in ("--ready", "--log"):
    parser.add_argument(name, required=True)
parser.add_argument("--without", action="append", default=[],
                    choices=["referrers", "mount", "monolithic", "range", "delete"])
parser.add_argument("--page", type=int)
parser.add_argument("--chunk-min", type=int, default=0)
options = parser.parse_args()
repositories, uploads, lock = {}, {}, threading.Lock()
log = serving.Log(options.log)
server = serving.Server(("127.0.0.1", 0), Handler)
serving.announce(options.ready, server)
server.serve_forever()
