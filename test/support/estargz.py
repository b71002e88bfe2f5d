"""Makes an eStargz image of one in an OCI layout: every layer anew, with a table of contents at its end.

    estargz.py LAYOUT FROM TO [--chunk BYTES] [--pack BYTES]

FROM and TO are names in the layout. After github.com/containerd/stargz-snapshotter, docs/estargz.md: each piece of a
file of at most --chunk bytes is a gzip member of its own; with --pack smaller files share one, up to so many bytes.
"""

import argparse
import base64
import gzip
import hashlib
import io
import json
import os
import struct
import tarfile
import zlib

TYPES = {tarfile.REGTYPE: "reg", tarfile.AREGTYPE: "reg", tarfile.DIRTYPE: "dir", tarfile.SYMTYPE: "symlink",
         tarfile.LNKTYPE: "hardlink", tarfile.CHRTYPE: "char", tarfile.BLKTYPE: "block", tarfile.FIFOTYPE: "fifo"}


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Blob:
    """Gzip members one after another, and the bytes that they hold."""

    def __init__(self):
        self.packed, self.plain, self.open = bytearray(), bytearray(), bytearray()

    def write(self, data):
        self.open += data

    def cut(self):
        if self.open:
            self.packed += gzip.compress(bytes(self.open), mtime=0)
            self.plain += self.open
            self.open.clear()


def header_of(info):
    return info.tobuf(format=tarfile.PAX_FORMAT)


def row_of(info):
    row = {"name": info.name + ("/" if info.isdir() else ""), "type": TYPES[info.type], "mode": info.mode,
           "uid": info.uid, "gid": info.gid, "modtime": "2026-01-01T00:00:00Z"}
    if info.issym() or info.islnk():
        row["linkName"] = info.linkname
    attributes = {key[len("SCHILY.xattr."):]: base64.b64encode(value.encode()).decode()
                  for key, value in info.pax_headers.items() if key.startswith("SCHILY.xattr.")}
    if attributes:
        row["xattrs"] = attributes
    return row


def add_file(blob, info, data, rows, chunk, pack):
    row = row_of(info)
    row.update(size=len(data), digest=sha256(data))
    rows.append(row)
    for at in range(0, len(data), chunk):
        piece = data[at:at + chunk]
        if not pack or len(blob.open) + len(piece) > pack:
            blob.cut()
        if at > 0:
            row = {"name": row["name"], "type": "chunk"}
            rows.append(row)
        row.update(offset=len(blob.packed), chunkDigest=sha256(piece))
        if len(data) > chunk:
            row.update(chunkOffset=at, chunkSize=len(piece))
        if blob.open:
            row["innerOffset"] = len(blob.open)
        blob.write(piece)
    blob.write(bytes(-len(data) % 512))


def footer_of(position):
    extra = b"SG" + struct.pack("<H", 22) + b"%016xSTARGZ" % position
    return b"\x1f\x8b\x08\x04\0\0\0\0\0\xff" + struct.pack("<H", len(extra)) + extra + b"\x01\0\0\xff\xff" + bytes(8)


def convert(packed, chunk, pack):
    blob, rows = Blob(), []
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        for info in tar:
            blob.write(header_of(info))
            if info.isreg():
                add_file(blob, info, tar.extractfile(info).read(), rows, chunk, pack)
            else:
                rows.append(row_of(info))
    blob.cut()
    position = len(blob.packed)
    table = json.dumps({"version": 1, "entries": rows}).encode()
    info = tarfile.TarInfo("stargz.index.json")
    info.size = len(table)
    blob.write(header_of(info) + table + bytes(-len(table) % 512) + bytes(1024))
    blob.cut()
    footer = footer_of(position)
    assert len(footer) == 51 and zlib.decompressobj(31).decompress(footer) == b""
    return bytes(blob.packed) + footer, sha256(bytes(blob.plain)), sha256(table)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("layout")
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--chunk", type=int, default=4 << 20)
    parser.add_argument("--pack", type=int, default=0)
    arguments = parser.parse_args()

    def path(digest):
        return os.path.join(arguments.layout, "blobs", *digest.split(":"))

    def read(digest):
        with open(path(digest), "rb") as file:
            return file.read()

    def put(data):
        with open(path(sha256(data)), "wb") as file:
            file.write(data)
        return {"digest": sha256(data), "size": len(data)}

    index_path = os.path.join(arguments.layout, "index.json")
    with open(index_path) as file:
        index = json.load(file)
    name = "org.opencontainers.image.ref.name"
    entry = next(one for one in index["manifests"] if one["annotations"][name] == arguments.source)
    manifest = json.loads(read(entry["digest"]))
    config = json.loads(read(manifest["config"]["digest"]))
    config["rootfs"]["diff_ids"] = []
    for layer in manifest["layers"]:
        data, diff_id, table = convert(read(layer["digest"]), arguments.chunk, arguments.pack)
        layer.update(put(data), mediaType="application/vnd.oci.image.layer.v1.tar+gzip")
        layer["annotations"] = {"containerd.io/snapshot/stargz/toc.digest": table}
        config["rootfs"]["diff_ids"].append(diff_id)
    manifest["config"].update(put(json.dumps(config).encode()))
    index["manifests"].append({"mediaType": "application/vnd.oci.image.manifest.v1+json",
                               **put(json.dumps(manifest).encode()), "annotations": {name: arguments.target}})
    with open(index_path, "w") as file:
        json.dump(index, file)


if __name__ == "__main__":
    main()
