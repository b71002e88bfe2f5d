"""Takes the terminal of a container by --console-socket, as an engine does, and prints what comes out of it.

    terminal.py SOCKET [INPUT] -- COMMAND…
"""

import array
import os
import socket
import subprocess
import sys


def receive_terminal(listener):
    connection, _ = listener.accept()
    with connection:
        descriptors = array.array("i")
        _, ancillary, _, _ = connection.recvmsg(4096, socket.CMSG_LEN(descriptors.itemsize))
        for level, kind, data in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                descriptors.frombytes(data)
    (master,) = descriptors
    return master


def main():
    separator = sys.argv.index("--")
    path, given, command = sys.argv[1], sys.argv[2:separator], sys.argv[separator + 1 :]
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(1)
        listener.settimeout(20)
        process = subprocess.Popen(command)
        master = receive_terminal(listener)
    if process.wait() != 0:
        sys.exit(process.returncode)
    for text in given:
        os.write(master, text.encode())
    while True:
        try:
            data = os.read(master, 4096)
        except OSError:  # EIO: nobody has the terminal open any more
            break
        if not data:
            break
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


main()
