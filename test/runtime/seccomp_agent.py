#!/usr/bin/env python3
"""A seccomp agent: seccomp_agent.py SOCKET LOG COUNT

Takes COUNT listeners from SOCKET, appends the container process state of each to LOG, and answers every notification of
any of them with ENOMEDIUM (123) until it is killed. Creates SOCKET when it is ready.
"""

import array
import fcntl
import os
import select
import socket
import struct
import sys

NOTIF_RECV, NOTIF_SEND = 0xC0502100, 0xC0182101
ENOMEDIUM = 123


def take(server, log):
    connection, _ = server.accept()
    data, control, _, _ = connection.recvmsg(65536, socket.CMSG_SPACE(4 * 4))
    descriptors = array.array("i")
    for level, kind, payload in control:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(payload)
    while rest := connection.recv(65536):
        data += rest
    assert len(descriptors) == 1, descriptors
    with open(log, "ab") as file:
        file.write(data + b"\n")
    return descriptors[0]


def answer(listener):
    request = bytearray(80)
    fcntl.ioctl(listener, NOTIF_RECV, request)
    (number,) = struct.unpack_from("=Q", request)
    fcntl.ioctl(listener, NOTIF_SEND, struct.pack("=QqiI", number, 0, -ENOMEDIUM, 0))


def main():
    path, log, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(path)
    server.listen()
    poll = select.poll()
    poll.register(server, select.POLLIN)
    while True:
        for descriptor, event in poll.poll():
            if descriptor == server.fileno():
                poll.register(take(server, log), select.POLLIN)
                count -= 1
                if count == 0:
                    poll.unregister(server)
            elif event & select.POLLIN:
                try:
                    answer(descriptor)
                except FileNotFoundError:
                    pass  # the caller has been killed meanwhile
            else:
                poll.unregister(descriptor)
                os.close(descriptor)


main()
